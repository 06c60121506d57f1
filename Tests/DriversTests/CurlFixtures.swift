import AdapterKit
import Drivers

extension OutboundAddressPolicy {
    /// What a test against a local server needs, and no more.
    static let loopback = OutboundAddressPolicy(
        allowed: ["127.0.0.1/32", "::1/128"].compactMap(AddressBlock.init)
    )
}

extension CurlConfiguration {
    static let loopback = CurlConfiguration(addressPolicy: .loopback)
}

extension OutboundRequest {
    static func get(
        _ url: String,
        timeout: Duration = .seconds(20),
        responseBytesLimit: Int = 65_536
    ) -> OutboundRequest {
        OutboundRequest(
            method: "GET",
            url: SecretURL(url),
            headers: [],
            body: [],
            timeout: timeout,
            responseBytesLimit: responseBytesLimit,
            unixSocketPath: nil
        )
    }

    static func post(
        _ url: String,
        body: String,
        headers: [OutboundHeader] = [],
        timeout: Duration = .seconds(20)
    ) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL(url),
            headers: headers,
            body: Array(body.utf8),
            timeout: timeout,
            responseBytesLimit: 65_536,
            unixSocketPath: nil
        )
    }
}

/// The error of a request that must fail; nil when it did not.
func failure(
    of request: OutboundRequest,
    over transport: CurlTransport
) async -> TransportError? {
    do throws(TransportError) {
        _ = try await transport.send(request)
        return nil
    } catch {
        return error
    }
}

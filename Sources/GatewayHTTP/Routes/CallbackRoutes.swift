import AdapterKit
import Gateway
import HTTPTypes
import Hummingbird
import NIOCore
import WireFormat

/// Where issuers report what became of an order. Public: what comes in is believed only when its
/// adapter finds it authentic and about an order of this platform.
struct CallbackRoutes: Sendable {
    static let path = "/v1/platforms/{platform}/callbacks/{adapter}"

    let gateway: DeliveryGateway
    let time: any TimeSource

    func add(to table: inout RouteTable) {
        table.on(.get, Self.path) { try await take($0) }
        table.on(.post, Self.path) { try await take($0) }
    }

    private func take(_ call: Call) async throws -> Response {
        // A probe must not settle an order.
        guard call.request.method != .head else {
            throw Problem(.methodNotAllowed, allow: "GET, POST")
        }
        let answer = await gateway.callback(
            try await callback(of: call),
            platform: String(call.parameters[0]),
            adapter: String(call.parameters[1])
        )
        switch answer {
        case .acknowledged(let acknowledgement):
            return Response(
                status: .ok,
                headers: [
                    .contentType: acknowledgement.contentType, .cacheControl: "no-store",
                    .xContentTypeOptions: "nosniff",
                ],
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: acknowledgement.body))
            )
        case .unknown: throw Problem(.notFound)
        case .refused: throw Problem(.callbackRefused)
        case .unavailable(let reason): throw Problem(unavailable: reason)
        }
    }

    /// The request as it came: signatures are over the very bytes.
    private func callback(of call: Call) async throws -> IssuerCallback {
        let limit = IssuerCallback.longestBytes
        if let length = call.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw Problem(.bodyTooLarge)
        }
        let target = (call.request.head.path ?? "").utf8
        let query = target.firstIndex(of: UInt8(ascii: "?")).map {
            Array(target[target.index(after: $0)...])
        }
        guard query?.count ?? 0 <= limit else { throw Problem(.bodyTooLarge) }
        let body: [UInt8]
        do {
            body = Array(try await call.request.body.collect(upTo: limit).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(.bodyTooLarge)
        }
        return IssuerCallback(
            method: call.request.method.rawValue,
            rawQuery: query ?? [],
            headers: call.headers.map { ($0.name.rawName, $0.value) },
            body: body,
            receivedAt: time.now()
        )
    }
}

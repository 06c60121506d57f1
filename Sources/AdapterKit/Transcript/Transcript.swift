import Crypto
public import WireFormat

/// One exchange with an issuer as it is kept: scrubbed first, then bounded.
///
/// The digests are over the kept bytes, so that whoever holds the transcript can recompute them,
/// and so that a short key cannot be guessed from a digest.
public struct Transcript: Sendable, Hashable {
    /// What was asked, in the protocol's words (`GetVoucherDetails`).
    public var label: String
    /// Request line, headers and body, scrubbed.
    public var requestBytes: [UInt8]
    /// Status line, headers and body, scrubbed; empty when no answer came.
    public var responseBytes: [UInt8]
    public var requestSHA256: [UInt8]
    public var responseSHA256: [UInt8]
    /// SHA-256 of the DER of the issuer's leaf certificate.
    public var peerCertificateSHA256: [UInt8]?
    /// The address that answered.
    public var connectedAddress: String?
    public var timings: TransportTimings?
    public var sentAt: Instant
    /// The transport error's code when no answer came.
    public var failure: TransportError.Code?

    /// Bytes kept of each side; what is cut off is said at the end.
    public static let longestSideBytes = 64 << 10

    /// Keeps bytes that are already scrubbed, bounded.
    public init(
        label: String,
        scrubbedRequest: [UInt8],
        scrubbedResponse: [UInt8],
        sentAt: Instant,
        failure: TransportError.Code? = nil
    ) {
        self.label = label
        requestBytes = Self.bounded(scrubbedRequest)
        responseBytes = Self.bounded(scrubbedResponse)
        requestSHA256 = Array(SHA256.hash(data: requestBytes))
        responseSHA256 = Array(SHA256.hash(data: responseBytes))
        self.sentAt = sentAt
        self.failure = failure
    }

    /// The same exchange with more taken out; digests are over what is left.
    func scrubbed(by scrubber: Scrubber) -> Transcript {
        var kept = self
        kept.requestBytes = scrubber.scrub(requestBytes)
        kept.responseBytes = scrubber.scrub(responseBytes)
        kept.requestSHA256 = Array(SHA256.hash(data: kept.requestBytes))
        kept.responseSHA256 = Array(SHA256.hash(data: kept.responseBytes))
        return kept
    }

    private static func bounded(_ bytes: [UInt8]) -> [UInt8] {
        guard bytes.count > longestSideBytes else { return bytes }
        let left = bytes.count - longestSideBytes
        return bytes.prefix(longestSideBytes) + Array("\n[\(left) more bytes not kept]".utf8)
    }
}

extension Transcript {
    /// Writes down what an issuer reported by itself: the request line's query and the body.
    public init(callback: IssuerCallback, scrubber: Scrubber) {
        let said =
            Array("\(callback.method) ?".utf8) + callback.rawQuery + Array("\r\n\r\n".utf8)
            + callback.body
        self.init(
            label: "callback",
            scrubbedRequest: [],
            scrubbedResponse: scrubber.scrub(said),
            sentAt: callback.receivedAt
        )
    }
}

extension Transcript {
    /// Headers whose values are sessions or credentials, whoever sends them.
    static let secretHeaders: Set<String> = [
        "authorization", "cookie", "proxy-authorization", "set-cookie",
    ]

    /// Writes down an exchange.
    ///
    /// - Parameters:
    ///   - keptBody: the answer's body after the adapter took personal data out of it.
    init(
        label: String,
        request: OutboundRequest,
        response: OutboundResponse?,
        keptBody: [UInt8],
        failure: TransportError.Code?,
        sentAt: Instant,
        scrubber: Scrubber
    ) {
        self.init(
            label: label,
            scrubbedRequest: scrubber.scrub(Self.text(of: request)),
            scrubbedResponse: response.map {
                scrubber.scrub(Self.text(of: $0, body: keptBody))
            } ?? [],
            sentAt: sentAt,
            failure: failure
        )
        peerCertificateSHA256 = response?.peerCertificateSHA256
        connectedAddress = response?.connectedAddress
        timings = response?.timings
    }

    private static func text(of request: OutboundRequest) -> [UInt8] {
        var lines = "\(request.method) \(request.url.redacted) HTTP/1.1\r\n"
        for header in request.headers {
            let hidden = header.isSecret || secretHeaders.contains(header.name.lowercased())
            lines += "\(header.name): \(hidden ? Scrubber.mark : header.value)\r\n"
        }
        return Array((lines + "\r\n").utf8) + request.body
    }

    private static func text(of response: OutboundResponse, body: [UInt8]) -> [UInt8] {
        var lines = "HTTP/1.1 \(response.status)\r\n"
        for (name, value) in response.headers {
            let hidden = secretHeaders.contains(name.lowercased())
            lines += "\(name): \(hidden ? Scrubber.mark : value)\r\n"
        }
        return Array((lines + "\r\n").utf8) + body
    }
}

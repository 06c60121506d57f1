public import CardModel

/// Why no answer came back.
public struct TransportError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable, CaseIterable, Hashable {
        case timedOut = "timed_out"
        /// The name resolved to an address we may not connect to.
        case refusedAddress = "refused_address"
        case untrustedCertificate = "untrusted_certificate"
        case bodyTooLarge = "body_too_large"
        case connectFailed = "connect_failed"
        case connectionBroken = "connection_broken"
        case resolveFailed = "resolve_failed"
        case cancelled
        /// The request itself cannot be sent: a bad URL, a header with a line break.
        case badRequest = "bad_request"
    }

    public var code: Code
    /// Holds no URL path or query, no header value, no body.
    public var message: String
    /// False only when the issuer cannot have seen the request: then asking again is safe.
    public var requestWasSent: Bool

    public init(code: Code, message: String, requestWasSent: Bool) {
        self.code = code
        self.message = message
        self.requestWasSent = requestWasSent
    }

    public var description: String { "\(code.rawValue): \(message)" }

    /// What the record says about an inquiry that ended so.
    public var indeterminateCause: IndeterminateCause {
        switch code {
        case .timedOut: .timedOut
        case .refusedAddress: .refusedAddress
        case .untrustedCertificate: .untrustedCertificate
        case .bodyTooLarge: .answerTooLarge
        case .connectFailed, .connectionBroken, .resolveFailed: .issuerUnavailable
        case .badRequest: .ourRequest
        // We broke it off ourselves, at a shutdown: the issuer did nothing wrong.
        case .cancelled: .adapterFailed
        }
    }
}

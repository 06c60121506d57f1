public import CardModel
public import WireFormat

/// What every HTTP answer must pass before an adapter may read a verdict out of it.
///
/// An issuer that is down, busy, moved, or behind a portal never speaks about a code, whatever
/// its body says.
public struct AnswerScreening: Sendable {
    /// An answer that decides nothing, and why.
    public struct Objection: Sendable, Hashable {
        public var cause: IndeterminateCause
        /// For the record: names the status or the media type, quotes nothing else.
        public var text: String
        public var retryAfter: Duration?

        public init(cause: IndeterminateCause, text: String, retryAfter: Duration? = nil) {
            self.cause = cause
            self.text = text
            self.retryAfter = retryAfter
        }
    }

    /// Media types the protocol answers with, lower case; `+json` stands for every such suffix.
    public var mediaTypes: [String]

    public init(mediaTypes: [String]) {
        self.mediaTypes = mediaTypes
    }

    /// Why the status alone rules a verdict out; nil when it does not.
    public func objection(
        toStatusOf response: OutboundResponse,
        askedAt: Instant
    ) -> Objection? {
        let wait = RetryAfter.parse(response.header("retry-after"), askedAt: askedAt)
        switch response.status {
        case 429: return Objection(cause: .rateLimited, text: "HTTP 429", retryAfter: wait)
        case 500...599:
            return Objection(
                cause: .issuerUnavailable,
                text: "HTTP \(response.status)",
                retryAfter: wait
            )
        case 300...399:
            return Objection(
                cause: .malformedAnswer,
                text: "HTTP \(response.status): a redirect is not followed",
                retryAfter: nil
            )
        case 408:
            return Objection(cause: .timedOut, text: "HTTP 408", retryAfter: wait)
        case 200...299, 400...499: return nil
        default:
            return Objection(
                cause: .malformedAnswer,
                text: "HTTP \(response.status)",
                retryAfter: nil
            )
        }
    }

    /// Why the body cannot be the protocol's; nil when it may be. A missing type is let pass: the
    /// body still has to parse.
    public func objection(toMediaTypeOf response: OutboundResponse) -> Objection? {
        guard let type = response.mediaType, !accepts(type) else { return nil }
        return Self.unreadable(
            response,
            "content type \(String(type.prefix(Self.longestShownType)))"
        )
    }

    /// Why an answer of a protocol that answers everything, refusals included, with HTTP 200 cannot
    /// be read; nil when it may be.
    ///
    /// - Parameter name: the protocol's or the issuer's, for the record.
    public func objection(
        toAnyBut200 response: OutboundResponse,
        by name: String,
        askedAt: Instant
    ) -> Objection? {
        if let objection = objection(toStatusOf: response, askedAt: askedAt) { return objection }
        guard response.status == 200 else {
            return Self.unreadable(response, "\(name) answers with 200")
        }
        return objection(toMediaTypeOf: response)
    }

    /// For a body that does not parse: at a refusal of our credentials the body is beside the
    /// point.
    public static func unreadable(_ response: OutboundResponse, _ what: String) -> Objection {
        let isRefusal = [401, 403, 407].contains(response.status)
        return Objection(
            cause: isRefusal ? .ourAccount : .malformedAnswer,
            text: "HTTP \(response.status), \(what)",
            retryAfter: nil
        )
    }

    /// For a body whose signature is absent or wrong: who refuses our credentials may not sign.
    static func unsigned(
        _ response: OutboundResponse,
        _ fault: AnswerVerifier.Fault
    ) -> Objection {
        var objection = unreadable(response, fault.rawValue)
        if objection.cause == .malformedAnswer { objection.cause = .badSignature }
        return objection
    }

    /// Longest media type repeated in a record.
    private static let longestShownType = 64

    private func accepts(_ type: String) -> Bool {
        mediaTypes.contains { $0 == type || ($0.hasPrefix("+") && type.hasSuffix($0)) }
    }
}

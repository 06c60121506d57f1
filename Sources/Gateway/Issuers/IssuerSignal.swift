import AdapterKit
import CardModel

/// What one ask, whatever came of it, says about the issuer and about our standing with it.
struct IssuerSignal: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        /// The issuer spoke about the code, or said that it decides later.
        case answered
        /// It could not be reached, broke off, failed, or spoke no language we know.
        case failed
        /// It refused our account or our request: nobody's code is at fault, and asking on is of no
        /// use before a person has mended that.
        case refusedUs
        /// It takes no more for now.
        case limited
        /// Nothing: it was not asked, or we broke off.
        case nothing
    }

    var kind: Kind
    /// Stands in the log.
    var cause: IndeterminateCause?
    /// How long the issuer wants to be left alone. Not the pace of one open question.
    var retryAfter: Duration?
    var allowance: RequestAllowance?

    init(
        _ kind: Kind,
        cause: IndeterminateCause? = nil,
        retryAfter: Duration? = nil,
        allowance: RequestAllowance? = nil
    ) {
        self.kind = kind
        self.cause = cause
        self.retryAfter = retryAfter
        self.allowance = allowance
    }

    init(_ result: InquiryResult) {
        let kind = result.cause.map { Self.kind(of: $0) } ?? .answered
        self.init(
            kind,
            cause: result.cause,
            retryAfter: kind == .answered ? nil : result.retryAfter,
            allowance: result.allowance
        )
    }

    init(_ error: AdapterError) {
        // A code that a protocol cannot carry says nothing about the issuer or our standing.
        guard error.code != .inquiry else {
            self.init(.nothing, cause: error.cause)
            return
        }
        self.init(Self.kind(of: error.cause), cause: error.cause, retryAfter: error.retryAfter)
    }

    /// We broke off, or never asked.
    static let nothing = IssuerSignal(.nothing)

    /// An open list: a cause that is not known here says nothing.
    static func kind(of cause: IndeterminateCause) -> Kind {
        switch cause {
        case .issuerUnavailable, .timedOut, .malformedAnswer, .answerTooLarge, .refusedAddress,
            .untrustedCertificate, .badSignature, .adapterFailed:
            .failed
        case .rateLimited: .limited
        case .ourAccount, .ourRequest: .refusedUs
        case .reserved, .alreadySubmitted, .notSupportedByIssuer, .ambiguousAnswer, .inProgress,
            .unmapped:
            .answered
        default: .nothing
        }
    }
}

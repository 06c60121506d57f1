/// Why a verdict is `indeterminate`.
///
/// An open list: a cause written by a newer version is kept as it stands, so that a record read
/// and written again says the same.
public struct IndeterminateCause: RawRepresentable, Sendable, Hashable {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    /// The issuer answered something its adapter has no rule for.
    public static let unmapped = IndeterminateCause(rawValue: "unmapped")
    /// The issuer is down or busy, or says that this kind of card is under maintenance.
    public static let issuerUnavailable = IndeterminateCause(rawValue: "issuer_unavailable")
    public static let timedOut = IndeterminateCause(rawValue: "timed_out")
    public static let rateLimited = IndeterminateCause(rawValue: "rate_limited")
    /// The answer is not what the protocol promises: truncated, HTML, the wrong type.
    public static let malformedAnswer = IndeterminateCause(rawValue: "malformed_answer")
    public static let answerTooLarge = IndeterminateCause(rawValue: "answer_too_large")
    /// The issuer's name leads to an address the gateway may not connect to.
    public static let refusedAddress = IndeterminateCause(rawValue: "refused_address")
    public static let untrustedCertificate = IndeterminateCause(rawValue: "untrusted_certificate")
    /// Our set-up at the issuer is at fault: credentials, balance, permissions.
    public static let ourAccount = IndeterminateCause(rawValue: "our_account")
    /// Our request is at fault.
    public static let ourRequest = IndeterminateCause(rawValue: "our_request")
    /// The code is held by a transaction in progress.
    public static let reserved = IndeterminateCause(rawValue: "reserved")
    /// Someone submitted the code already; the verdict lies elsewhere.
    public static let alreadySubmitted = IndeterminateCause(rawValue: "already_submitted")
    /// The issuer has no inquiry for this code.
    public static let notSupportedByIssuer = IndeterminateCause(rawValue: "not_supported_by_issuer")
    /// The answer fits several states.
    public static let ambiguousAnswer = IndeterminateCause(rawValue: "ambiguous_answer")
    /// The issuer has the question and answers later: by a callback, or when it is asked again.
    public static let inProgress = IndeterminateCause(rawValue: "in_progress")
    /// The issuer's answer is not signed as its protocol promises.
    public static let badSignature = IndeterminateCause(rawValue: "bad_signature")
    /// Asking would spend the code or show it to a third party, and its owner has not agreed.
    public static let consentMissing = IndeterminateCause(rawValue: "consent_missing")
    /// A canary's answer changed: what this issuer's answers mean is not known for now.
    public static let adapterDegraded = IndeterminateCause(rawValue: "adapter_degraded")
    /// The adapter itself failed.
    public static let adapterFailed = IndeterminateCause(rawValue: "adapter_failed")

    /// The causes this version writes.
    public static let known: [IndeterminateCause] = [
        .unmapped, .issuerUnavailable, .timedOut, .rateLimited, .malformedAnswer, .answerTooLarge,
        .refusedAddress, .untrustedCertificate, .ourAccount, .ourRequest, .reserved,
        .alreadySubmitted, .notSupportedByIssuer, .ambiguousAnswer, .inProgress, .badSignature,
        .consentMissing, .adapterDegraded, .adapterFailed,
    ]
}

extension IndeterminateCause: CustomStringConvertible {
    public var description: String { rawValue }
}

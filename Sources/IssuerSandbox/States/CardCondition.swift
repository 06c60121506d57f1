/// What is the matter with a card, in no protocol's words: what rows of the published table have
/// in common, and what every issuer words in its own way.
enum CardCondition: String, Sendable, Hashable, CaseIterable {
    case good
    /// By somebody else, wholly.
    case used
    /// By the subscriber or the order that asks.
    case usedBySame = "used_by_same"
    case partiallyUsed = "partially_used"
    /// Held by a use that has not ended.
    case reserved
    case expired
    /// Blocked, damaged, stolen or taken back by the issuer.
    case revoked
    /// Too many wrong tries.
    case locked
    case notActivated = "not_activated"
    case notFound = "not_found"
    /// The number is known, the password is not its.
    case wrongSecret = "wrong_secret"
    /// Real, but of a kind that this issuer does not take.
    case unsupported
    /// The declared face value is not the card's.
    case faceMismatch = "face_mismatch"
    case busy
    case rateLimited = "rate_limited"
    /// Accepted and never decided.
    case pending
    /// Taken from the card, while the order failed.
    case disputed
    /// A word that nobody documents.
    case unknownWord = "unknown_word"

    /// What an issuer answers that has no word of its own for being busy or asked too often.
    var plainFailure: SandboxFault? {
        switch self {
        case .busy: .status(code: 503, retryAfterSeconds: 30)
        case .rateLimited: .status(code: 429, retryAfterSeconds: 30)
        case .good, .used, .usedBySame, .partiallyUsed, .reserved, .expired, .revoked, .locked,
            .notActivated, .notFound, .wrongSecret, .unsupported, .faceMismatch, .pending,
            .disputed, .unknownWord:
            nil
        }
    }
}

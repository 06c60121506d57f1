public import EvidenceLog
public import WireFormat

/// An outside authority that says when something was there (RFC 3161).
///
/// What a driver owes: it gives back only a token that it verified wholly against the authority's
/// own trusted roots, answers within bounded time and memory, and ends early when the task is
/// cancelled. A revoked signer is an error; a revocation list that could not be had is not, because
/// a list of a later day settles the matter as well, and the time would be lost for good.
public protocol TimestampAuthority: Sendable {
    /// The configured name: one word, in metrics and in the store.
    var name: String { get }

    /// Has `bytes` stamped. Only their hash leaves the house.
    func stamp(_ bytes: [UInt8]) async throws(StampingFailure) -> IssuedTimeStamp
}

/// A time stamp that was verified, and what verifies it again.
public struct IssuedTimeStamp: Sendable {
    /// The token's DER, as the authority gave it.
    public var token: [UInt8]
    public var stamp: VerifiedTimeStamp
    /// DER of the lists that were consulted; empty when none could be had.
    public var revocationLists: [[UInt8]]
    /// Why there is none, in the operator's words.
    public var revocationNote: String?
    /// Our own clock right before the request and right after the answer.
    public var askedAt: Instant
    public var answeredAt: Instant

    public init(
        token: [UInt8],
        stamp: VerifiedTimeStamp,
        revocationLists: [[UInt8]],
        revocationNote: String?,
        askedAt: Instant,
        answeredAt: Instant
    ) {
        self.token = token
        self.stamp = stamp
        self.revocationLists = revocationLists
        self.revocationNote = revocationNote
        self.askedAt = askedAt
        self.answeredAt = answeredAt
    }
}

/// Why an authority gave no stamp that counts. Holds no secret and no text of the authority's.
public struct StampingFailure: Error, Sendable, Hashable, CustomStringConvertible {
    public enum Cause: String, Sendable, CaseIterable {
        /// It could not be reached, broke off, or answered with an error.
        case unavailable
        /// It answered, and does not stamp what we ask.
        case refused
        /// What it gave does not verify.
        case unverified
    }

    public var cause: Cause
    public var detail: String

    public init(_ cause: Cause, _ detail: String) {
        self.cause = cause
        self.detail = detail
    }

    public var description: String { "\(cause.rawValue): \(detail)" }
}

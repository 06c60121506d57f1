/// Who acts on a claim: the role, and the one person or account that has it.
///
/// The role decides what may be done; the account decides that an appeal goes to somebody else and
/// that a quorum is one of several people.
public struct ClaimPrincipal: Sendable, Hashable {
    public let role: ClaimActor

    /// An agent's name, a merchant's id; not a person's name. Never shown to the public.
    public let account: String

    /// Bytes of an account's name.
    public static let longestAccount = 64

    public init(_ role: ClaimActor, account: String) {
        self.role = role
        self.account = account
    }

    /// The gateway itself.
    public static let system = ClaimPrincipal(.system, account: "cardproof")
}

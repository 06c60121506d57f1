/// Who can act on a claim.
public enum ClaimActor: String, Sendable, Hashable, CaseIterable {
    case buyer
    case merchant
    /// An agent of the platform: a person.
    case platform
    /// A person who was not the first reviewer.
    case arbiter
    case thirdParty = "third_party"
    /// The gateway itself.
    case system
}

/// Where a verdict comes from, hence how much it weighs.
public enum Certainty: String, Sendable, Hashable, CaseIterable {
    /// The issuer's own answer.
    case authoritative
    /// Our own log: duplicates, counts, lateness.
    case derived
    /// A local check: format, label expiry.
    case local
    /// A statement of the buyer or the merchant alone.
    case claimed
    /// Sources that contradict each other.
    case conflict

    /// Whether an issuer, the log or a check of the gateway's own found it, and nothing speaks
    /// against it.
    public var isFinding: Bool {
        switch self {
        case .authoritative, .derived, .local: true
        case .claimed, .conflict: false
        }
    }
}

/// What an adapter can be asked to do. Only `inquire` is required.
public enum AdapterOperation: String, Sendable, Hashable, CaseIterable {
    /// The state of a code now.
    case inquire
    /// When the state changed, and who used the code.
    case history
    /// Whether the issuer gave out exactly this code; says nothing of its state.
    case provenance
    /// Holds a code for a moment.
    case reserve
    /// Takes a seat of a licence.
    case activate
    /// Spends the code.
    case redeem
}

/// What an operation does to the code it names.
public enum OperationEffect: String, Sendable, Hashable, CaseIterable {
    /// Nothing changes at the issuer.
    case readOnly = "read_only"
    /// A counter moves, a date is noted, a clock may start; the code stays usable.
    case leavesTrace = "leaves_trace"
    /// The code, or a part of it, is spent. Never without its owner's recorded consent.
    case consumes
}

/// How an adapter is written.
public enum AdapterKind: String, Sendable, Hashable, CaseIterable {
    /// A YAML manifest alone.
    case manifest
    /// Swift beside a manifest that describes it.
    case swift
    /// Decides from the code itself; nobody is asked.
    case local
}

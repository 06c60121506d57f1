public import CardModel

/// What an adapter can be asked to do. `inquire` is required of all but those that can only redeem.
public enum AdapterOperation: String, Sendable, Hashable, CaseIterable {
    /// The state of a code now.
    case inquire
    /// When the state changed, and who used the code; comes with the inquiry.
    case history
    /// Whether the issuer gave out exactly this code; says nothing of its state.
    case provenance
    /// How many codes of a range of serials the issuer has loaded; speaks of no single code.
    case stockCount = "stock_count"
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
    /// A program of the operator's own beside a manifest that describes it: JSON lines on its
    /// standard input and output.
    case process
}

/// How it is found out what became of a redemption whose answer never came, or said only
/// "accepted". Without any of these the code stays undecided and a person decides.
public struct Settlement: Sendable, Hashable {
    /// The issuer can be asked about an order of ours.
    public var byQuery: Bool
    /// The issuer reports by itself.
    public var byCallback: Bool
    /// An adapter whose inquiry tells whether the code was spent.
    public var byAdapter: String?
    /// What people are told in its place, where the list of ways promises too much: a query that
    /// finds the order but never says what became of the code.
    public var note: LocalisedText?

    public init(
        byQuery: Bool = false,
        byCallback: Bool = false,
        byAdapter: String? = nil,
        note: LocalisedText? = nil
    ) {
        self.byQuery = byQuery
        self.byCallback = byCallback
        self.byAdapter = byAdapter
        self.note = note
    }

    /// What an adapter that never redeems declares.
    public static let none = Settlement()
}

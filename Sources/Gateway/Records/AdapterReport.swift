public import WireFormat

/// An adapter became degraded, or is itself again: its canaries say so.
public struct AdapterReport: Sendable {
    public enum State: String, Sendable, CaseIterable {
        case degraded
        case recovered
    }

    /// The configured name.
    public var adapter: String
    /// As verdicts name it: `id@version`.
    public var label: String
    public var state: State
    /// Names of the canaries that were off; never a code.
    public var canaries: [String]
    public var at: Instant
    /// Whose logs say it, and who are told.
    public var platforms: [PlatformNumber]
    /// `LeafDrafting.seedByteCount` fresh random bytes.
    public var seed: [UInt8]

    public init(
        adapter: String,
        label: String,
        state: State,
        canaries: [String],
        at: Instant,
        platforms: [PlatformNumber],
        seed: [UInt8]
    ) {
        self.adapter = adapter
        self.label = label
        self.state = state
        self.canaries = canaries
        self.at = at
        self.platforms = platforms
        self.seed = seed
    }
}

/// An adapter whose word does not count now.
public struct DegradedAdapter: Sendable, Hashable {
    public var adapter: String
    public var canaries: [String]
    public var since: Instant

    public init(adapter: String, canaries: [String], since: Instant) {
        self.adapter = adapter
        self.canaries = canaries
        self.since = since
    }
}

public import WireFormat

/// A span of time that stops the clock of the windows it touches: an outage, or the time in which
/// a code could not be decided.
public struct Incident: Sendable, Hashable {
    public let kind: TollingKind
    public let startedAt: Instant

    /// `nil` while the incident is open.
    public let endedAt: Instant?

    /// An end before the start counts as no time at all.
    public init(kind: TollingKind, startedAt: Instant, endedAt: Instant?) {
        self.kind = kind
        self.startedAt = startedAt
        self.endedAt = endedAt
    }
}

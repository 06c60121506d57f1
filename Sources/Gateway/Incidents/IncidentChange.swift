public import WireFormat

/// What somebody wants recorded about an outage.
public enum IncidentChange: Sendable {
    case declare(IncidentDeclaration)
    case end(IncidentEnding)
}

/// An outage that somebody declares.
public struct IncidentDeclaration: Sendable {
    /// As it will stand; only the index of its leaf is still open.
    public var record: IncidentRecord
    /// Makes the identifier of the event.
    public var drafting: LeafDrafting

    public init(record: IncidentRecord, drafting: LeafDrafting) {
        self.record = record
        self.drafting = drafting
    }
}

/// Somebody's word that an outage is over.
public struct IncidentEnding: Sendable {
    public var platform: PlatformNumber
    public var incident: IncidentID
    /// When it was over.
    public var endedAt: Instant
    public var account: String
    public var at: Instant
    public var idempotency: Idempotency?
    public var drafting: LeafDrafting

    public init(
        platform: PlatformNumber,
        incident: IncidentID,
        endedAt: Instant,
        account: String,
        at: Instant,
        idempotency: Idempotency? = nil,
        drafting: LeafDrafting
    ) {
        self.platform = platform
        self.incident = incident
        self.endedAt = endedAt
        self.account = account
        self.at = at
        self.idempotency = idempotency
        self.drafting = drafting
    }
}

/// Why an incident is not recorded as asked.
public enum IncidentRefusal: String, Sendable, CaseIterable {
    case startsInFuture = "starts_in_future"
    /// Further back than ``IncidentRecord/longestBackdating``.
    case startsTooEarly = "starts_too_early"
    case endsInFuture = "ends_in_future"
    case endsBeforeStart = "ends_before_start"
    /// One of the same kind and reach is open.
    case alreadyOpen = "incident_already_open"
    case alreadyEnded = "incident_already_ended"
    /// ``IncidentRecord/mostOpen`` or ``IncidentRecord/mostDeclared``.
    case tooMany = "too_many_incidents"
}

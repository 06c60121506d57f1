public import WireFormat

/// What an outgoing event tells; the raw value is its type on the wire (CONTRACT).
public enum EventType: String, Sendable {
    case deliveryChecked = "delivery.checked"
    case duplicateFound = "duplicate.found"
    case claimOpened = "claim.opened"
    case claimStateChanged = "claim.state_changed"
    case claimActionRequired = "claim.action_required"
    case remedyRequested = "remedy.requested"
    case remedyVerified = "remedy.verified"
    case escrowHold = "escrow.hold"
    case escrowRelease = "escrow.release"
    case batchRecall = "batch.recall"
    case adapterDegraded = "adapter.degraded"
    case incidentOpened = "incident.opened"
    case incidentClosed = "incident.closed"
    case merchantPenaltyDue = "merchant.penalty_due"
}

/// An event on its way to the platform; thin, never a key.
public struct EventRecord: Sendable {
    public var id: EventID
    public var platform: PlatformNumber
    public var type: EventType
    public var createdAt: Instant
    /// The event's `data`, as JSON.
    public var data: JSONValue
    public var attempts: Int
    /// When the next attempt is due; nil when it was delivered, given up, or nobody listens.
    public var nextAttemptAt: Instant?
    public var deliveredAt: Instant?

    public init(
        id: EventID,
        platform: PlatformNumber,
        type: EventType,
        createdAt: Instant,
        data: JSONValue
    ) {
        self.id = id
        self.platform = platform
        self.type = type
        self.createdAt = createdAt
        self.data = data
        attempts = 0
        nextAttemptAt = createdAt
    }
}

/// How one attempt to send an event ended.
public struct EventAttempt: Sendable {
    public var event: EventID
    public var attempts: Int
    public var deliveredAt: Instant?
    /// Nil: never again.
    public var nextAttemptAt: Instant?

    public init(event: EventID, attempts: Int, deliveredAt: Instant?, nextAttemptAt: Instant?) {
        self.event = event
        self.attempts = attempts
        self.deliveredAt = deliveredAt
        self.nextAttemptAt = nextAttemptAt
    }
}

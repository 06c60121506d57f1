import CardModel
public import WireFormat

/// Who wanted to know.
public enum CheckTrigger: String, Sendable, Hashable {
    /// The gateway itself, because a delivery came in.
    case gateway
    /// The buyer, by a self-test. Only such a check can end a one-time warranty.
    case buyer
}

/// One question to an issuer about one item, with all its attempts.
public struct CheckRecord: Sendable {
    public enum State: String, Sendable {
        /// Waits for its due time or for a free place at its adapter.
        case pending
        /// A worker holds it until the lease ends.
        case leased
        /// Answered, or given up.
        case done
    }

    public var id: CheckID
    public var item: ItemNumber
    public var platform: PlatformNumber
    public var stage: DeliveryStage
    public var trigger: CheckTrigger
    /// The adapter that is asked; nil when the product has none.
    public var adapter: String?
    public var state: State
    public var dueAt: Instant
    public var leasedUntil: Instant?
    /// How often the issuer was asked.
    public var attempts: Int
    public var firstAskedAt: Instant?
    public var createdAt: Instant
    public var decision: ItemDecision?
    /// What the last answer left to go on with; given back at the next ask.
    public var continuation: String?
    /// Asks among ``attempts`` that only came back because the issuer was not ready.
    public var polls: Int

    public init(
        id: CheckID,
        item: ItemNumber,
        platform: PlatformNumber,
        stage: DeliveryStage,
        trigger: CheckTrigger,
        adapter: String?,
        state: State,
        dueAt: Instant,
        createdAt: Instant,
        decision: ItemDecision? = nil
    ) {
        self.id = id
        self.item = item
        self.platform = platform
        self.stage = stage
        self.trigger = trigger
        self.adapter = adapter
        self.state = state
        self.dueAt = dueAt
        self.createdAt = createdAt
        self.decision = decision
        attempts = 0
        polls = 0
    }

    /// When a worker may take the check: its due time, the end of its lease while one holds it,
    /// nil when it is done.
    public var openDueAt: Instant? {
        switch state {
        case .pending: dueAt
        case .leased: leasedUntil
        case .done: nil
        }
    }
}

/// A check that a worker may carry out until ``leasedUntil``, with all it needs.
public struct LeasedCheck: Sendable {
    public var check: CheckRecord
    /// When it had been due.
    public var dueAt: Instant
    public var item: ItemRecord
    public var orderID: String
    /// The data key of the item's notice, wrapped; nil after erasure.
    public var wrappedDataKey: [UInt8]?
    public var leasedUntil: Instant

    public init(
        check: CheckRecord,
        dueAt: Instant,
        item: ItemRecord,
        orderID: String,
        wrappedDataKey: [UInt8]?,
        leasedUntil: Instant
    ) {
        self.check = check
        self.dueAt = dueAt
        self.item = item
        self.orderID = orderID
        self.wrappedDataKey = wrappedDataKey
        self.leasedUntil = leasedUntil
    }
}

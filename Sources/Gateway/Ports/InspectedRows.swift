public import WireFormat

/// An erasure, and the places in the log of what it destroyed.
public struct InspectedErasure {
    public var record: ErasureRecord
    public var notices: [InspectedDelivery.Notice]
    public var entries: [InspectedEntry]
    public var unreadable: [StorePlace]

    public init(
        record: ErasureRecord,
        notices: [InspectedDelivery.Notice],
        entries: [InspectedEntry],
        unreadable: [StorePlace]
    ) {
        self.record = record
        self.notices = notices
        self.entries = entries
        self.unreadable = unreadable
    }
}

public struct InspectedHead {
    /// Of the open log.
    public var size: UInt64
    /// As stored: what `CompactRange` serialises.
    public var range: [UInt8]

    public init(size: UInt64, range: [UInt8]) {
        self.size = size
        self.range = range
    }
}

public struct InspectedCheckpoint {
    /// The running one.
    public var size: UInt64
    public var note: [UInt8]
    public var signedAt: Instant

    public init(size: UInt64, note: [UInt8], signedAt: Instant) {
        self.size = size
        self.note = note
        self.signedAt = signedAt
    }
}

public struct InspectedEntry {
    /// The running one.
    public var index: UInt64
    public var record: LogEntryRecord

    public init(index: UInt64, record: LogEntryRecord) {
        self.index = index
        self.record = record
    }
}

public struct InspectedOutcome {
    /// The columns beside the disclosure.
    public var number: Int
    public var merchant: String
    public var record: OutcomeRecord

    public init(number: Int, merchant: String, record: OutcomeRecord) {
        self.number = number
        self.merchant = merchant
        self.record = record
    }
}

public import CardModel
public import WireFormat

/// One delivery and every row that belongs to it.
public struct InspectedDelivery {
    public struct Notice {
        public var number: NoticeNumber
        public var record: NoticeRecord
        public var wrappedDataKey: [UInt8]?

        public init(number: NoticeNumber, record: NoticeRecord, wrappedDataKey: [UInt8]?) {
            self.number = number
            self.record = record
            self.wrappedDataKey = wrappedDataKey
        }
    }

    public struct Item {
        public var record: ItemRecord
        /// The column that the unique constraint looks at.
        public var line: Int64

        public init(record: ItemRecord, line: Int64) {
            self.record = record
            self.line = line
        }
    }

    public struct Claim {
        /// The columns beside the record.
        public var id: [UInt8]
        public var platform: PlatformNumber
        public var item: ItemNumber
        public var merchant: String
        public var batch: [UInt8]?
        public var buyerCode: [UInt8]?
        public var filedAt: Instant?
        public var against: String
        public var family: String
        public var demand: String
        public var state: String
        public var tracking: String
        public var dueAt: Instant?
        public var record: ClaimRecord
        /// Step numbers and entries, by step.
        public var history: [(step: Int64, entry: ClaimHistoryEntry)]
        /// What was published of it, by number.
        public var outcomes: [InspectedOutcome]
        public var rings: [Ring] = []
        public var filings: [Filing] = []
        public var remedies: [InspectedDelivery.Remedy] = []
        /// The lines of the book of deposits under its keys, in the order of the keys.
        public var bookEntries: [LedgerEntry] = []

        public init(
            id: [UInt8],
            platform: PlatformNumber,
            item: ItemNumber,
            merchant: String,
            batch: [UInt8]?,
            buyerCode: [UInt8]?,
            filedAt: Instant?,
            against: String,
            family: String,
            demand: String,
            state: String,
            tracking: String,
            dueAt: Instant?,
            record: ClaimRecord,
            history: [(step: Int64, entry: ClaimHistoryEntry)],
            outcomes: [InspectedOutcome]
        ) {
            self.id = id
            self.platform = platform
            self.item = item
            self.merchant = merchant
            self.batch = batch
            self.buyerCode = buyerCode
            self.filedAt = filedAt
            self.against = against
            self.family = family
            self.demand = demand
            self.state = state
            self.tracking = tracking
            self.dueAt = dueAt
            self.record = record
            self.history = history
            self.outcomes = outcomes
        }
    }

    /// A clock of a claim: one that rang has its time.
    public struct Ring {
        public var ring: ClaimRing
        public var rungAt: Instant?

        public init(ring: ClaimRing, rungAt: Instant?) {
            self.ring = ring
            self.rungAt = rungAt
        }
    }

    public struct Filing {
        /// The column beside the record.
        public var channel: String
        public var record: FilingRecord

        public init(channel: String, record: FilingRecord) {
            self.channel = channel
            self.record = record
        }
    }

    public struct Remedy {
        /// The columns beside the record.
        public var id: [UInt8]
        public var platform: PlatformNumber
        public var attempt: Int
        public var state: String
        public var replacement: Int64?
        public var record: RemedyRecord

        public init(
            id: [UInt8],
            platform: PlatformNumber,
            attempt: Int,
            state: String,
            replacement: Int64?,
            record: RemedyRecord
        ) {
            self.id = id
            self.platform = platform
            self.attempt = attempt
            self.state = state
            self.replacement = replacement
            self.record = record
        }
    }

    public struct Holder {
        public var fingerprint: CardFingerprint
        public var platform: PlatformNumber
        public var item: ItemNumber

        public init(fingerprint: CardFingerprint, platform: PlatformNumber, item: ItemNumber) {
            self.fingerprint = fingerprint
            self.platform = platform
            self.item = item
        }
    }

    public var record: DeliveryRecord
    public var notices: [Notice] = []
    public var items: [Item] = []
    public var checks: [CheckRecord] = []
    public var holders: [Holder] = []
    /// Items of it with a code that another one holds.
    public var repeats: [Holder] = []
    public var claims: [Claim] = []
    public var consents: [ConsentRecord] = []
    public var redemptions: [RedemptionRecord] = []
    public var attachments: [AttachmentRecord] = []
    /// The leaves written under its notices, by index.
    public var entries: [InspectedEntry] = []
    /// Rows of it that cannot be read.
    public var unreadable: [StorePlace] = []

    public init(record: DeliveryRecord) {
        self.record = record
    }
}

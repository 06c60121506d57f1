public import CardModel
public import EvidenceLog
public import WireFormat

/// Where in a store something lies, for people who look for it.
public struct StorePlace: Sendable, Hashable {
    public var table: String
    /// The row's key as text; identifiers and hashes in hexadecimal. Never a card's key.
    public var key: String
    /// Empty when the row as a whole is meant.
    public var column: String

    public init(_ table: String, key: String = "", column: String = "") {
        self.table = table
        self.key = key
        self.column = column
    }
}

/// A row as it was found.
public enum InspectedRow<Row> {
    case row(Row)
    /// It does not hold what was written; the column that shows it.
    case unreadable(StorePlace)
}

/// The driver itself says that a part of its files is damaged.
public struct InspectionFailure: Error, Sendable {
    public var place: StorePlace
    /// The driver's own words; none of the file's content.
    public var detail: String

    public init(place: StorePlace, detail: String) {
        self.place = place
        self.detail = detail
    }
}

/// The next row of a walk; nil at its end.
public typealias RowWalk<Row> = () throws(InspectionFailure) -> InspectedRow<Row>?

/// A store as an auditor reads it: row by row, believing none of it, in one moment's state and in
/// little memory. Nothing is decoded that would end the process if it were wrong.
public protocol StoreInspection {
    /// What the driver finds wrong with its own files, in its own words; nil when they are whole.
    func damage() throws(InspectionFailure) -> InspectionFailure?
    func deploymentSecrets() throws(InspectionFailure) -> [UInt8]?
    func platforms() throws(InspectionFailure) -> [InspectedRow<PlatformRecord>]
    func policies() throws(InspectionFailure) -> RowWalk<(hash: [UInt8], text: [UInt8])>
    func quarantine() throws(InspectionFailure) -> RowWalk<QuarantineRecord>
    /// Rows that nothing commits to, read to see whether they can be.
    func loose() throws(InspectionFailure) -> RowWalk<StorePlace>
    /// Rows that name another row which is not there.
    func strays() throws(InspectionFailure) -> RowWalk<StorePlace>

    /// A platform's logs, by ordinal.
    func logs(of platform: PlatformNumber) throws(InspectionFailure) -> [InspectedRow<LogRecord>]
    func head(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> InspectedRow<InspectedHead>?
    /// By size, of all the platform's logs: those whose running size lies in the range.
    func checkpoints(
        of platform: PlatformNumber,
        in range: ClosedRange<UInt64>
    ) throws(InspectionFailure) -> RowWalk<InspectedCheckpoint>
    /// By running index.
    func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) throws(InspectionFailure) -> RowWalk<InspectedEntry>
    func entry(
        of platform: PlatformNumber,
        at index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<InspectedEntry>?
    func node(
        of platform: PlatformNumber,
        level: Int,
        index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<TreeHash>?
    func nodeCount(of platform: PlatformNumber) throws(InspectionFailure) -> UInt64

    /// Every delivery with all that is kept about it, by its identifier.
    func deliveries() throws(InspectionFailure) -> RowWalk<InspectedDelivery>
    /// A platform's items of which something was decided, in the order in which they came; without
    /// those whose deliveries are restricted. Their codes are not read.
    func decidedItems(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<DecidedItem>
    /// What is left of every delivery that was erased.
    func erasures() throws(InspectionFailure) -> RowWalk<InspectedErasure>

    /// A platform's book of deposits, in the order in which it was written.
    func bookEntries(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<LedgerEntry>
    /// Every balance that is kept, also those of zero.
    func bookBalances(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<LedgerBalance>

    /// A platform's outcomes of claims, by number.
    func outcomes(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<InspectedOutcome>

    /// A platform's declared outages, as they were declared.
    func incidents(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<IncidentRecord>

    /// Batches of registered stock, by number.
    func batches() throws(InspectionFailure) -> RowWalk<StockBatchRecord>
    /// The lines of a batch, by position.
    func stockCodes(of batch: BatchNumber) throws(InspectionFailure) -> RowWalk<StockCodeRecord>
    /// A node of the tree over a batch's lines, above the lines.
    func stockNode(
        of batch: BatchNumber,
        level: Int,
        index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<TreeHash>?
    func stockNodeCount(of batch: BatchNumber) throws(InspectionFailure) -> UInt64
}

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

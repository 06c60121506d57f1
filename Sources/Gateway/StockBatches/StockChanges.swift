import CardModel
public import EvidenceLog
public import WireFormat

/// What a caller wants to become true of registered stock.
public enum StockChange: Sendable {
    /// A new batch; under a registration key that was used before, that batch.
    case begin(StockBatchRecord)
    case add(StockChunk)
    case seal(StockSealing)
    case move(StockMove)
    /// Tells further holders of a recalled batch.
    case tellHolders(RecallRound)
}

/// Consecutive lines of a batch.
public struct StockChunk: Sendable {
    public var platform: PlatformNumber
    public var batch: BatchID
    /// The lines that must be there before these; so the same chunk again changes nothing.
    public var offset: Int
    public var lines: [PreparedStockLine]
    /// Of the batch: for lines that turn out to be sold, or in other stock.
    public var secret: RecordSecret

    public init(
        platform: PlatformNumber,
        batch: BatchID,
        offset: Int,
        lines: [PreparedStockLine],
        secret: RecordSecret
    ) {
        self.platform = platform
        self.batch = batch
        self.offset = offset
        self.lines = lines
        self.secret = secret
    }

    /// Lines of one chunk: they are one transaction, and deliveries wait behind it.
    public static let mostLines = 500
}

/// Why lines are not taken; the raw values are stable words.
public enum StockChunkRefusal: String, Sendable, CaseIterable {
    /// Other lines are there than the chunk follows; the answer says how many.
    case wrongOffset = "wrong_offset"
    /// More lines than the batch was announced with.
    case tooManyLines = "too_many_lines"
    /// Fewer lines are there than the batch was announced with.
    case linesMissing = "lines_missing"
    case notAscending = "lines_not_ascending"
}

/// All lines are there: the audit goes into the log as one leaf.
public struct StockSealing: Sendable {
    public var platform: PlatformNumber
    public var batch: BatchID
    public var at: Instant
    /// The platform's name, for the leaf.
    public var platformName: String
    public var drafting: LeafDrafting

    public init(
        platform: PlatformNumber,
        batch: BatchID,
        at: Instant,
        platformName: String,
        drafting: LeafDrafting
    ) {
        self.platform = platform
        self.batch = batch
        self.at = at
        self.platformName = platformName
        self.drafting = drafting
    }
}

/// The platform acts on a batch.
public struct StockMove: Sendable {
    public var platform: PlatformNumber
    public var batch: BatchID
    public var act: BatchAct
    public var at: Instant

    public init(platform: PlatformNumber, batch: BatchID, act: BatchAct, at: Instant) {
        self.platform = platform
        self.batch = batch
        self.act = act
        self.at = at
    }
}

/// One round of telling the holders of a recalled batch.
public struct RecallRound: Sendable {
    public var batch: BatchID
    public var at: Instant
    /// Gives the events their identifiers; nothing is sealed.
    public var drafting: LeafDrafting

    public init(batch: BatchID, at: Instant, drafting: LeafDrafting) {
        self.batch = batch
        self.at = at
        self.drafting = drafting
    }

    /// Handed-over codes that one round looks at: a transaction that deliveries hardly notice.
    public static let mostCodes = 200
}

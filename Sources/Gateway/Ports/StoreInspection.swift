public import EvidenceLog

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

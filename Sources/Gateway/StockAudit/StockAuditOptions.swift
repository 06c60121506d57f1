public import CardModel
public import WireFormat

/// What an audit checks, and within which bounds.
public struct StockAuditOptions: Sendable {
    /// The format that normalises and judges every code; nil checks only grammar, duplicates,
    /// history and expiry, and folds no case.
    public var format: CardFormat?
    /// Codes that are sold repeatedly by design are neither duplicates nor sold.
    public var isReusable: Bool
    /// A code whose `expires_on` lies before this day is expired; on the day it is still good.
    public var asOf: CalendarDate
    /// A code must be good for this many full days after ``asOf``; with fewer left it is reported
    /// as expired, and its detail says `short_shelf_life`.
    public var minimumRemainingDays: Int
    /// How many blocks are parsed, and partitions resolved, at a time.
    public var threads: Int
    /// The resident memory to stay within, in bytes; fingerprints beyond it go to scratch.
    public var memoryBytes: Int

    /// - Parameters:
    ///   - minimumRemainingDays: clamped to 0...``StockAuditLimits/minimumRemainingDays``.
    ///   - threads: clamped to 1...``StockAuditLimits/threads``.
    ///   - memoryBytes: raised to ``StockAuditLimits/minimumMemoryBytes`` when lower.
    public init(
        format: CardFormat? = nil,
        isReusable: Bool = false,
        asOf: CalendarDate,
        minimumRemainingDays: Int = 0,
        threads: Int = 1,
        memoryBytes: Int = StockAuditLimits.defaultMemoryBytes
    ) {
        self.format = format
        self.isReusable = isReusable
        self.asOf = asOf
        self.minimumRemainingDays = min(
            max(0, minimumRemainingDays),
            StockAuditLimits.minimumRemainingDays
        )
        self.threads = min(max(1, threads), StockAuditLimits.threads)
        self.memoryBytes = max(memoryBytes, StockAuditLimits.minimumMemoryBytes)
    }

    /// A code that expires before this day is reported.
    var earliestExpiry: CalendarDate { asOf.adding(days: minimumRemainingDays) }

    /// What the fingerprints of all workers may occupy: the limit without the process itself, the
    /// blocks in flight and the partitions being resolved.
    var arenaBytes: Int {
        let shared =
            StockAuditLimits.fixedBytes + filterBytes + workerCount * StockAuditLimits.workerBytes
        return max(memoryBytes - shared, memoryBytes / 4)
    }

    /// What the bits of the stock's codes may occupy while history is read: a sixteenth.
    var filterBytes: Int { memoryBytes / 16 }

    /// As many of ``threads`` as the memory feeds: a worker's arena holds a page for every
    /// partition and kind of fingerprint.
    var workerCount: Int {
        let each = 2 * StockAuditLimits.workerBytes
        return min(threads, max(1, (memoryBytes - StockAuditLimits.fixedBytes) / each))
    }

    /// Rows kept in memory before a sorted run goes to scratch: an eighth of the limit.
    var sortedRowLimit: Int { memoryBytes / 8 / MemoryLayout<DefectRow>.size }
}

/// The bounds of an audit; each is a promise of the documentation.
public enum StockAuditLimits {
    /// A longer record is malformed: "line too long".
    public static let recordBytes = 1 << 20
    /// What a worker is given at a time; it stays in the processor's cache between the copy from
    /// the file and the parsing.
    static let blockBytes = 256 << 10
    /// A quoted CSV record may span this many physical lines; beyond them its quote counts as
    /// never closed and reading goes on with the line after its first.
    public static let recordLines = 64
    /// A quoted CSV record that spans lines may hold this many bytes.
    public static let quotedRecordBytes = 64 << 10
    /// A serial or key may hold this many symbols, as in a delivery.
    public static let fieldSymbols = 512
    /// A serial or key may occupy this many bytes as written.
    public static let fieldBytes = 4 * fieldSymbols
    /// The beginning of a file that decides how it is read.
    public static let sampleBytes = 256 << 10
    /// Lines of the sample that are counted.
    public static let sampleLines = 2_000
    /// Keys of at least this many symbols are the same code under any serial.
    public static let keyAloneSymbols = 12
    /// A run numbers this many lines over all its files.
    public static let lines: UInt64 = 1 << 31 - 1
    /// A shelf life that can be asked for, in days: ten years.
    public static let minimumRemainingDays = 3_650
    /// Suppliers and batches that are told apart; with more, the breakdown is by file alone.
    public static let groups = 4_096
    /// A supplier's or batch's name is shortened to this many bytes.
    public static let groupNameBytes = 64
    /// Face values that are told apart.
    public static let faceValues = 256
    public static let threads = 64
    public static let minimumMemoryBytes = 64 << 20
    public static let defaultMemoryBytes = 512 << 20
    /// What a run needs before the first fingerprint: code, runtime, partition bookkeeping.
    static let fixedBytes = 32 << 20
    /// What one worker needs beside: its blocks and a page for every partition it writes to.
    static let workerBytes = 8 << 20
}

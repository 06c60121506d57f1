/// What an audit found, divided as a merchant talks about it with his suppliers.
///
/// Every number is a function of the files alone: thread counts and memory limits change nothing.
public struct StockBreakdown: Sendable, Equatable {
    /// By file, supplier and batch, in that order.
    public var groups: [StockGroup] = []
    /// Codes by the days they still have, in the order of ``StockShelfLife``.
    public var shelfLife: [StockShelfLife: Int] = [:]
    /// Codes by face value as written, without spaces and trailing zeros; empty when no file has
    /// such a column, or when it holds more than ``StockAuditLimits/faceValues`` values.
    public var faceValues: [String: Int] = [:]
    /// Malformed lines by what is wrong with them.
    public var reasons: [MalformedReason: Int] = [:]
    /// The files name more than ``StockAuditLimits/groups`` suppliers and batches; then there is
    /// one group a file.
    public var hasTooManyGroups = false
    /// The files name more than ``StockAuditLimits/faceValues`` face values.
    public var hasTooManyFaceValues = false

    public init() {}

    /// Whether any file names suppliers, or batches.
    public var namesSuppliers: Bool { groups.contains { $0.supplier != nil } }
    public var namesBatches: Bool { groups.contains { $0.batch != nil } }
}

/// The lines of one file that name the same supplier (供货商) and batch (批次).
public struct StockGroup: Sendable, Equatable {
    /// Index of the stock file.
    public let file: Int
    /// As written, shortened to ``StockAuditLimits/groupNameBytes``; nil when the file has no such
    /// column or the cell is empty.
    public let supplier: String?
    public let batch: String?
    /// Well-formed codes.
    public var codes = 0
    /// Lines that are no code.
    public var malformed = 0
    /// Rows of the report by class, malformed ones included. A line may stand in several classes.
    public var rows: [StockDefectClass: Int] = [:]
    /// Lines with at least one row.
    public var defectiveLines = 0

    public init(file: Int, supplier: String? = nil, batch: String? = nil) {
        self.file = file
        self.supplier = supplier
        self.batch = batch
    }

    /// Codes and lines that should have been codes.
    public var lines: Int { codes + malformed }

    /// Share of ``lines`` with a defect, 0 without lines.
    public var defectShare: Double { lines == 0 ? 0 : Double(defectiveLines) / Double(lines) }
}

/// How long a code can still be used, judged on the day of the audit.
public enum StockShelfLife: Int, Sendable, CaseIterable, Comparable {
    /// The day lies before the audit's.
    case expired
    case underWeek, underMonth, underQuarter, underHalfYear, underYear, yearOrMore
    /// The line names no day.
    case unknown

    /// The bucket holds codes with fewer days than this left; nil for the last two.
    public var daysBelow: Int? {
        switch self {
        case .expired: 0
        case .underWeek: 7
        case .underMonth: 30
        case .underQuarter: 90
        case .underHalfYear: 180
        case .underYear: 365
        case .yearOrMore, .unknown: nil
        }
    }

    public static func < (left: StockShelfLife, right: StockShelfLife) -> Bool {
        left.rawValue < right.rawValue
    }
}

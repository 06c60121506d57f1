import WireFormat

/// What is wrong with a line, in the order classes of one line are reported.
public enum StockDefectClass: UInt8, Sendable, CaseIterable, Comparable {
    case duplicate = 0
    case malformed, expired, sold, conflict
    /// The issuer does not call the code good; only where it was asked.
    case issuer

    /// The name in reports.
    public var code: String {
        switch self {
        case .duplicate: "dup"
        case .malformed: "malformed"
        case .expired: "expired"
        case .sold: "sold"
        case .conflict: "conflict"
        case .issuer: "issuer"
        }
    }

    public static func < (left: StockDefectClass, right: StockDefectClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One row of the report in 16 bytes, ordered by its first word: 40 bits of global line number,
/// 8 of class, 16 of malformed reason. The second word is the first line, the date, the numbers of
/// a malformation, or whence a sold code is known.
///
/// Between the rows stand marks, which come before the rows of their line: from here on the lines
/// are of another group.
struct DefectRow: Comparable {
    let order: UInt64
    let value: UInt64

    init(order: UInt64, value: UInt64) {
        self.order = order
        self.value = value
    }

    init(line: UInt64, _ defect: StockDefectClass, value: UInt64 = 0) {
        order = line << 24 | (UInt64(defect.rawValue) + 1) << 16
        self.value = value
    }

    /// The mark of a group.
    init(line: UInt64, group: Int) {
        order = line << 24
        value = UInt64(group)
    }

    init(line: UInt64, _ malformation: Malformation) {
        order =
            line << 24 | (UInt64(StockDefectClass.malformed.rawValue) + 1) << 16
            | UInt64(malformation.reason.rawValue)
        value = malformation.numbers
    }

    var line: UInt64 { order >> 24 }
    /// Nil for the mark of a group.
    var defect: StockDefectClass? {
        let code = UInt8(order >> 16 & 0xff)
        return code == 0 ? nil : StockDefectClass(rawValue: code - 1)
    }
    var reason: MalformedReason? { MalformedReason(rawValue: UInt16(order & 0xffff)) }

    static func < (left: DefectRow, right: DefectRow) -> Bool { left.order < right.order }
}

/// Which global line number belongs to which file and line, and the day that dates are held
/// against.
struct StockLineNumbering {
    let names: [String]
    /// The global number before each file's first line, ascending.
    let fileStarts: [UInt64]
    let asOf: CalendarDate
    let minimumRemainingDays: Int

    func place(of line: UInt64) -> (file: Int, line: UInt64) {
        let file = (fileStarts.lastIndex { $0 < line }) ?? 0
        return (file, line - (fileStarts.isEmpty ? 0 : fileStarts[file]))
    }
}

/// One defect as reported.
public struct StockDefect: Sendable, Equatable {
    /// Index of the stock file.
    public let file: Int
    public let fileName: String
    /// Physical line, from 1; of a multi-line record its first.
    public let line: UInt64
    public let defect: StockDefectClass
    /// Empty when the class says everything. Never holds text of a line.
    public let detail: String
    /// Whether the issuer's answer decided nothing: the code is not called bad.
    public let isUndecided: Bool
    /// For duplicates and conflicts: the line that bears the code or serial first.
    public let firstLine: UInt64?
    /// Index of the file of ``firstLine``.
    public let firstFile: Int?
    /// The detail of a code that is not known to be handed over, but stands in registered stock.
    public static let registered = "registered"
    /// What is wrong with a malformed line.
    public let reason: MalformedReason?
    /// For a code that is good on the day of the audit, but not for as long as is wanted: the days
    /// it has left.
    public let remainingDays: Int?

    init(row: DefectRow, _ defect: StockDefectClass, numbering: StockLineNumbering) {
        let place = numbering.place(of: row.line)
        file = place.file
        fileName = numbering.names[place.file]
        line = place.line
        self.defect = defect
        isUndecided = false
        var detail = ""
        var first: (file: Int, line: UInt64)?
        var remaining: Int?
        switch defect {
        case .duplicate, .conflict:
            let place = numbering.place(of: row.value)
            first = place
            detail =
                place.file == file
                ? "\(place.line)" : "\(place.line) in \(numbering.names[place.file])"
        case .malformed:
            detail = row.reason.map { Malformation(reason: $0, numbers: row.value).detail } ?? ""
        case .expired:
            let day = PackedDate(number: UInt32(truncatingIfNeeded: row.value)).iso8601
            remaining = numbering.remainingDays(until: day)
            detail =
                remaining.map {
                    "\(day) short_shelf_life: \($0) days left, "
                        + "\(numbering.minimumRemainingDays) wanted"
                } ?? day
        case .sold:
            if row.value == UInt64(SoldOrigin.registered.rawValue) { detail = Self.registered }
        case .issuer: break
        }
        self.detail = detail
        firstLine = first?.line
        firstFile = first?.file
        remainingDays = remaining
        reason = defect == .malformed ? row.reason : nil
    }
}

extension StockLineNumbering {
    /// Nil when the day lies before the audit's: that code has expired.
    fileprivate func remainingDays(until day: String) -> Int? {
        guard let day = CalendarDate(iso8601: day), day >= asOf else { return nil }
        return day.dayNumber - asOf.dayNumber
    }
}

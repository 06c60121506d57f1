/// What is wrong with a line, in the order classes of one line are reported.
public enum StockDefectClass: UInt8, Sendable, CaseIterable, Comparable {
    case duplicate = 0
    case malformed, expired, sold, conflict

    /// The name in reports.
    public var code: String {
        switch self {
        case .duplicate: "dup"
        case .malformed: "malformed"
        case .expired: "expired"
        case .sold: "sold"
        case .conflict: "conflict"
        }
    }

    public static func < (left: StockDefectClass, right: StockDefectClass) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// One row of the report in 16 bytes, ordered by its first word: 40 bits of global line number,
/// 8 of class, 16 of malformed reason. The second word is the first line, the date, or the numbers
/// of a malformation.
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

/// Which global line number belongs to which file and line.
struct StockLineNumbering {
    let names: [String]
    /// The global number before each file's first line, ascending.
    let fileStarts: [UInt64]

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
    /// For duplicates and conflicts: the line that bears the code or serial first.
    public let firstLine: UInt64?

    init(row: DefectRow, _ defect: StockDefectClass, numbering: StockLineNumbering) {
        let place = numbering.place(of: row.line)
        file = place.file
        fileName = numbering.names[place.file]
        line = place.line
        self.defect = defect
        switch defect {
        case .duplicate, .conflict:
            let first = numbering.place(of: row.value)
            firstLine = first.line
            detail =
                first.file == place.file
                ? "\(first.line)" : "\(first.line) in \(numbering.names[first.file])"
        case .malformed:
            firstLine = nil
            detail = row.reason.map { Malformation(reason: $0, numbers: row.value).detail } ?? ""
        case .expired:
            firstLine = nil
            detail = PackedDate(number: UInt32(truncatingIfNeeded: row.value)).iso8601
        case .sold:
            firstLine = nil
            detail = ""
        }
    }
}

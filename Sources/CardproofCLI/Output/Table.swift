/// Columns of text that line up, also where Chinese symbols take two cells.
struct Table {
    private let rows: [[String]]

    /// - Parameter header: shown above; nil for a table that explains itself.
    init(header: [String]? = nil, rows: [[String]]) {
        self.rows = (header.map { [$0] } ?? []) + rows
    }

    /// Lines without a newline at the end; empty without rows.
    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? Self.width(of: $0[column]) : 0 }.max() ?? 0
        }
        return rows.map { Self.line($0, widths) }.joined(separator: "\n")
    }

    private static func line(_ cells: [String], _ widths: [Int]) -> String {
        var line = ""
        for (column, cell) in cells.enumerated() {
            line += cell
            if column < cells.count - 1 {
                line += String(repeating: " ", count: widths[column] - width(of: cell) + 2)
            }
        }
        return line
    }

    /// Cells of a terminal that `text` takes (Unicode UAX #11: Wide and Fullwidth take two).
    static func width(of text: String) -> Int {
        text.unicodeScalars.reduce(0) { $0 + width(of: $1) }
    }

    private static func width(of scalar: Unicode.Scalar) -> Int {
        switch scalar.properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .format, .control: return 0
        default: break
        }
        return wideRanges.contains { $0.contains(scalar.value) } ? 2 : 1
    }

    /// The blocks of EastAsianWidth.txt (Unicode 16) whose symbols are W or F.
    private static let wideRanges: [ClosedRange<UInt32>] = [
        0x1100...0x115F, 0x2E80...0x303E, 0x3041...0x33FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
        0xA000...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE10...0xFE19,
        0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
        0x20000...0x3FFFD,
    ]
}

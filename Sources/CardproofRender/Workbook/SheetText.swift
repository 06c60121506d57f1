import StatementKit

/// The XML of one worksheet in the making, piece by piece.
struct SheetText {
    static let pieceBytes = 256 << 10
    /// What a cell can hold, in UTF-16 units.
    static let mostCellUnits = 32_767

    /// What was written since the last ``drain()``.
    private(set) var piece: [UInt8] = []
    private var row = 0
    private var bytes = 0
    private let columnCount: Int

    /// - Parameter isSelected: whether its tab is the one shown first.
    init(_ columns: [WorkbookSheet.Column], isSelected: Bool) {
        columnCount = columns.count
        append(XMLText.declaration)
        append("<worksheet xmlns=\"\(XMLText.main)\">")
        append("<sheetViews><sheetView workbookViewId=\"0\"")
        append(isSelected ? " tabSelected=\"1\">" : ">")
        append("<pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>")
        append("</sheetView></sheetViews><cols>")
        for (index, column) in columns.enumerated() {
            append("<col min=\"\(index + 1)\" max=\"\(index + 1)\" width=\"\(column.width)\"")
            append(" customWidth=\"1\"/>")
        }
        append("</cols><sheetData>")
        append(columns.map { .text($0.title) }, style: .title)
    }

    /// No row may follow in this sheet.
    var isFull: Bool {
        row >= CellReference.mostRows || bytes + piece.count > WorkbookComposer.mostSheetBytes
    }

    mutating func append(_ cells: [WorkbookCell]) { append(cells, style: nil) }

    mutating func end() {
        append("</sheetData>")
        let last = CellReference(column: columnCount, row: row).description
        append("<autoFilter ref=\"A1:\(last)\"/></worksheet>")
    }

    mutating func drain() {
        bytes += piece.count
        piece.removeAll(keepingCapacity: true)
    }

    private mutating func append(_ cells: [WorkbookCell], style: WorkbookParts.Style?) {
        row += 1
        append("<row r=\"\(row)\">")
        for (index, cell) in cells.enumerated() {
            let place = CellReference(column: index + 1, row: row).description
            switch cell {
            case .empty: break
            case .integer(let number): append("<c r=\"\(place)\"><v>\(number)</v></c>")
            case .share(let share):
                let style = WorkbookParts.Style.share.rawValue
                append("<c r=\"\(place)\" s=\"\(style)\"><v>\(Double(share) / 10_000)</v></c>")
            case .text(let text):
                let style = (style ?? .text).rawValue
                append("<c r=\"\(place)\" s=\"\(style)\" t=\"inlineStr\"><is>")
                append("<t xml:space=\"preserve\">")
                XMLText.append(Self.shortened(text), to: &piece)
                append("</t></is></c>")
            }
        }
        append("</row>")
    }

    private mutating func append(_ text: String) { piece.append(contentsOf: text.utf8) }

    private static func shortened(_ text: String) -> String {
        guard text.utf16.count > mostCellUnits else { return text }
        return String(decoding: text.utf16.prefix(mostCellUnits - 1), as: UTF16.self) + "…"
    }
}

/// Text as XML 1.0 takes it.
enum XMLText {
    static let declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
    static let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    /// Symbols that XML has no place for become U+FFFD. A `_x` is written as `_x005F_x`, or it
    /// could be taken for an escaped symbol (ECMA-376-1, 22.9.2.19 ST_Xstring).
    static func append(_ text: String, to bytes: inout [UInt8]) {
        var isBehindUnderscore = false
        for scalar in text.unicodeScalars {
            if isBehindUnderscore, scalar == "x" { bytes.append(contentsOf: "x005F_".utf8) }
            isBehindUnderscore = scalar == "_"
            switch scalar {
            case "&": bytes.append(contentsOf: "&amp;".utf8)
            case "<": bytes.append(contentsOf: "&lt;".utf8)
            case ">": bytes.append(contentsOf: "&gt;".utf8)
            case "\"": bytes.append(contentsOf: "&quot;".utf8)
            case "\t", "\n": bytes.append(UInt8(scalar.value))
            case "\r": bytes.append(contentsOf: "&#13;".utf8)
            case "\u{0}"..."\u{1f}", "\u{fffe}", "\u{ffff}":
                bytes.append(contentsOf: UTF8.encodedReplacementCharacter)
            default: bytes.append(contentsOf: String(scalar).utf8)
            }
        }
    }
}

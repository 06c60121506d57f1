import WireFormat

/// Reads the rows of a worksheet and writes them as CSV (ECMA-376-1, 18.3.1.99 worksheet).
final class SheetReader: XMLPartHandler {
    /// Columns that are read; a stock file has some ten.
    static let mostColumns = 1_024
    /// A cell holds at most 32,767 symbols.
    static let mostCellBytes = 4 * 32_767

    private let name: String
    private let strings: SharedStrings
    private let formats: CellFormats
    private let dates: DateSystem
    private(set) var rows: RowWriter

    private var isInsideData = false
    private var row = 0
    private var cell: Cell?
    private var column = 0
    private var value: [UInt8] = []
    private var isInsideValue = false
    private var isInsidePhonetic = false

    /// What a `c` element says about its value (18.18.11 ST_CellType).
    private struct Cell {
        var column: Int
        var kind: Kind
        var style: Int
    }

    private enum Kind {
        case number, boolean, sharedString
        /// Text as it stands: inline, a formula's, an error.
        case text
        /// ISO 8601.
        case date
    }

    init(
        _ name: String,
        strings: SharedStrings,
        formats: CellFormats,
        dates: DateSystem,
        rows: RowWriter
    ) {
        self.name = name
        self.strings = strings
        self.formats = formats
        self.dates = dates
        self.rows = rows
    }

    var place: String { row == 0 ? "sheet \(name)" : "sheet \(name), row \(row)" }

    /// Writes the rows that ended before a fault.
    func breakOff() throws(RenderFailure) { try rows.flush() }

    func finish() throws(RenderFailure) {
        try rows.flush()
        guard rows.hasRows else { throw .input("sheet \(name) has no row with text") }
    }

    func start(_ name: XMLName, _ attributes: XMLAttributes) throws(RenderFailure) {
        if name == "sheetData" {
            isInsideData = true
        } else if !isInsideData {
            if name == "dimension" { takeDimension(attributes["ref"] ?? "") }
        } else if name == "row" {
            try startRow(attributes)
        } else if name == "c" {
            try startCell(attributes)
        } else if name == "v" || name == "t" {
            isInsideValue = cell != nil && !isInsidePhonetic
        } else if name == "rPh" {
            isInsidePhonetic = true
        }
    }

    func end(_ name: XMLName) throws(RenderFailure) {
        guard isInsideData else { return }
        if name == "v" || name == "t" {
            isInsideValue = false
        } else if name == "rPh" {
            isInsidePhonetic = false
        } else if name == "c" {
            try endCell()
        } else if name == "row" {
            try rows.endRow(row)
        } else if name == "sheetData" {
            isInsideData = false
        }
    }

    func text(_ bytes: UnsafeBufferPointer<UInt8>) throws(RenderFailure) {
        guard isInsideValue else { return }
        guard value.count + bytes.count <= Self.mostCellBytes else {
            throw .input("\(place): a cell of more than \(Self.mostCellBytes) bytes")
        }
        value.append(contentsOf: bytes)
    }

    /// `A1:A500`; a single cell is what writers name that do not know their sheet's size yet.
    private func takeDimension(_ reference: String) {
        let corners = reference.utf8.split(separator: UInt8(ascii: ":")).map { CellReference($0) }
        guard corners.count == 2 else { return }
        rows.isSingleColumn = corners.allSatisfy { $0?.column == 1 }
    }

    private func startRow(_ attributes: XMLAttributes) throws(RenderFailure) {
        let number = attributes["r"].map { Int($0) } ?? row + 1
        guard let number, number > row, number <= CellReference.mostRows else {
            throw .input("\(place): the row after it has no number above it")
        }
        row = number
        column = 0
    }

    private func startCell(_ attributes: XMLAttributes) throws(RenderFailure) {
        var place = CellReference(column: column + 1, row: row)
        if let written = attributes.bytes("r") {
            guard let reference = CellReference(written), reference.row == row,
                reference.column > column
            else { throw .input("\(self.place): its cells are not in order") }
            place = reference
        }
        column = place.column
        let kind: Kind =
            switch attributes["t"] ?? "n" {
            case "n": .number
            case "b": .boolean
            case "s": .sharedString
            case "d": .date
            default: .text
            }
        let style = attributes.integer("s") ?? 0
        value.removeAll(keepingCapacity: true)
        cell = Cell(column: column, kind: kind, style: style)
    }

    private func endCell() throws(RenderFailure) {
        guard let cell else { return }
        self.cell = nil
        guard !value.isEmpty else { return }
        guard cell.column <= Self.mostColumns else {
            let letters = CellReference.letters(ofColumn: cell.column)
            throw .input(
                "\(place): has text in column \(letters); \(Self.mostColumns) columns are read"
            )
        }
        let text = try shown(cell)
        rows.add(text, column: cell.column)
    }

    /// The cell's value as the sheet shows it.
    private func shown(_ cell: Cell) throws(RenderFailure) -> [UInt8] {
        switch cell.kind {
        case .text: return value.withUnsafeBufferPointer(CellText.onOneLine)
        case .boolean: return Array((value == [UInt8(ascii: "1")] ? "TRUE" : "FALSE").utf8)
        case .date: return Array(value.prefix { $0 != UInt8(ascii: "T") })
        case .number: return Array(number(formats[cell.style]).utf8)
        case .sharedString:
            let index = Int(String(decoding: value, as: UTF8.self))
            guard let text = strings.withString(index ?? -1, CellText.onOneLine) else {
                throw .input("\(place): refers to a shared text that is not there")
            }
            return text
        }
    }

    private func number(_ format: CellFormat) -> String {
        guard let number = SpreadsheetNumber(value) else {
            return String(
                decoding: value.withUnsafeBufferPointer(CellText.onOneLine), as: UTF8.self)
        }
        switch format {
        case .general: return number.text()
        case .zeros(let width): return number.text(width: width)
        case .date:
            let date = number.wholeDays.flatMap(dates.date(ofSerial:))
            return date?.iso8601 ?? number.text()
        }
    }
}

public import WireFormat

/// What `cardproof-render workbook` reads on its standard input, one JSON object a line: a sheet,
/// then its rows, then the next sheet.
public enum WorkbookRecord: Sendable, Hashable {
    /// `{"sheet": "Defects", "leads": false, "columns": [{"title": "Line", "width": 8}]}`
    case sheet(WorkbookSheet)
    /// `{"row": ["a", 1, 0.25, null]}`
    case row([WorkbookCell])

    /// The longest line, in bytes: a row of long texts.
    public static let mostBytes = 1 << 20
    /// An object in an array in an object.
    static let deepestNesting = 4

    public var jsonValue: JSONValue {
        switch self {
        case .sheet(let sheet): sheet.jsonValue
        case .row(let cells): ["row": .array(cells.map(\.jsonValue))]
        }
    }

    /// Reads one line.
    /// - Throws: ``StatementFault``, for bytes that are no JSON too.
    public init(json bytes: some Collection<UInt8>) throws(StatementFault) {
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue.parse(
                bytes,
                limits: JSONLimits(depth: Self.deepestNesting, bytes: Self.mostBytes)
            )
        } catch {
            throw StatementFault(error.pointer, "not the JSON that is expected")
        }
        guard let row = value["row"] else {
            self = .sheet(try WorkbookSheet(json: value))
            return
        }
        _ = try StatementFields(value, at: "", names: ["row"])
        var cells: [WorkbookCell] = []
        for (index, cell) in try StatementFields.list(row, at: "/row").enumerated() {
            cells.append(try WorkbookCell(json: cell, at: "/row/\(index)"))
        }
        self = .row(cells)
    }
}

/// A sheet with its columns; their titles stand in its first row, which stays in view.
public struct WorkbookSheet: Sendable, Hashable {
    public struct Column: Sendable, Hashable {
        public let title: String
        /// In digits of the standard font, as spreadsheets measure.
        public let width: Int

        public init(_ title: String, width: Int) {
            self.title = title
            self.width = width
        }
    }

    /// Spreadsheets show up to 31 symbols of a name; one of ours is shorter, since a sheet that is
    /// continued gets a number.
    public static let longestName = 24
    /// A report has some ten columns.
    public static let mostColumns = 64
    /// The widest column.
    public static let mostWidth = 255

    public let name: String
    /// Its tab stands before those of sheets that came earlier.
    public let leads: Bool
    public let columns: [Column]

    public init(_ name: String, leads: Bool = false, columns: [Column]) {
        self.name = name
        self.leads = leads
        self.columns = columns
    }

    var jsonValue: JSONValue {
        [
            "sheet": .string(name), "leads": .bool(leads),
            "columns": .array(
                columns.map {
                    ["title": .string($0.title), "width": .integer(Int64($0.width))]
                }
            ),
        ]
    }

    init(json value: JSONValue) throws(StatementFault) {
        let fields = try StatementFields(value, at: "", names: ["sheet", "leads", "columns"])
        let name = try fields.text("sheet")
        // Symbols that no spreadsheet takes in a name.
        guard !name.isEmpty, name.unicodeScalars.count <= Self.longestName,
            !name.contains(where: { "[]:*?/\\'".contains($0) })
        else { throw StatementFault("/sheet", "1 to \(Self.longestName) symbols are expected") }
        var columns: [Column] = []
        for (index, column) in try fields.list("columns").enumerated() {
            let place = "/columns/\(index)"
            let members = try StatementFields(column, at: place, names: ["title", "width"])
            guard let width = column["width"]?.integerValue.flatMap(Int.init(exactly:)),
                (1...Self.mostWidth).contains(width)
            else { throw StatementFault("\(place)/width", "1 to \(Self.mostWidth) is expected") }
            columns.append(Column(try members.text("title"), width: width))
        }
        guard (1...Self.mostColumns).contains(columns.count) else {
            throw StatementFault("/columns", "1 to \(Self.mostColumns) columns are expected")
        }
        self.init(name, leads: value["leads"]?.boolValue ?? false, columns: columns)
    }
}

/// One cell of a row.
public enum WorkbookCell: Sendable, Hashable {
    case empty
    /// Text, whatever it begins with: never a formula, never a number.
    case text(String)
    case integer(Int)
    /// A share of one in ten-thousandths, shown in per cent.
    case share(tenThousandths: Int)

    var jsonValue: JSONValue {
        switch self {
        case .empty: return .null
        case .text(let text): return .string(text)
        case .integer(let number): return .integer(Int64(number))
        case .share(let share):
            let digits = String(share % 10_000)
            let fraction = String(repeating: "0", count: 4 - digits.count) + digits
            return .decimal("\(share / 10_000).\(fraction)")
        }
    }

    init(json value: JSONValue, at pointer: String) throws(StatementFault) {
        switch value {
        case .null: self = .empty
        case .string(let text): self = .text(text)
        case .integer(let number): self = .integer(Int(number))
        case .decimal(let lexeme):
            guard let number = Double(lexeme), (0...1).contains(number) else { fallthrough }
            self = .share(tenThousandths: Int((number * 10_000).rounded()))
        default:
            throw StatementFault(pointer, "a string, an integer, a share or null is expected")
        }
    }
}

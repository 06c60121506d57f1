public import WireFormat

/// A sheet (工作表) of a workbook, as `cardproof-render sheets` names it: one JSON object a line,
/// `{"number": 1, "name": "Stock", "content": "rows"}`.
public struct SheetEntry: Sendable, Hashable {
    /// What reading it would give.
    public enum Content: String, Sendable {
        /// At least one cell with text.
        case rows
        case empty
        /// Hidden sheets are not read, whatever stands in them.
        case hidden
        /// A chart, a dialog or macros.
        case other
    }

    /// The place of its tab, from 1.
    public let number: Int
    public let name: String
    public let content: Content

    public init(number: Int, name: String, content: Content) {
        self.number = number
        self.name = name
        self.content = content
    }

    public var jsonValue: JSONValue {
        [
            "number": .integer(Int64(number)), "name": .string(name),
            "content": .string(content.rawValue),
        ]
    }

    /// Nil for JSON that names no sheet.
    public init?(json: JSONValue) {
        guard let number = json["number"]?.integerValue, let name = json["name"]?.stringValue,
            let content = json["content"]?.stringValue.flatMap(Content.init)
        else { return nil }
        self.init(number: Int(number), name: name, content: content)
    }
}

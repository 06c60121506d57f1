public import WireFormat

extension StatementDocument {
    /// The document as one JSON object. A block is an object with one member, its kind:
    ///
    ///     {"title": "…", "language": "zh-CN", "created_at": "2026-11-20T08:00:00Z",
    ///      "footer": "SHA-256 …", "blocks": [{"heading": "…"}, {"paragraph": "…"},
    ///      {"notice": "…"}, {"table": {"columns": ["…"], "rows": [["…"]]}},
    ///      {"code": ["…"]}, {"qr": {"text": "…", "caption": "…"}}]}
    public var jsonValue: JSONValue {
        [
            "title": .string(title),
            "language": .string(languageTag),
            "created_at": .string(createdAt.rfc3339),
            "footer": .string(footer),
            "blocks": .array(blocks.map(\.jsonValue)),
        ]
    }

    /// Reads what ``jsonValue`` writes. Unknown members are refused: a page that leaves something
    /// out because a program is older than the other must not look complete.
    /// - Throws: ``StatementFault``.
    public init(json value: JSONValue) throws(StatementFault) {
        let fields = try StatementFields(
            value,
            at: "",
            names: ["title", "language", "created_at", "footer", "blocks"]
        )
        let written = try fields.text("created_at")
        guard let createdAt = Instant(rfc3339: written) else {
            throw StatementFault("/created_at", "an RFC 3339 time is expected")
        }
        var blocks: [Block] = []
        for (index, block) in try fields.list("blocks").enumerated() {
            blocks.append(try Block(json: block, at: "/blocks/\(index)"))
        }
        try self.init(
            title: try fields.text("title"),
            languageTag: try fields.text("language"),
            createdAt: createdAt,
            footer: try fields.text("footer"),
            blocks: blocks
        )
    }
}

extension StatementDocument.Block {
    fileprivate var jsonValue: JSONValue {
        switch self {
        case .heading(let text): ["heading": .string(text)]
        case .paragraph(let text): ["paragraph": .string(text)]
        case .notice(let text): ["notice": .string(text)]
        case .code(let lines): ["code": Self.array(lines)]
        case .qrCode(let code):
            ["qr": ["text": .string(code.text), "caption": .string(code.caption)]]
        case .table(let table):
            [
                "table": [
                    "columns": Self.array(table.columns),
                    "rows": .array(table.rows.map { Self.array($0) }),
                ]
            ]
        }
    }

    fileprivate init(json value: JSONValue, at pointer: String) throws(StatementFault) {
        guard let members = value.objectValue?.members, members.count == 1 else {
            throw StatementFault(
                pointer, "an object with one member, the block's kind, is expected")
        }
        let (kind, content) = (members[0].name, members[0].value)
        let place = "\(pointer)/\(JSONPointer.escape(kind))"
        switch kind {
        case "heading": self = .heading(try StatementFields.text(content, at: place))
        case "paragraph": self = .paragraph(try StatementFields.text(content, at: place))
        case "notice": self = .notice(try StatementFields.text(content, at: place))
        case "code": self = .code(try StatementFields.texts(content, at: place))
        case "table":
            let fields = try StatementFields(content, at: place, names: ["columns", "rows"])
            var rows: [[String]] = []
            for (index, row) in try fields.list("rows").enumerated() {
                rows.append(try StatementFields.texts(row, at: "\(place)/rows/\(index)"))
            }
            self = .table(.init(columns: try fields.texts("columns"), rows: rows))
        case "qr":
            let fields = try StatementFields(content, at: place, names: ["text", "caption"])
            self = .qrCode(
                .init(text: try fields.text("text"), caption: try fields.text("caption"))
            )
        default: throw StatementFault(place, "no such kind of block")
        }
    }

    private static func array(_ texts: [String]) -> JSONValue {
        .array(texts.map { .string($0) })
    }
}

/// The members of one object, each of which has to be there and no other.
struct StatementFields {
    private let object: JSONObject
    private let pointer: String

    init(_ value: JSONValue, at pointer: String, names: [String]) throws(StatementFault) {
        guard let object = value.objectValue else {
            throw StatementFault(pointer, "an object is expected")
        }
        for member in object.members where !names.contains(member.name) {
            throw StatementFault(
                "\(pointer)/\(JSONPointer.escape(member.name))",
                "no such member; there are \(names.joined(separator: ", "))"
            )
        }
        self.object = object
        self.pointer = pointer
    }

    func text(_ name: String) throws(StatementFault) -> String {
        try Self.text(object[name] ?? .null, at: "\(pointer)/\(name)")
    }

    func list(_ name: String) throws(StatementFault) -> [JSONValue] {
        try Self.list(object[name] ?? .null, at: "\(pointer)/\(name)")
    }

    func texts(_ name: String) throws(StatementFault) -> [String] {
        try Self.texts(object[name] ?? .null, at: "\(pointer)/\(name)")
    }

    static func text(_ value: JSONValue, at pointer: String) throws(StatementFault) -> String {
        guard let text = value.stringValue else {
            throw StatementFault(pointer, "a string is expected")
        }
        return text
    }

    static func texts(_ value: JSONValue, at pointer: String) throws(StatementFault) -> [String] {
        var texts: [String] = []
        for (index, element) in try list(value, at: pointer).enumerated() {
            texts.append(try text(element, at: "\(pointer)/\(index)"))
        }
        return texts
    }

    static func list(
        _ value: JSONValue,
        at pointer: String
    ) throws(StatementFault) -> [JSONValue] {
        guard let list = value.arrayValue else {
            throw StatementFault(pointer, "an array is expected")
        }
        return list
    }
}

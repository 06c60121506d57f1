public import WireFormat

/// A page for people that says what an evidence bundle proves: its shape, in one language.
///
/// Whoever writes the facts builds it; ``StatementHTML`` and the program `cardproof-render` draw
/// it. A value of this type keeps every limit below, its tables are rectangular, and its texts hold
/// nothing that draws over its neighbours: it can always be drawn.
public struct StatementDocument: Sendable, Hashable {
    /// One piece of the page; pieces stand below each other.
    public enum Block: Sendable, Hashable {
        case heading(String)
        case paragraph(String)
        /// What a reader must not miss.
        case notice(String)
        case table(Table)
        /// Lines of a fixed-width font, as they have to be typed.
        case code([String])
        case qrCode(QRCode)
    }

    /// Rows of text under the columns' titles.
    public struct Table: Sendable, Hashable {
        public let columns: [String]
        public let rows: [[String]]

        public init(columns: [String], rows: [[String]]) {
            self.columns = columns
            self.rows = rows
        }
    }

    /// A QR code (ISO/IEC 18004), with the words beside it.
    public struct QRCode: Sendable, Hashable {
        public let text: String
        public let caption: String

        public init(text: String, caption: String) {
            self.text = text
            self.caption = caption
        }
    }

    public let title: String
    /// BCP 47, as `zh-CN`: fonts, line breaks and screen readers go by it.
    public let languageTag: String
    /// What the document is dated, in its metadata too; no clock is looked at.
    public let createdAt: Instant
    /// Stands at the foot of each printed page: the digest that ties a loose page to its evidence.
    public let footer: String
    public let blocks: [Block]

    /// Checks the limits, and replaces characters that cannot be drawn (``StatementText``).
    /// - Throws: ``StatementFault`` with the pointer, as in ``jsonValue``, of what is too much.
    public init(
        title: String,
        languageTag: String,
        createdAt: Instant,
        footer: String,
        blocks: [Block]
    ) throws(StatementFault) {
        guard StatementText.isLanguageTag(languageTag) else {
            throw StatementFault(
                "/language",
                "a language tag such as zh-CN or en is expected (BCP 47)"
            )
        }
        self.title = try StatementText.line(title, at: "/title")
        self.languageTag = languageTag
        self.createdAt = createdAt
        self.footer = try StatementText.line(footer, at: "/footer")
        self.blocks = try Self.checked(blocks)
    }
}

extension StatementDocument {
    /// A page has a dozen; a bundle of a thousand items has its rows in one table.
    public static let mostBlocks = 200
    /// More cannot be read on paper of this width.
    public static let mostColumns = 8
    /// Rows of all tables together: a delivery has up to a thousand items.
    public static let mostRows = 4_000
    /// Lines of all code blocks together.
    public static let mostCodeLines = 400
    /// A code of this many bytes at level M has 85 modules a side, which a phone reads from paper.
    public static let mostQRBytes = 500

    private static func checked(_ blocks: [Block]) throws(StatementFault) -> [Block] {
        guard blocks.count <= mostBlocks else {
            throw StatementFault("/blocks", "\(blocks.count) blocks, at most \(mostBlocks)")
        }
        var sizes = (rows: 0, codeLines: 0)
        var checked: [Block] = []
        for (index, block) in blocks.enumerated() {
            let pointer = "/blocks/\(index)"
            checked.append(try Self.checked(block, at: pointer))
            if case .table(let table) = block { sizes.rows += table.rows.count }
            if case .code(let lines) = block { sizes.codeLines += lines.count }
            guard sizes.rows <= mostRows, sizes.codeLines <= mostCodeLines else {
                throw StatementFault(
                    pointer,
                    "more than \(mostRows) rows or \(mostCodeLines) lines of code in all"
                )
            }
        }
        return checked
    }

    private static func checked(
        _ block: Block,
        at pointer: String
    ) throws(StatementFault) -> Block {
        switch block {
        case .heading(let text):
            return .heading(try StatementText.line(text, at: pointer + "/heading"))
        case .paragraph(let text):
            return .paragraph(try StatementText.text(text, at: pointer + "/paragraph"))
        case .notice(let text):
            return .notice(try StatementText.text(text, at: pointer + "/notice"))
        case .code(let lines):
            return .code(
                try StatementText.lines(
                    lines,
                    at: pointer + "/code",
                    most: StatementText.mostBytes
                )
            )
        case .table(let table):
            return .table(try table.checked(at: pointer + "/table"))
        case .qrCode(let code):
            return .qrCode(try code.checked(at: pointer + "/qr"))
        }
    }
}

extension StatementDocument.Table {
    fileprivate func checked(at pointer: String) throws(StatementFault) -> Self {
        guard (1...StatementDocument.mostColumns).contains(columns.count) else {
            throw StatementFault(
                pointer + "/columns",
                "\(columns.count) columns, from 1 to \(StatementDocument.mostColumns) can be drawn"
            )
        }
        var checked: [[String]] = []
        for (number, row) in rows.enumerated() {
            guard row.count == columns.count else {
                throw StatementFault(
                    pointer + "/rows/\(number)",
                    "\(row.count) cells under \(columns.count) columns"
                )
            }
            checked.append(try StatementText.texts(row, at: pointer + "/rows/\(number)"))
        }
        return Self(
            columns: try StatementText.lines(
                columns,
                at: pointer + "/columns",
                most: StatementText.mostTitleBytes
            ),
            rows: checked
        )
    }
}

extension StatementDocument.QRCode {
    fileprivate func checked(at pointer: String) throws(StatementFault) -> Self {
        Self(
            text: try StatementDocument.checkedQRText(text, at: pointer + "/text"),
            caption: try StatementText.text(
                caption,
                at: pointer + "/caption",
                most: StatementText.mostTitleBytes
            )
        )
    }
}

extension StatementDocument {
    /// The text itself: what is scanned is compared byte for byte, so nothing is replaced in it.
    static func checkedQRText(
        _ text: String,
        at pointer: String
    ) throws(StatementFault) -> String {
        guard (1...mostQRBytes).contains(text.utf8.count) else {
            throw StatementFault(
                pointer,
                "\(text.utf8.count) bytes, from 1 to \(mostQRBytes) can be read from paper"
            )
        }
        guard text.unicodeScalars.allSatisfy({ !StatementText.isHarmful($0) && $0 != "\n" }) else {
            throw StatementFault(pointer, "control characters do not belong here")
        }
        return text
    }
}

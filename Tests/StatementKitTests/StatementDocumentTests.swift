import Testing
import WireFormat

@testable import StatementKit

@Suite("Statement documents") struct StatementDocumentTests {
    typealias Block = StatementDocument.Block

    @Test("the example reads, and what is written of it reads the same")
    func roundTrip() throws {
        let documents = try ExampleStatement.documents()
        #expect(documents.map(\.languageTag) == ["zh-CN", "en"])
        for document in documents {
            #expect(document.blocks.count == 11)
            let written = document.jsonValue.serialized()
            let read = try StatementDocument(json: try JSONValue.parse(written))
            #expect(read == document)
            #expect(read.jsonValue.serialized() == written)
        }
    }

    @Test("every kind of block survives writing and reading")
    func kinds() throws {
        let document = try ExampleStatement.document([
            .heading("h"), .paragraph("a\nb"), .notice("n"), .code(["x  y", ""]),
            .table(.init(columns: ["c"], rows: [["1"], [""]])),
            .table(.init(columns: ["c", "d"], rows: [])),
            .qrCode(.init(text: "q", caption: "")),
        ])
        #expect(try StatementDocument(json: document.jsonValue) == document)
    }

    @Test("a text that would move or turn its neighbours becomes visible")
    func harmfulCharacters() throws {
        let document = try ExampleStatement.document(
            [.paragraph("a\u{202E}b\r\nc\u{0}d"), .heading("one\ntwo"), .code(["\u{1B}[2J"])],
            title: "未使用\u{2066}已使用"
        )
        #expect(document.title == "未使用\u{FFFD}已使用")
        #expect(
            document.blocks == [
                .paragraph("a\u{FFFD}b\u{FFFD}\nc\u{FFFD}d"), .heading("one two"),
                .code(["\u{FFFD}[2J"]),
            ]
        )
    }

    @Test("ordinary text of any script stays as it is")
    func harmlessCharacters() throws {
        let texts = ["卡密“已使用”——发行方原话。", "naïve – 5 × 3", "עברית", "日本語ｶﾅ", "👩‍👩‍👧"]
        for text in texts {
            #expect(try ExampleStatement.document([.heading(text)]).blocks == [.heading(text)])
        }
    }

    @Test(
        "what is beyond a limit is refused, and the fault says where",
        arguments: [
            ("/title", "title"), ("/footer", "footer"), ("/language", "tag"),
            ("/blocks/1/paragraph", "paragraph"), ("/blocks/1/heading", "heading"),
            ("/blocks/1/code/0", "code line"), ("/blocks/1", "code lines"),
            ("/blocks/1", "rows"), ("/blocks/1/table/columns", "no columns"),
            ("/blocks/1/table/columns", "columns"), ("/blocks/1/table/columns/0", "column title"),
            ("/blocks/1/table/rows/1", "ragged"), ("/blocks/1/table/rows/0/0", "cell"),
            ("/blocks/1/qr/text", "long code"), ("/blocks/1/qr/text", "empty code"),
            ("/blocks/1/qr/text", "control"), ("/blocks/1/qr/caption", "caption"),
            ("/blocks", "blocks"),
        ]
    )
    func limits(pointer: String, what: String) {
        let found = ExampleStatement.faultPointer { () throws(StatementFault) in
            try Self.tooMuch(what)
        }
        #expect(found == pointer, "\(what)")
    }

    @Test("what is just within a limit is taken")
    func withinLimits() throws {
        let rows = [[String]](repeating: ["x"], count: StatementDocument.mostRows)
        let document = try ExampleStatement.document(
            [
                .paragraph(String(repeating: "y", count: StatementText.mostBytes)),
                .table(.init(columns: ["c"], rows: rows)),
                .code([String](repeating: "z", count: StatementDocument.mostCodeLines)),
                .qrCode(
                    .init(
                        text: String(repeating: "q", count: StatementDocument.mostQRBytes),
                        caption: "c"
                    )
                ),
            ],
            title: String(repeating: "t", count: StatementText.mostTitleBytes)
        )
        #expect(document.blocks.count == 4)
    }

    /// A document with one thing too many, in its second block if it is in a block.
    static func tooMuch(_ what: String) throws(StatementFault) -> StatementDocument {
        let long = String(repeating: "x", count: StatementText.mostBytes + 1)
        let longTitle = String(repeating: "x", count: StatementText.mostTitleBytes + 1)
        switch what {
        case "title": return try ExampleStatement.document([], title: longTitle)
        case "footer": return try ExampleStatement.document([], footer: longTitle)
        case "tag": return try ExampleStatement.document([], languageTag: "en\"><x")
        case "blocks":
            return try ExampleStatement.document(
                [Block](repeating: .heading("h"), count: StatementDocument.mostBlocks + 1)
            )
        default: return try ExampleStatement.document([.heading("first"), block(what, long)])
        }
    }

    private static func block(_ what: String, _ long: String) -> Block {
        let rows = [[String]](repeating: ["x"], count: StatementDocument.mostRows + 1)
        let columns = [String](repeating: "c", count: StatementDocument.mostColumns + 1)
        let longTitle = String(long.prefix(StatementText.mostTitleBytes + 1))
        switch what {
        case "paragraph": return .paragraph(long)
        case "heading": return .heading(longTitle)
        case "code line": return .code([long])
        case "code lines":
            return .code([String](repeating: "z", count: StatementDocument.mostCodeLines + 1))
        case "rows": return .table(.init(columns: ["c"], rows: rows))
        case "no columns": return .table(.init(columns: [], rows: []))
        case "columns": return .table(.init(columns: columns, rows: []))
        case "column title": return .table(.init(columns: [longTitle], rows: []))
        case "ragged": return .table(.init(columns: ["a", "b"], rows: [["1", "2"], ["1"]]))
        case "cell": return .table(.init(columns: ["c"], rows: [[long]]))
        case "long code": return .qrCode(.init(text: longTitle + longTitle, caption: ""))
        case "empty code": return .qrCode(.init(text: "", caption: ""))
        case "control": return .qrCode(.init(text: "a\nb", caption: ""))
        default: return .qrCode(.init(text: "a", caption: longTitle))
        }
    }
}

import Foundation
import Testing

@testable import StatementKit

@Suite("Statement pages") struct StatementHTMLTests {
    /// PyPI html5lib: stops at the first parse error, and tells what the page consists of.
    private static let reader = """
        import html5lib, json, sys
        parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
        page = parser.parse(sys.stdin.buffer.read(), transport_encoding="utf-8")
        articles = list(page.iter("article"))
        print(json.dumps({
            "elements": sorted({node.tag for node in page.iter() if isinstance(node.tag, str)}),
            "attributes": sorted({name for node in page.iter() for name in node.attrib}),
            "languages": [page.get("lang")] + [article.get("lang") for article in articles],
            "text": ["".join(article.itertext()) for article in articles],
            "sources": [node.get("src") for node in page.iter("img")],
            "titles": len(list(page.iter("h1"))),
            "scopes": sorted({node.get("scope") for node in page.iter("th")}),
        }))
        """

    private struct Page: Decodable {
        var elements: [String]
        var attributes: [String]
        var languages: [String]
        var text: [String]
        var sources: [String]
        var titles: Int
        var scopes: [String]
    }

    private static func read(_ html: [UInt8]) throws -> Page {
        let python = ProcessInfo.processInfo.environment["CARDPROOF_TEST_PYTHON"] ?? "python3"
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [python, "-c", reader]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: html)
        try input.fileHandleForWriting.close()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "html5lib refuses the page")
        return try JSONDecoder().decode(Page.self, from: answer)
    }

    @Test("the example is a valid page in two languages that needs nothing beside itself")
    func example() throws {
        let documents = try ExampleStatement.documents()
        let code = "sha256:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="
        let html = StatementHTML.page(of: documents, qrSVG: [code: Array("<svg/>".utf8)])
        let page = try Self.read(html)
        #expect(page.languages == ["zh-CN", "zh-CN", "en"])
        #expect(page.titles == 2)
        #expect(page.scopes == ["col"])
        #expect(page.sources == [String](repeating: "data:image/svg+xml;base64,PHN2Zy8+", count: 2))
        #expect(page.text[0].contains("发行方在 2026-11-20 08:00:12Z 返回：已使用（代码 11）。"))
        #expect(page.text[1].contains("No card key stands on this page."))
        for document in documents {
            #expect(page.text.contains { $0.contains(document.footer) })
        }
        #expect(!page.elements.contains { ["script", "link", "iframe", "object"].contains($0) })
        #expect(!page.attributes.contains { $0.hasPrefix("on") || $0 == "style" })
        #expect(StatementHTML.page(of: documents, qrSVG: [code: Array("<svg/>".utf8)]) == html)
    }

    @Test("no text of a document becomes markup, wherever it stands")
    func escaping() throws {
        let attack =
            #"</title></code></style><script>alert(1)</script><img src=x onerror="a">&amp;'"#
        let document = try ExampleStatement.document(
            [
                .heading(attack), .paragraph(attack), .notice(attack), .code([attack]),
                .table(.init(columns: [attack], rows: [[attack]])),
                .qrCode(.init(text: attack, caption: attack)),
            ],
            title: attack,
            footer: attack
        )
        let page = try Self.read(StatementHTML.page(of: [document]))
        #expect(!page.elements.contains("script"))
        #expect(!page.elements.contains("img"))
        #expect(!page.attributes.contains("onerror"))
        #expect(page.text[0].components(separatedBy: attack).count - 1 == 10)
    }

    @Test("a name shows nobody the page in another order than it has")
    func direction() throws {
        let document = try ExampleStatement.document(
            [.paragraph("price 10\u{202E}05")], title: "t", footer: "f")
        let page = try Self.read(StatementHTML.page(of: [document]))
        #expect(page.text[0].contains("price 10\u{FFFD}05"))
    }

    @Test("a code that could not be drawn still stands there as text")
    func withoutPicture() throws {
        let page = try Self.read(StatementHTML.page(of: try ExampleStatement.documents()))
        #expect(page.sources == [])
        for text in page.text {
            #expect(text.contains("sha256:LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="))
        }
    }

    @Test("the first line of code keeps its line break")
    func codeBeginningWithAnEmptyLine() throws {
        let document = try ExampleStatement.document([.code(["", "x"])])
        let html = String(decoding: StatementHTML.page(of: [document]), as: UTF8.self)
        #expect(html.contains("<pre><code>\nx</code></pre>"))
        #expect(try Self.read(Array(html.utf8)).text[0].contains("\nx"))
    }
}

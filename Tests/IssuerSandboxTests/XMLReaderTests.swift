import Testing

@testable import IssuerSandbox

@Suite("Reading XML-RPC")
struct XMLReaderTests {
    private func call(_ text: String) throws -> XMLRPCCall {
        try XMLRPCCall(XMLReader.root(of: Array(text.utf8)))
    }

    @Test("a call with every type of value is read")
    func allTypes() throws {
        let read = try call(
            """
            \u{FEFF}<?xml version="1.0" encoding="UTF-8"?>
            <!-- asked by hand -->
            <methodCall><methodName>M</methodName><params>
            <param><value>plain &amp; &#x4E2D;&#65;</value></param>
            <param><value><i4>-7</i4></value></param>
            <param><value><boolean>1</boolean></value></param>
            <param><value><dateTime.iso8601>20271231T00:00:00+0800</dateTime.iso8601></value></param>
            <param><value><array><data><value><int>1</int></value></data></array></value></param>
            <param><value><struct><member><name>a</name><value><string><![CDATA[<b>]]></string>\
            </value></member></struct></value></param>
            <param><value attribute="x > y"><double>1.5</double></value></param>
            </params></methodCall>
            """
        )
        #expect(
            read.parameters == [
                .string("plain & 中A"), .integer(-7), .boolean(true),
                .dateTime("20271231T00:00:00+0800"), .array([.integer(1)]),
                .structure(.init(members: [.init(name: "a", value: .string("<b>"))])),
                .other("double"),
            ]
        )
    }

    @Test("what is written is read back, whatever the text")
    func writtenTextReadsBack() throws {
        for text in ["", "<&>\"'", "]]>", "中文 🎁", "a\nb"] {
            let bytes = XMLRPCValue.string(text).response
            let value = try XMLReader.root(of: bytes).children[0].children[0].children[0]
            #expect(try XMLRPCValue(value) == .string(text))
        }
    }

    @Test(
        "documents that are not XML-RPC are refused",
        arguments: [
            "", "   ", "text", "<a>", "<a></b>", "</a>", "<a/><b/>", "<a/>text", "<a b></a>",
            "<a b=c></a>", "<a>&unknown;</a>", "<a>&#0;</a>", "<a>&amp</a>", "<!DOCTYPE a><a/>",
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", "<a><!-- </a>",
            "<a><![CDATA[x</a>", "<?xml", "<a", "<", "<a/><!DOCTYPE a>", "<methodResponse/>",
            "<methodCall/>", "<methodCall><methodName/></methodCall>",
            "<methodCall><methodName>M</methodName><params><value/></params></methodCall>",
            "<methodCall><methodName>M</methodName><x/></methodCall>",
        ]
    )
    func refused(text: String) {
        #expect(throws: (any Error).self) { try call(text) }
    }

    @Test("depth and size are limited")
    func limits() {
        let deep = String(repeating: "<a>", count: 25) + String(repeating: "</a>", count: 25)
        #expect(throws: XMLError.self) { try XMLReader.root(of: Array(deep.utf8)) }
        let wide = "<a>" + String(repeating: "<b/>", count: 5000) + "</a>"
        #expect(throws: XMLError.self) { try XMLReader.root(of: Array(wide.utf8)) }
        #expect(throws: XMLError.self) { try XMLReader.root(of: [0x3C, 0x61, 0xC3, 0x28, 0x3E]) }
    }

    @Test("a damaged call is refused or read, and never crashes the reader")
    func damagedCalls() {
        var generator = SeededGenerator(state: 20_261_120)
        let whole = SandboxClient.voucherCall(
            "GetVoucherDetails",
            SandboxClient.member("activationCode", "110412000012345678")
        )
        var refusals = 0
        for _ in 0..<5000 {
            var damaged = whole
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 0..<damaged.count, using: &generator)
                switch UInt8.random(in: 0...2, using: &generator) {
                case 0: damaged[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: damaged.remove(at: place)
                default: damaged.removeSubrange(place...)
                }
                if damaged.isEmpty { break }
            }
            guard let root = try? XMLReader.root(of: damaged), (try? XMLRPCCall(root)) != nil
            else {
                refusals += 1
                continue
            }
        }
        #expect(refusals > 2500, "seed 20261120")
    }
}

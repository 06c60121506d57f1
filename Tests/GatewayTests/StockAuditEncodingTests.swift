import Gateway
import Testing

/// CONTRACT, audit: UTF-8 with or without its mark, UTF-16 with it, GB18030.
@Suite("Stock audit: encodings") struct StockAuditEncodingTests {
    private static func utf16(_ text: String, bigEndian: Bool) -> [UInt8] {
        ([0xfeff] + Array(text.utf16)).flatMap { unit in
            let pair = [UInt8(unit >> 8), UInt8(unit & 0xff)]
            return bigEndian ? pair : pair.reversed()
        }
    }

    private static func decoded(_ source: any ByteSource) throws -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 7)
        while true {
            let count = try piece.withUnsafeMutableBytes { try source.read(into: $0) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }

    @Test("UTF-16 of either order becomes UTF-8 however it is cut", arguments: [1, 2, 3, 4096])
    func utf16(pieceBytes: Int) throws {
        let text = "卡号,卡密\r\n1,😀A\r\n"
        for bigEndian in [false, true] {
            let bytes = Self.utf16(text, bigEndian: bigEndian)
            let expected: StockEncoding = bigEndian ? .utf16BigEndian : .utf16LittleEndian
            #expect(try StockEncoding.detect(in: bytes) == expected)
            let source = UTF16Source(
                MemorySource(bytes, pieceBytes: pieceBytes),
                isBigEndian: bigEndian
            )
            #expect(try Self.decoded(source) == text)
        }
    }

    @Test("a lone surrogate or half a unit becomes U+FFFD")
    func brokenUTF16() throws {
        let bytes: [UInt8] = [0xff, 0xfe, 0x3d, 0xd8, 0x41, 0x00, 0x00, 0xdc, 0x42]
        let source = UTF16Source(MemorySource(bytes), isBigEndian: false)
        #expect(try Self.decoded(source) == "\u{fffd}A\u{fffd}\u{fffd}")
    }

    @Test("UTF-16 without its mark is refused by name")
    func unmarkedUTF16() {
        let bytes = Array(
            Self.utf16("8001----ABCDEF\n8002----GHIJKL\n", bigEndian: false).dropFirst(2)
        )
        #expect(throws: StockReadingError.utf16WithoutMark) { try StockEncoding.detect(in: bytes) }
    }

    @Test(
        "GB18030 is recognised by pairs of its common plane, ASCII and UTF-8 are not taken for it"
    )
    func gb18030() throws {
        // "卡号,卡密" in GB18030.
        let chinese: [UInt8] = [0xbf, 0xa8, 0xba, 0xc5, 0x2c, 0xbf, 0xa8, 0xc3, 0xdc, 0x0a]
        #expect(try StockEncoding.detect(in: chinese + Array("1,A\n".utf8)) == .gb18030)
        #expect(try StockEncoding.detect(in: Array("1,A\n".utf8)) == .utf8)
        #expect(try StockEncoding.detect(in: Array("卡号,卡密\n1,A\n".utf8)) == .utf8)
        #expect(try StockEncoding.detect(in: []) == .utf8)
    }

    @Test("the mark of UTF-8 is no part of the first serial")
    func mark() async throws {
        let bytes = [0xef, 0xbb, 0xbf] + Array("1----A\n2----B\n1----A\n".utf8)
        #expect(try await StockAuditFixture().run([bytes]).rows == ["3\tdup\t1"])
    }
}

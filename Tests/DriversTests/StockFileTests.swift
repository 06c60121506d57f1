import Foundation
import Gateway
import Testing

@testable import Drivers

/// Stock files as they lie on disk: packed, in other encodings, cut short, changing.
@Suite("Stock files") struct StockFileTests {
    private static func withFile<R>(_ bytes: [UInt8], _ body: (String) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "stock-file-\(UInt64.random(in: 0...(.max)))"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private static func text(_ file: StockFile) throws -> String {
        String(decoding: try file.open().collect(64 << 20), as: UTF8.self)
    }

    /// "1----A\n" packed by GNU gzip.
    private static let packed: [UInt8] = [
        0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x33, 0xd4, 0x05, 0x02, 0x47,
        0x2e, 0x00, 0xcf, 0xb9, 0x61, 0x7a, 0x07, 0x00, 0x00, 0x00,
    ]

    @Test("a plain file is read twice: for the sample and for the audit")
    func plain() throws {
        try Self.withFile(Array("1----A\n".utf8)) { path in
            let file = try StockFile(path: path)
            #expect(file.sample == Array("1----A\n".utf8))
            #expect(file.isWholeInSample)
            #expect(file.byteCount == 7)
            #expect(try Self.text(file) == "1----A\n")
        }
    }

    @Test("gzip is unpacked, several members one after another")
    func gzip() throws {
        try Self.withFile(Self.packed + Self.packed) { path in
            let file = try StockFile(path: path)
            #expect(file.isCompressed)
            #expect(try Self.text(file) == "1----A\n1----A\n")
        }
    }

    @Test("gzip is unpacked into a buffer of any size", arguments: [1, 2, 6, 7, 64])
    func gzipPieces(pieceBytes: Int) throws {
        try Self.withFile(Self.packed + Self.packed) { path in
            let source = try StockFile(path: path).open()
            var text = ""
            while case let piece = try source.collect(pieceBytes), !piece.isEmpty {
                text += String(decoding: piece, as: UTF8.self)
            }
            #expect(text == "1----A\n1----A\n")
        }
    }

    @Test("a gzip file that is cut gives what came out, then says so")
    func cutGzip() throws {
        try Self.withFile(Self.packed + Self.packed.dropLast(6)) { path in
            let file = try StockFile(path: path)
            #expect(!file.isWholeInSample)
            let (bytes, failure) = try file.open().collectUntilFailure(1 << 20)
            #expect(bytes.starts(with: "1----A\n".utf8))
            #expect("\(try #require(failure))".contains("ends in the middle"))
        }
    }

    @Test("a gzip file whose checksum does not hold is damaged")
    func damagedGzip() throws {
        var bytes = Self.packed
        bytes[20] ^= 1
        try Self.withFile(bytes) { path in
            let (bytes, failure) = try StockFile(path: path).open().collectUntilFailure(1 << 20)
            #expect(bytes == Array("1----A\n".utf8))
            #expect("\(try #require(failure))".contains("damaged"))
        }
    }

    @Test("GB18030 becomes UTF-8; bytes that are no character cost one U+FFFD")
    func gb18030() throws {
        // "卡号,卡密\n1," then a lone lead byte before a line end, then "2," and U+20000.
        let bytes: [UInt8] =
            [0xbf, 0xa8, 0xba, 0xc5, 0x2c, 0xbf, 0xa8, 0xc3, 0xdc, 0x0a, 0x31, 0x2c, 0xff, 0x0a]
            + [0x32, 0x2c, 0x95, 0x32, 0x82, 0x36, 0x0a]
        try Self.withFile(bytes) { path in
            let file = try StockFile(path: path)
            #expect(file.encoding == .gb18030)
            #expect(try Self.text(file) == "卡号,卡密\n1,\u{fffd}\n2,\u{20000}\n")
        }
    }

    @Test("a character across two reads is one character", arguments: [65_535, 65_534, 65_533])
    func splitCharacter(lead: Int) throws {
        let bytes = [UInt8](repeating: 0x41, count: lead) + [0x95, 0x32, 0x82, 0x36, 0x0a]
        try Self.withFile([0xbf, 0xa8, 0x0a] + bytes) { path in
            let text = try Self.text(StockFile(path: path))
            #expect(text.hasPrefix("卡\n"))
            #expect(text.hasSuffix("A\u{20000}\n"))
            #expect(text.unicodeScalars.count == lead + 4)
        }
    }

    @Test("a missing file and a directory are told from each other")
    func unreadable() {
        let missing = #expect(throws: StockFileError.self) {
            try StockFile(path: "/nonexistent/stock")
        }
        #expect(missing?.message.contains("No such file") == true)
        let folder = #expect(throws: StockFileError.self) { try StockFile(path: "/") }
        #expect(folder?.message.contains("directory") == true)
    }

    @Test("a file that grows while it is read breaks off")
    func changing() throws {
        try Self.withFile(Array("1----A\n".utf8)) { path in
            let source = try StockFile(path: path).open()
            let handle = try #require(FileHandle(forWritingAtPath: path))
            try handle.seekToEnd()
            try handle.write(contentsOf: Array("2----B\n".utf8))
            let (bytes, failure) = source.collectUntilFailure(1 << 20)
            #expect(bytes.starts(with: "1----A\n".utf8))
            #expect("\(try #require(failure))".contains("changed while it was read"))
        }
    }

    @Test("scratch files give back what was written and leave nothing behind")
    func scratch() throws {
        let folder = NSTemporaryDirectory() + "scratch-\(UInt64.random(in: 0...(.max)))"
        try FileManager.default.createDirectory(
            atPath: folder,
            withIntermediateDirectories: false
        )
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try TemporaryScratch(folder: folder).makeFile()
        try [UInt8](0..<200).withUnsafeBytes { try file.append($0) }
        try [UInt8](200..<250).withUnsafeBytes { try file.append($0) }
        var back = [UInt8](repeating: 0, count: 100)
        try back.withUnsafeMutableBytes { try file.read(at: 150, into: $0) }
        #expect(back == Array(150..<250))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        #expect(throws: StockFileError.self) {
            try TemporaryScratch(folder: folder + "/none").makeFile()
        }
    }

    @Test(
        "a workbook is known by its first bytes, and names what would read it",
        arguments: [
            ("PK\u{3}\u{4}".utf8.map { $0 }, "cardproof-render"),
            ("PK\u{5}\u{6}".utf8.map { $0 }, "cardproof-render"),
            ([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], "encrypted workbook"),
        ] as [([UInt8], String)]
    )
    func workbooks(head: [UInt8], word: String) throws {
        let reading = WorkbookReading(program: nil, folder: NSTemporaryDirectory())
        try Self.withFile(head + [0, 0, 0, 0]) { path in
            let error = #expect(throws: StockFileError.self) {
                try StockFile.all(at: path, workbooks: reading)
            }
            #expect(error?.message.contains(word) == true)
            #expect(throws: StockFileError.self) { try StockFile(path: path) }
        }
        try Self.withFile(Array("PK\u{3}1----A\n".utf8)) { path in
            let found = try StockFile.all(at: path, workbooks: reading)
            #expect(found.files.map(\.name) == [path])
            #expect(try Self.text(found.files[0]) == "PK\u{3}1----A\n")
        }
    }
}

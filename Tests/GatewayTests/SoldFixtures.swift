import CardModel
import Crypto
import Gateway
import Testing
import WireFormat

@testable import Gateway

/// An index in memory.
final class MemoryIndexTarget: SoldIndexTarget {
    private(set) var bytes: [UInt8] = []
    private(set) var isPublished = false

    func append(_ added: UnsafeRawBufferPointer) throws { bytes.append(contentsOf: added) }

    func publish(header: [UInt8]) throws {
        bytes.replaceSubrange(..<header.count, with: header)
        isPublished = true
    }
}

struct MemoryIndexBytes: SoldIndexBytes {
    var bytes: [UInt8]

    var byteCount: Int { bytes.count }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let piece = bytes.dropFirst(offset).prefix(buffer.count)
        buffer.copyBytes(from: piece)
        return piece.count
    }
}

/// Indexes made as the command line makes them, in memory.
struct SoldIndexFixture {
    static let key = SymmetricKey(data: [UInt8](0..<32))
    static let otherKey = SymmetricKey(data: [UInt8](1...32))

    /// Anything, in upper case.
    static let folding = CardFormat(
        id: "folding",
        title: LocalisedText(zhCN: "", en: ""),
        serial: CodeRule(characters: .any, lengths: .any, letterCase: .upper),
        key: CodeRule(characters: .any, lengths: .any, letterCase: .upper),
        mark: .operatorStated
    )

    var fingerprinting = LastingFingerprinting(indexKey: key)
    var format: CardFormat?
    var threads = 1
    var memoryBytes = StockAuditLimits.defaultMemoryBytes

    func open(_ bytes: [UInt8]) throws -> SoldIndex {
        try SoldIndex(
            MemoryIndexBytes(bytes: bytes),
            name: "sold.idx",
            fingerprinting: fingerprinting,
            format: format
        )
    }

    /// The file after `texts`, one history file each, were added to `earlier`.
    func indexed(
        _ texts: [String],
        after earlier: [UInt8]? = nil
    ) async throws -> (bytes: [UInt8], summary: SoldIndexSummary) {
        var options = StockAuditOptions(
            format: format,
            asOf: CalendarDate(year: 2026, month: 11, day: 20)!,
            threads: threads
        )
        options.memoryBytes = memoryBytes
        let audit = StockAudit(
            options: options,
            hashKey: SipHashKey(3, 4),
            scratch: MemoryScratch()
        )
        let history = try texts.map { text in
            let bytes = Array(text.utf8)
            let reading = try StockAuditFixture(format: format).reading(bytes)
            return StockInput(name: "history", reading: reading) { MemorySource(bytes) }
        }
        let target = MemoryIndexTarget()
        let summary = try await audit.index(
            history,
            under: fingerprinting,
            continuing: try earlier.map(open),
            into: target
        )
        #expect(target.isPublished)
        return (target.bytes, summary)
    }

    /// A file of chosen fingerprints.
    func written(_ fingerprints: [SoldFingerprint]) throws -> [UInt8] {
        let target = MemoryIndexTarget()
        var writer = try SoldIndexWriter(target, key: fingerprinting.blockKey)
        try writer.append(fingerprints)
        try writer.finish(
            fingerprinting,
            normalForm: LastingFingerprinting.normalForm(of: format)
        )
        return target.bytes
    }

    /// The lines of codes with these numbers.
    static func lines(_ numbers: some Sequence<Int>) -> String {
        numbers.map { "S\($0)----KEY\(String(1_000_000_000 + $0))\n" }.joined()
    }
}

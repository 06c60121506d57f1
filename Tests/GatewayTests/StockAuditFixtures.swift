import CardModel
import Gateway
import WireFormat

/// Bytes in memory, handed out in pieces of a chosen size.
final class MemorySource: ByteSource {
    struct Broken: Error, CustomStringConvertible { let description = "the disk went away" }

    private var rest: ArraySlice<UInt8>
    private let pieceBytes: Int
    private let breaksAtEnd: Bool

    init(_ bytes: [UInt8], pieceBytes: Int = .max, breaksAtEnd: Bool = false) {
        rest = bytes[...]
        self.pieceBytes = pieceBytes
        self.breaksAtEnd = breaksAtEnd
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        if rest.isEmpty, breaksAtEnd { throw Broken() }
        let piece = rest.prefix(min(buffer.count, pieceBytes))
        buffer.copyBytes(from: piece)
        rest = rest.dropFirst(piece.count)
        return piece.count
    }
}

/// Scratch files in memory.
struct MemoryScratch: ScratchSpace {
    func makeFile() throws -> any ScratchFile { MemoryScratchFile() }
}

private final class MemoryScratchFile: ScratchFile {
    private var bytes: [UInt8] = []

    func append(_ added: UnsafeRawBufferPointer) throws { bytes.append(contentsOf: added) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws {
        buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
    }
}

/// An audit of texts, as the command line would run it.
struct StockAuditFixture {
    var choice = StockFormatChoice.auto
    var format: CardFormat?
    var isReusable = false
    var history: [[UInt8]] = []
    var asOf = CalendarDate(year: 2026, month: 11, day: 20)!
    var threads = 1
    var memoryBytes = StockAuditLimits.defaultMemoryBytes
    var pieceBytes = Int.max
    var breaksAtEnd = false
    var sold: SoldCodes?
    /// Asked before each block, as Ctrl-C is.
    var shouldStop: @Sendable () -> Bool = { false }

    /// 16 digits with a Luhn digit, and 18 symbols without case.
    static let luhn16x18 = CardFormat(
        id: "test-16x18",
        title: LocalisedText(zhCN: "测试", en: "test"),
        serial: CodeRule(
            characters: .digits,
            lengths: .exactly(16),
            checkDigit: CodeRule.CheckDigitRule(.luhn, isBinding: true)
        ),
        key: CodeRule(
            characters: SymbolSet(classText: "A-HJ-NP-Z2-9")!,
            lengths: .exactly(18),
            letterCase: .upper
        ),
        mark: .operatorStated
    )

    struct Result {
        /// `line<TAB>class[<TAB>detail]`, with the file's name first when there are several.
        var rows: [String]
        var summary: StockAuditSummary
    }

    func reading(_ text: [UInt8]) throws -> StockReading {
        let isWhole = text.count <= StockAuditLimits.sampleBytes
        let sample = StockSample(
            Array(text.prefix(StockAuditLimits.sampleBytes)),
            isWhole: isWhole,
            format: format
        )
        return try sample.reading(choice)
    }

    func run(_ files: [[UInt8]]) async throws -> Result {
        var options = StockAuditOptions(
            format: format,
            isReusable: isReusable,
            asOf: asOf,
            threads: threads
        )
        // Also below what the command line takes, so that small stocks go to scratch.
        options.memoryBytes = memoryBytes
        let audit = StockAudit(
            options: options,
            hashKey: SipHashKey(1, 2),
            scratch: MemoryScratch(),
            sold: sold
        )
        let stock = try files.enumerated().map { index, bytes in
            try input("\(index)", bytes, with: reading(bytes))
        }
        let sold = try history.enumerated().map { index, bytes in
            try input("h\(index)", bytes, with: StockAuditFixture(format: format).reading(bytes))
        }
        var rows: [String] = []
        let summary = try await audit.run(
            stock: stock,
            history: sold,
            shouldStop: shouldStop
        ) { defect in
            let file = files.count > 1 ? "\(defect.fileName)\t" : ""
            let detail = defect.detail.isEmpty ? "" : "\t\(defect.detail)"
            rows.append("\(file)\(defect.line)\t\(defect.defect.code)\(detail)")
        }
        return Result(rows: rows, summary: summary)
    }

    /// The rows of one file.
    func rows(_ text: String) async throws -> [String] { try await run([Array(text.utf8)]).rows }

    private func input(_ name: String, _ bytes: [UInt8], with reading: StockReading) -> StockInput {
        StockInput(name: name, reading: reading) { [pieceBytes, breaksAtEnd] in
            MemorySource(bytes, pieceBytes: pieceBytes, breaksAtEnd: breaksAtEnd)
        }
    }
}

/// SplitMix64: a property test prints its seed and can be run again with it.
struct StockAuditRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

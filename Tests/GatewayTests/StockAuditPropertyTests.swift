import CardModel
import Gateway
import Synchronization
import Testing

@testable import Gateway

/// The audit against a plain dictionary over ``CardFormat``, and its answers against themselves.
@Suite("Stock audit: properties") struct StockAuditPropertyTests {
    private static let seeds: ClosedRange<UInt64> = 1...40

    /// What a reader of CONTRACT would write first.
    private static func plainRows(
        _ lines: [String],
        history: [String],
        format: CardFormat
    ) -> [String] {
        func code(_ line: String) -> (serial: String, key: String, identity: String)? {
            let parts = line.split(separator: "----", omittingEmptySubsequences: false)
            guard parts.count == 2 else { return nil }
            let written = CardCode(
                serial: SerialNumber(String(parts[0])),
                key: CardKey(String(parts[1]))
            )
            let card = format.normalise(written)
            guard let serial = card.serial?.text, format.isPlausible(card) else { return nil }
            let key = card.key.withUnredacted { $0 }
            return (serial, key, key.unicodeScalars.count >= 12 ? key : serial + "\n" + key)
        }
        let sold = Set(history.compactMap { code($0)?.identity })
        var firstByIdentity: [String: Int] = [:]
        var firstBySerial: [String: (line: Int, identity: String)] = [:]
        var rows: [String] = []
        for (index, line) in lines.enumerated() {
            guard let code = code(line) else {
                rows.append("\(index + 1)\tmalformed")
                continue
            }
            if let first = firstByIdentity[code.identity] {
                rows.append("\(index + 1)\tdup\t\(first)")
            } else {
                firstByIdentity[code.identity] = index + 1
            }
            if sold.contains(code.identity) { rows.append("\(index + 1)\tsold") }
            if let first = firstBySerial[code.serial] {
                if first.identity != code.identity {
                    rows.append("\(index + 1)\tconflict\t\(first.line)")
                }
            } else {
                firstBySerial[code.serial] = (index + 1, code.identity)
            }
        }
        return rows
    }

    private static func field(_ count: Int, _ random: inout StockAuditRandom) -> String {
        let plain = Array("012AB")
        let spellings = ["0", "1", "2", "a", "B", "-", " ", "０", "Ａ", "\u{200b}", "—", "．"]
        var text = String((0..<count).map { _ in plain.randomElement(using: &random)! })
        if Int.random(in: 0..<4, using: &random) == 0 {
            text += spellings.randomElement(using: &random)!
        }
        return text
    }

    private static func lines(_ count: Int, _ random: inout StockAuditRandom) -> [String] {
        (0..<count).map { _ in
            let keyLength = [3, 4, 12].randomElement(using: &random)!
            return field(2, &random) + "----" + field(keyLength, &random)
        }
    }

    @Test("the report is what a dictionary over the format's own normal form gives")
    func differential() async throws {
        let format = CardFormat(
            id: "any",
            title: LocalisedText(zhCN: "", en: ""),
            serial: CodeRule(characters: .lettersAndDigits, lengths: .any, letterCase: .upper),
            key: CodeRule(characters: .any, lengths: .any, letterCase: .upper),
            mark: .operatorStated
        )
        for seed in Self.seeds {
            var random = StockAuditRandom(seed: seed)
            let lines = Self.lines(400, &random)
            let history = Self.lines(60, &random)
            var fixture = StockAuditFixture(choice: .separated("----"), format: format)
            fixture.history = [Array(history.joined(separator: "\n").utf8)]
            fixture.threads = Int.random(in: 1...4, using: &random)
            fixture.pieceBytes = Int.random(in: 1...5000, using: &random)
            let rows = try await fixture.rows(lines.joined(separator: "\n")).map { row in
                let columns = row.split(separator: "\t")
                return columns[1] == "malformed" ? "\(columns[0])\tmalformed" : row
            }
            #expect(rows == Self.plainRows(lines, history: history, format: format), "seed \(seed)")
        }
    }

    @Test("one look-up a byte gives the normal form and judgement of the card format")
    func normaliser() {
        var random = StockAuditRandom(seed: 7)
        for format in CardFormat.builtIn + [StockAuditFixture.luhn16x18] {
            let table = FieldNormaliser(rule: format.key)
            var plausibleCount = 0
            for text in (0..<200).map({ _ in Self.spelling(of: format.key, &random) }) {
                let (normal, result, accepts) = Self.judged(text, by: table, format.key)
                let expected = format.key.normaliser.normalise(text)
                #expect(normal == expected, "\(format.id)")
                #expect(result.symbols == expected.unicodeScalars.count, "\(format.id)")
                let isGood = accepts && !result.marks.contains(.outsideAlphabet)
                let isPlausible = format.isPlausible(CardCode(serial: nil, key: CardKey(expected)))
                #expect(isGood == isPlausible, "\(format.id)")
                plausibleCount += isPlausible ? 1 : 0
            }
            #expect((20..<200).contains(plausibleCount) || format.id == "generic", "\(format.id)")
        }
    }

    /// Symbols of the rule's alphabet, of about a right length, now and then with a stranger.
    private static func spelling(of rule: CodeRule, _ random: inout StockAuditRandom) -> String {
        let letters = rule.characters.members.filter { (0x30...0x7a).contains($0) && $0 != 0x3c }
        let bounds = rule.lengths.ranges.flatMap { [$0.lowerBound, min($0.upperBound, 60)] }
        let length = bounds.randomElement(using: &random)!
        var text = String(
            decoding: (0..<length).map { _ in letters.randomElement(using: &random)! },
            as: UTF8.self
        )
        guard Bool.random(using: &random) else { return text }
        let strangers = ["-", " ", "—", "７", "ｂ", "\u{200b}", "é", "~", "0", "\u{3000}", "O"]
        let place = text.indices.randomElement(using: &random)!
        text.insert(contentsOf: strangers.randomElement(using: &random)!, at: place)
        return text
    }

    private static func judged(
        _ text: String,
        by table: FieldNormaliser,
        _ rule: CodeRule
    ) -> (String, FieldNormaliser.Result, Bool) {
        var output = [UInt8](repeating: 0, count: StockAuditLimits.fieldBytes + 8)
        let (result, normal) = output.withUnsafeMutableBufferPointer { target in
            Array(text.utf8).withUnsafeBufferPointer {
                let result = table.normalise($0, into: target.baseAddress!)
                return (result, Array(result.text))
            }
        }
        let accepts = normal.withUnsafeBufferPointer { CompiledRule(rule).accepts($0) }
        return (String(decoding: normal, as: UTF8.self), result, accepts)
    }

    @Test("the report is the same for every thread count and memory limit")
    func bounds() async throws {
        var random = StockAuditRandom(seed: 11)
        let text = (0..<100_000).map { _ in
            let serial = Int.random(in: 0..<70_000, using: &random)
            return "S\(serial)----K\(Int.random(in: 0..<9, using: &random))\(serial)\n"
        }.joined()
        let bytes = Array(text.utf8)
        // Half of it is in the stock, and one code again and again.
        let soldText = (0..<100_000).map { index in
            index % 4 == 0 ? "S7----K77\n" : "S\(index)----K\(index % 9)\(index)\n"
        }.joined()
        let history = [Array(soldText.utf8)]
        let plain = try await StockAuditFixture(history: history, memoryBytes: 1 << 30).run([bytes])
        #expect(plain.rows.count > 30_000)
        #expect(plain.rows.count { $0.hasSuffix("sold") } > 1_000)
        #expect(plain.summary.spilledBytes == 0)
        for (threads, memoryBytes) in [
            (1, 8 << 20), (3, 8 << 20), (2, 128 << 20), (3, 1 << 30),
        ] {
            let fixture = StockAuditFixture(
                history: history,
                threads: threads,
                memoryBytes: memoryBytes
            )
            let bounded = try await fixture.run([bytes])
            #expect((bounded.summary.spilledBytes > 0) == (memoryBytes < 64 << 20))
            #expect(bounded.rows == plain.rows)
            #expect(bounded.summary.defects == plain.summary.defects)
        }
    }

    @Test("an audit that is stopped tells what it read of its history, and that it read no more")
    func stopped() async throws {
        func lines(_ count: Int) -> [UInt8] {
            Array((0..<count).map { "S\($0)----KEY\(1_000_000_000_000 + $0)\n" }.joined().utf8)
        }
        let (stock, history) = (lines(2_000), lines(30_000))
        var historyCodes: Set<Int> = []
        for last in 0..<12 {
            let calls = Counter()
            var fixture = StockAuditFixture(history: [history])
            fixture.shouldStop = { calls.next() > last }
            let result = try await fixture.run([stock])
            let summary = result.summary
            historyCodes.insert(summary.historyCodes)
            #expect(summary.isHistoryWhole == (summary.interruption == nil), "\(last)")
            let read = min(summary.codes, summary.historyCodes)
            #expect(result.rows == (0..<read).map { "\($0 + 1)\tsold" }, "\(last)")
        }
        #expect(historyCodes.contains(0) && historyCodes.contains(30_000))
        #expect(historyCodes.count > 2)
    }

    private final class Counter: Sendable {
        private let count = Atomic(0)
        func next() -> Int { count.wrappingAdd(1, ordering: .relaxed).newValue }
    }

    @Test("rows sort in line order across runs that went to scratch", arguments: [1, 3, 100, 5000])
    func sorter(rowLimit: Int) throws {
        var random = StockAuditRandom(seed: UInt64(rowLimit))
        let sorter = DefectSorter(scratch: MemoryScratch(), rowLimit: rowLimit)
        var all: [DefectRow] = []
        for _ in 0..<200 {
            let rows = (0..<7).map { _ in
                DefectRow(
                    order: UInt64.random(in: 0...(.max), using: &random),
                    value: random.next()
                )
            }
            all += rows
            try sorter.add(rows)
        }
        var drained: [DefectRow] = []
        try sorter.drain { drained.append($0) }
        #expect(drained.map(\.order) == all.map(\.order).sorted())
        #expect(Set(drained.map(\.value)) == Set(all.map(\.value)))
        #expect((sorter.spilledBytes > 0) == (rowLimit < all.count))
    }

    @Test("line ends are counted as the lines are cut")
    func lineEnds() {
        for seed in Self.seeds {
            var random = StockAuditRandom(seed: seed)
            let bytes = (0..<Int.random(in: 0..<9000, using: &random)).map { _ in
                [0x0a, 0x0d, 0x41, 0x8a, 0x0b].randomElement(using: &random)! as UInt8
            }
            var expected = 0
            for (index, byte) in bytes.enumerated() {
                let isPair = byte == 0x0d && index + 1 < bytes.count && bytes[index + 1] == 0x0a
                expected += byte == 0x0a || (byte == 0x0d && !isPair) ? 1 : 0
            }
            let counted = bytes.withUnsafeBufferPointer {
                RecordScanner(grammar: .bareKey, block: $0).lineEnds(in: $0)
            }
            #expect(counted == expected, "seed \(seed)")
        }
    }

    /// Answers of OpenSSL 3: `openssl mac -macopt hexkey:000102…0F -macopt size:16
    /// -macopt c-rounds:1 -macopt d-rounds:3 SIPHASH` over the bytes 0, 1, 2, ….
    @Test(
        "SipHash-1-3-128 agrees with OpenSSL",
        arguments: [
            (0, "E77EBCB22788A5BEFD62DB6ADD303001"), (1, "FC6F370460D3EDA85E0573CC2B2FF063"),
            (7, "1084B923F2AAE0C3A62F2EC80848AB77"), (8, "AA12FEE1D5E3DAB4724F16AB35F9C799"),
            (15, "C17E5505B2BD526C2921CDEC1E7E0109"), (18, "EF42F03DB78F704D023C449F16B7092B"),
            (63, "4C5800E34EFE426F079F6B0AA75260AD"),
        ]
    )
    func sipHash(count: Int, expected: String) {
        let message = (0..<64).map { UInt8($0) }
        let key = SipHashKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        let tag = message.withUnsafeBufferPointer {
            SipHash.fingerprint($0.baseAddress!, count: count, key: key)
        }
        let bytes = [tag.low, tag.high].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * UInt64($0))) }
        }
        let hexadecimal = bytes.map { byte in
            let digits = String(byte, radix: 16, uppercase: true)
            return digits.count == 1 ? "0" + digits : digits
        }
        #expect(hexadecimal.joined() == expected)
    }
}

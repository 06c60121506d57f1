import CardModel
import Crypto
import Gateway
import Testing

@testable import Gateway

/// An index of sold codes is a set: asked, grown, and held against a plain one.
@Suite("Sold index") struct SoldIndexTests {
    private static func fingerprints(
        _ count: Int,
        _ random: inout StockAuditRandom
    ) -> Set<SoldFingerprint> {
        // Some high words come often, so that runs of them cross the bounds of blocks.
        let crowded = (0..<3).map { _ in random.next() }
        return Set(
            (0..<count).map { _ in
                let isCrowded = Int.random(in: 0..<3, using: &random) == 0
                let high = isCrowded ? crowded.randomElement(using: &random)! : random.next()
                return SoldFingerprint(high: high, low: random.next() & 0xffff)
            }
        )
    }

    @Test(
        "what an index answers is what a set answers", arguments: [0, 1, 4095, 4096, 4097, 30_000])
    func membership(count: Int) throws {
        for seed in UInt64(1)...6 {
            var random = StockAuditRandom(seed: seed)
            let held = Self.fingerprints(count, &random)
            let index = try SoldIndexFixture().open(SoldIndexFixture().written(held.sorted()))
            #expect(index.count == held.count)
            let known = held.filter { _ in Int.random(in: 0..<20, using: &random) == 0 }
            let sparse = Self.fingerprints(40, &random).union(known)
            for sought in [[], sparse.sorted(), held.union(sparse).sorted()] {
                let found = try index.sold(among: sought)
                #expect(found == sought.filter(held.contains), "seed \(seed)")
            }
            let part = UInt64.random(in: 0...1023, using: &random)
            let range = part << 54...(part << 54 | (1 << 54 - 1))
            let wanted = held.filter { range.contains($0.high) }.sorted()
            #expect(try index.fingerprints(in: range) == wanted, "seed \(seed)")
        }
    }

    @Test("a step-by-step index is byte for byte the one made at once, for all threads and limits")
    func increments() async throws {
        var random = StockAuditRandom(seed: 5)
        let numbers = (0..<40_000).map { _ in Int.random(in: 0..<30_000, using: &random) }
        let parts = [numbers[..<5], numbers[5..<9000], numbers[9000...], numbers[..<700]]
        let plain = try await SoldIndexFixture().indexed([SoldIndexFixture.lines(numbers)])
        #expect(plain.summary.codes == numbers.count)
        #expect(plain.summary.added == Set(numbers).count)
        for (threads, memoryBytes) in [(1, 8 << 20), (3, 64 << 20), (2, 1 << 30)] {
            let fixture = SoldIndexFixture(threads: threads, memoryBytes: memoryBytes)
            var file: [UInt8]?
            var added: [Int] = []
            for part in parts {
                let step = try await fixture.indexed([SoldIndexFixture.lines(part)], after: file)
                file = step.bytes
                added.append(step.summary.added)
            }
            #expect(file == plain.bytes)
            #expect(added.reduce(0, +) == Set(numbers).count)
            #expect(added.last == 0)
        }
    }

    @Test("a stock meets an index as it meets the same codes in a history file")
    func asHistory() async throws {
        for seed in UInt64(1)...8 {
            var random = StockAuditRandom(seed: seed)
            func some(_ count: Int) -> [Int] {
                (0..<count).map { _ in Int.random(in: 0..<900, using: &random) }
            }
            let (stock, first, second) = (some(800), some(200), some(200))
            let format = seed.isMultiple(of: 2) ? SoldIndexFixture.folding : nil
            let fixture = SoldIndexFixture(format: format)
            let texts = [first, second].map(SoldIndexFixture.lines)
            let index = try fixture.open(await fixture.indexed([texts[0]]).bytes)
            let other = try fixture.open(await fixture.indexed([texts[1]]).bytes)
            var audit = StockAuditFixture(format: format)
            let text = Array(SoldIndexFixture.lines(stock).utf8)
            audit.history = texts.map { Array($0.utf8) }
            let wanted = try await audit.run([text])
            #expect(wanted.rows.contains { $0.hasSuffix("sold") }, "seed \(seed)")
            audit.threads = Int.random(in: 1...3, using: &random)
            audit.sold = SoldCodes(
                fingerprinting: fixture.fingerprinting,
                sources: [index, other, index]
            )
            // Once with the same codes in files too: what several know is still one row.
            #expect(try await audit.run([text]).rows == wanted.rows, "seed \(seed)")
            audit.history = []
            #expect(try await audit.run([text]).rows == wanted.rows, "seed \(seed)")
            audit.isReusable = true
            let reusable = try await audit.run([text]).rows
            #expect(!reusable.contains { $0.contains("sold") }, "seed \(seed)")
        }
    }

    @Test("spellings of one normal form are one code, and short keys count with their serial")
    func normalForms() async throws {
        for fingerprinting in [
            LastingFingerprinting(indexKey: SoldIndexFixture.key),
            LastingFingerprinting(pepper: SoldIndexFixture.key, issuer: "cmcc"),
        ] {
            let fixture = SoldIndexFixture(
                fingerprinting: fingerprinting, format: SoldIndexFixture.folding)
            let file = try await fixture.indexed(["s1----abcd-efgh-ijkl\ns2----short\n"]).bytes
            var audit = StockAuditFixture(
                choice: .separated("----"),
                format: SoldIndexFixture.folding
            )
            audit.sold = SoldCodes(
                fingerprinting: fingerprinting,
                sources: [try fixture.open(file)]
            )
            let rows = try await audit.rows(
                "other----ＡBCD EFGH IJKL\nS2----SHORT\ns3----short\nx----abcdefghijkm\n"
            )
            #expect(rows == ["1\tsold", "2\tsold"])
        }
    }

    @Test("under the gateway's pepper a fingerprint is the beginning of the one it stores")
    func gateway() {
        var random = StockAuditRandom(seed: 9)
        let gateway = CardFingerprinter(pepper: SoldIndexFixture.key)
        let symbols = ["0", "7", "K", "é", "卡", "-"]
        for _ in 0..<300 {
            func text(_ range: ClosedRange<Int>) -> String {
                let count = Int.random(in: range, using: &random)
                return (0..<count).map { _ in symbols.randomElement(using: &random)! }.joined()
            }
            let (issuer, serial, key) = (text(0...9), text(0...9), text(1...20))
            let code = CardCode(
                serial: serial.isEmpty ? nil : SerialNumber(serial),
                key: CardKey(key)
            )
            let stored = gateway.fingerprints(issuer: issuer, code: code)
            let maker = LastingFingerprinter(
                LastingFingerprinting(pepper: SoldIndexFixture.key, issuer: issuer)
            )
            let found = Array(serial.utf8).withUnsafeBufferPointer { serial in
                Array(key.utf8).withUnsafeBufferPointer {
                    maker.fingerprint(
                        serial: serial,
                        key: $0,
                        keySymbols: key.unicodeScalars.count
                    )
                }
            }
            let bytes = [found.high, found.low].flatMap { word in
                withUnsafeBytes(of: word.bigEndian) { Array($0) }
            }
            #expect(bytes == Array((stored.key ?? stored.code).bytes.prefix(16)))
        }
    }

    /// Answers of OpenSSL 3: `openssl mac -macopt hexkey:000102…0F -macopt size:16
    /// -macopt c-rounds:2 -macopt d-rounds:4 SIPHASH` over the bytes 0, 1, 2, ….
    @Test(
        "SipHash-2-4-128 agrees with OpenSSL",
        arguments: [
            (0, "A3817F04BA25A8E66DF67214C7550293"), (1, "DA87C1D86B99AF44347659119B22FC45"),
            (7, "A1F1EBBED8DBC153C0B84AA61FF08239"), (8, "3B62A9BA6258F5610F83E264F31497B4"),
            (15, "5493E99933B0A8117E08EC0F97CFC3D9"), (18, "A426E5E423BF4885294DA481FEAEF723"),
            (63, "5150D1772F50834A503E069A973FBD7C"),
        ]
    )
    func sipHash(count: Int, expected: String) {
        let message = (0..<64).map { UInt8($0) }
        let key = SipHashKey(0x0706_0504_0302_0100, 0x0f0e_0d0c_0b0a_0908)
        let tag = message.withUnsafeBufferPointer {
            SipHash.lastingFingerprint($0.baseAddress!, count: count, key: key)
        }
        let bytes = [tag.low, tag.high].flatMap { word in
            withUnsafeBytes(of: word.littleEndian) { Array($0) }
        }
        let wanted = stride(from: 0, to: 32, by: 2).map { place in
            let start = expected.index(expected.startIndex, offsetBy: place)
            return UInt8(expected[start...].prefix(2), radix: 16)
        }
        #expect(bytes == wanted.compactMap { $0 })
    }
}

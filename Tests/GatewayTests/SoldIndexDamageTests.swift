import CardModel
import Crypto
import Gateway
import Testing
import WireFormat

@testable import Gateway

/// An index that is not the one that was written, or not the one that was asked for.
@Suite("Sold index: refusals") struct SoldIndexDamageTests {
    /// More than one block, and a last one that is not full.
    private static func file(
        _ fixture: SoldIndexFixture = SoldIndexFixture()
    ) async throws -> [UInt8] {
        try await fixture.indexed([SoldIndexFixture.lines(0..<5_000)]).bytes
    }

    private static func reason(_ body: () throws -> Void) -> SoldIndexError? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SoldIndexFailure)?.reason
        }
    }

    /// Opens the file and reads all of it.
    private static func reading(
        _ bytes: [UInt8],
        _ fixture: SoldIndexFixture = SoldIndexFixture()
    ) -> SoldIndexError? {
        reason { _ = try fixture.open(bytes).fingerprints(in: 0...(.max)) }
    }

    @Test("any bit that changes is found when its block is met, and named")
    func bitFlips() async throws {
        let whole = try await Self.file()
        #expect(Self.reading(whole) == nil)
        var random = StockAuditRandom(seed: 3)
        let header = 0..<SoldIndexFormat.headerBytes
        let others = (0..<400).map { _ in Int.random(in: 1024..<whole.count, using: &random) }
        for offset in Array(header) + others {
            var bent = whole
            bent[offset] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            let found = Self.reading(bent)
            #expect(found != nil, "byte \(offset)")
            if case .damaged(let place) = found { #expect(place <= offset, "byte \(offset)") }
        }
    }

    @Test("a damaged block is named by its place, and the others are still asked")
    func damagedBlock() async throws {
        var bytes = try await Self.file()
        let all = try SoldIndexFixture().open(bytes).fingerprints(in: 0...(.max))
        let second = SoldIndexFormat.headerBytes + SoldIndexFormat.blockBytes
        bytes[second + 77] ^= 4
        let index = try SoldIndexFixture().open(bytes)
        #expect(try index.sold(among: Array(all[..<4096])).count == 4096)
        #expect(Self.reason { _ = try index.sold(among: [all[4500]]) } == .damaged(offset: second))
        #expect("\(SoldIndexError.damaged(offset: second))".contains("byte 66560"))
    }

    @Test("blocks that changed places are damage")
    func swappedBlocks() async throws {
        let fixture = SoldIndexFixture()
        var bytes = try await fixture.indexed([SoldIndexFixture.lines(0..<9_000)]).bytes
        let start = SoldIndexFormat.headerBytes
        let size = SoldIndexFormat.blockBytes
        let first = Array(bytes[start..<start + size])
        bytes.replaceSubrange(start..<start + size, with: bytes[start + size..<start + 2 * size])
        bytes.replaceSubrange(start + size..<start + 2 * size, with: first)
        #expect(Self.reading(bytes) == .damaged(offset: start))
    }

    @Test("a file that is cut, or has something behind its end, is refused")
    func lengths() async throws {
        let whole = try await Self.file()
        for length in [1023, 1024, 1025, 66_560, whole.count - 1] {
            #expect(Self.reading(Array(whole[..<length])) == .truncated, "\(length) bytes")
        }
        #expect(Self.reading(whole + [0]) == .damaged(offset: whole.count))
        for noIndex in [[], Array("serial,key\n".utf8), [UInt8](repeating: 0, count: 4096)] {
            #expect(Self.reading(noIndex) == .notAnIndex)
        }
    }

    @Test("an index of another key, kind of key, issuer, normal form or version is refused")
    func strangers() async throws {
        var bytes = try await Self.file()
        let folding = SoldIndexFixture.folding
        func gateway(_ issuer: String) -> LastingFingerprinting {
            LastingFingerprinting(pepper: SoldIndexFixture.key, issuer: issuer)
        }
        let other = LastingFingerprinting(indexKey: SoldIndexFixture.otherKey)
        #expect(
            Self.reading(bytes, SoldIndexFixture(fingerprinting: other)) == .otherKey(.indexKey))
        #expect(
            Self.reading(bytes, SoldIndexFixture(fingerprinting: gateway("cmcc")))
                == .otherOrigin(.indexKey))
        #expect(
            Self.reading(bytes, SoldIndexFixture(format: folding))
                == .otherNormalForm(
                    found: LastingFingerprinting.normalForm(of: nil),
                    wanted: LastingFingerprinting.normalForm(of: folding)
                ))
        let ours = try await Self.file(SoldIndexFixture(fingerprinting: gateway("cmcc")))
        #expect(
            Self.reading(ours, SoldIndexFixture(fingerprinting: gateway("unicom")))
                == .otherIssuer(found: "cmcc", wanted: "unicom"))
        bytes[8] = 2
        #expect(Self.reading(bytes) == .otherVersion(2))
    }

    @Test("a file that does not say how many blocks it has is not believed")
    func hugeCount() async throws {
        let fixture = SoldIndexFixture()
        let header = SoldIndexHeader(
            origin: .indexKey,
            keyID: fixture.fingerprinting.keyID,
            count: .max,
            directory: SoldFingerprint(high: 0, low: 0),
            normalForm: LastingFingerprinting.normalForm(of: nil),
            issuer: ""
        )
        let bytes = try #require(header.bytes(key: fixture.fingerprinting.blockKey))
        #expect(Self.reading(bytes) == .damaged(offset: 48))
    }

    @Test("an issuer whose name does not fit makes no index")
    func issuerTooLong() async throws {
        let long = String(repeating: "卡", count: 400)
        let fingerprinting = LastingFingerprinting(pepper: SoldIndexFixture.key, issuer: long)
        #expect(throws: SoldIndexError.issuerTooLong) {
            try SoldIndexFixture(fingerprinting: fingerprinting).written([])
        }
    }

    @Test("history that breaks off, or holds no code, publishes nothing")
    func nothingPublished() async throws {
        let audit = StockAudit(
            options: StockAuditOptions(asOf: CalendarDate(year: 2026, month: 1, day: 1)!),
            hashKey: SipHashKey(1, 2),
            scratch: MemoryScratch()
        )
        let text = Array(SoldIndexFixture.lines(0..<9).utf8)
        let reading = try StockAuditFixture().reading(text)
        for (bytes, breaks) in [(text, true), ([], false)] {
            let target = MemoryIndexTarget()
            let input = StockInput(name: "history", reading: reading) {
                MemorySource(bytes, breaksAtEnd: breaks)
            }
            let summary = try await audit.index(
                [input],
                under: SoldIndexFixture().fingerprinting,
                into: target
            )
            #expect(!target.isPublished)
            #expect((summary.interruption != nil) == breaks)
        }
    }
}

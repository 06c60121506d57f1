import EvidenceLog
import Testing
import WireFormat

@Suite("One flipped byte anywhere is refused and named")
struct ByteFlipTests {
    @Test("in an exported log: the file, and of a bundle the entry")
    func exportedLog() async throws {
        let log = try TestLog(size: 5)
        let whole = try log.files()
        let policy = try log.policy
        for path in whole.keys.sorted() where path == "checkpoint" || path.hasPrefix("tile/") {
            for place in try #require(whole[path]).indices {
                var files = whole
                files[path]?[place] ^= 1 << UInt8(place % 8)
                let report = await LogFolder(MemoryFolder(files: files)).verify(
                    logKey: log.signer.verifierKey,
                    policy: policy
                )
                let first = try #require(report.findings.first, "\(path) byte \(place)")
                let expected = Self.parts(path: path, place: place, log: log)
                #expect(expected.contains(first.part), "\(path) byte \(place): \(first)")
            }
        }
    }

    @Test("in tiles and entries of a log of two tile levels")
    func twoLevels() async throws {
        let log = try TestLog(size: 259)
        let whole = try log.files()
        for path in whole.keys.sorted() where path.hasPrefix("tile/") {
            let count = try #require(whole[path]).count
            for place in stride(from: 0, to: count, by: max(1, count / 40)) {
                var files = whole
                files[path]?[place] ^= 0x20
                let report = await LogFolder(MemoryFolder(files: files)).verify(
                    logKey: log.signer.verifierKey
                )
                let expected = Self.parts(path: path, place: place, log: log)
                let parts = Set(report.findings.map(\.part))
                #expect(!parts.isEmpty && parts.isSubset(of: expected), "\(path) byte \(place)")
            }
        }
    }

    @Test("in a proof with a witness")
    func proof() throws {
        let log = try TestLog(size: 11)
        let bytes = try log.proof(index: 6).serialized
        let policy = try log.policy
        #expect(try LogProof(bytes: bytes).verify(logKey: nil, policy: policy).holds)
        for place in bytes.indices {
            var bad = bytes
            bad[place] ^= 1 << UInt8(place % 8)
            guard let proof = try? LogProof(bytes: bad) else { continue }
            let report = proof.verify(logKey: log.signer.verifierKey, policy: policy)
            #expect(!report.holds, "byte \(place)")
        }
    }

    @Test("a proof cut short anywhere, or with a byte after its end, is refused")
    func truncatedProof() throws {
        let log = try TestLog(size: 3)
        let bytes = try log.proof(index: 1).serialized
        let policy = try log.policy
        for count in 0..<bytes.count {
            guard let proof = try? LogProof(bytes: Array(bytes[..<count])) else { continue }
            #expect(!proof.verify(logKey: nil, policy: policy).holds, "\(count) bytes")
        }
        #expect(throws: EvidenceError.self) { try LogProof(bytes: bytes + [0x0A]) }
        #expect(throws: EvidenceError.self) { try LogProof(bytes: bytes + [0x20]) }
    }

    @Test("in a checkpoint")
    func checkpoint() throws {
        let log = try TestLog(size: 4)
        let bytes = try log.checkpoint().serialized
        for place in bytes.indices {
            for bit in 0..<8 {
                var bad = bytes
                bad[place] ^= 1 << UInt8(bit)
                guard let checkpoint = try? SignedCheckpoint(bytes: bad) else { continue }
                let report = checkpoint.verify(
                    logKey: log.signer.verifierKey,
                    policy: try log.policy
                )
                #expect(!report.holds, "byte \(place), bit \(bit)")
                #expect(report.findings.first?.part == .checkpoint)
            }
        }
    }

    /// Which parts a damaged byte of a file may be blamed on.
    private static func parts(path: String, place: Int, log: TestLog) -> Set<EvidencePart> {
        guard path.hasPrefix("tile/entries/") else {
            return path == "checkpoint" ? [.checkpoint] : [.tile(path: path)]
        }
        var offset = 0
        var index = path.hasSuffix("/000") || path.contains("/000.p") ? 0 : 256
        while offset + 2 + log.entries[index].count <= place {
            offset += 2 + log.entries[index].count
            index += 1
        }
        // A damaged length makes the bundle unreadable; a damaged byte is one entry's own.
        return place < offset + 2
            ? [.entryBundle(path: path), .entry(index: UInt64(index))]
            : [.entry(index: UInt64(index))]
    }
}

@Suite("Parsers survive any bytes")
struct HostileBytesTests {
    @Test("random damage to every format gives a value or a typed error, never a crash")
    func randomDamage() throws {
        let seed: UInt64 = 20_261_121
        var generator = SeededGenerator(seed: seed)
        let log = try TestLog(size: 5)
        let item = try ItemTree(items: [LeafFields([("a", 1)])], secret: LeafTests.secret)
        let samples = [
            try log.proof(index: 2).serialized, try log.checkpoint().serialized,
            try log.policy.serialized, log.entries[0], item.records[0].bytes,
            Array(log.signer.verifierKey.vkey.utf8), Array("tile/0/x001/234.p/17".utf8),
            try LeafTests.fields(1).disclosures(secret: LeafTests.secret)[0].bytes,
            [0, 3, 1, 2, 3, 0, 0],
        ]
        for round in 0..<3000 {
            var bytes = samples[round % samples.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) where !bytes.isEmpty {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                switch generator.next() % 4 {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &generator)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert(bytes[place], at: place)
                default: bytes.removeSubrange(place...)
                }
            }
            try Self.readEverything(bytes, comment: "seed \(seed), round \(round)")
        }
    }

    /// What is read prints as the same bytes; what is not read throws ``EvidenceError``.
    private static func readEverything(_ bytes: [UInt8], comment: Comment) throws {
        let text = String(decoding: bytes, as: UTF8.self)
        if let proof = try? LogProof(bytes: bytes) {
            #expect(proof.serialized == bytes, comment)
        }
        if let checkpoint = try? SignedCheckpoint(bytes: bytes) {
            #expect(checkpoint.serialized == bytes, comment)
        }
        if let policy = try? LogPolicy(bytes: bytes) {
            #expect(try LogPolicy(bytes: policy.serialized) == policy, comment)
        }
        if let path = try? TilePath(path: text) { #expect(path.path == text, comment) }
        if let key = try? NoteVerifierKey(vkey: text) { #expect(key.vkey == text, comment) }
        if let disclosure = try? Disclosure(text: text) {
            #expect(disclosure.text == text, comment)
        }
        if let leaf = try? EvidenceLeaf(bytes: bytes) { #expect(leaf.bytes == bytes, comment) }
        let bundle = EntryBundleCoordinate(index: 0, width: 2)
        if let read = try? EntryBundle(bundle, bytes: bytes) { #expect(read.entries.count == 2) }
    }
}

import EvidenceLog
import Testing
import WireFormat

@Suite("Verifying an exported log")
struct LogFolderTests {
    @Test(
        "a whole log holds at every shape of the right edge",
        arguments: [0, 1, 2, 3, 255, 256, 257, 511, 512, 700, 1000]
    )
    func wholeLog(size: Int) async throws {
        let log = try TestLog(size: size)
        let report = await LogFolder(MemoryFolder(files: try log.files())).verify(
            logKey: log.signer.verifierKey,
            policy: try log.policy,
            older: [("old", try log.checkpoint(size: size / 3).serialized)]
        )
        #expect(report.findings == [])
        #expect(report.isAuthenticated && report.keySource == .pinned)
        #expect(report.checks.contains(.entries(count: UInt64(size))))
        #expect(report.checks.contains(.root(size: UInt64(size))))
        #expect(report.checks.contains(.completeness))
        #expect(report.checks.contains(.witnessQuorum(cosignatures: 1)))
        let tiles = TilePath.all(inTreeOf: UInt64(size)).count {
            if case .hashes = $0 { true } else { false }
        }
        #expect(report.checks.contains(.tiles(count: UInt64(tiles))))
    }

    @Test("three levels of tiles hold, and the middle one is named when it is bad")
    func threeLevels() async throws {
        // Short entries: this test is about tiles.
        let files = try SmallEntryLog.files(size: 65_536 + 300)
        let good = await LogFolder(MemoryFolder(files: files)).verify(logKey: nil, workers: 2)
        #expect(good.findings == [])
        #expect(good.checks.contains(.entries(count: 65_836)))
        for path in ["tile/2/000.p/1", "tile/1/000", "tile/0/017", "tile/1/001.p/1"] {
            var bad = files
            bad[path]?[5] ^= 0x10
            let report = await LogFolder(MemoryFolder(files: bad)).verify(logKey: nil)
            #expect(report.findings.map(\.part) == [.tile(path: path)])
            #expect(report.checks.contains(.entries(count: 65_836)))
        }
    }

    @Test("the folder's own key shows damage, not who signed")
    func ownKey() async throws {
        let log = try TestLog(size: 3)
        var files = try log.files()
        let report = await LogFolder(MemoryFolder(files: files)).verify(logKey: nil)
        #expect(report.holds && report.keySource == .evidence && !report.isAuthenticated)
        files[LogFolder.verifierKeyPath] = nil
        let without = await LogFolder(MemoryFolder(files: files)).verify(logKey: nil)
        #expect(without.holds && !without.isAuthenticated)
        #expect(without.omissions.contains(.logSignature))
        let other = try NoteSigner(name: TestLog.origin, seed: Array(repeating: 1, count: 32))
        let wrong = await LogFolder(MemoryFolder(files: files)).verify(
            logKey: other.verifierKey
        )
        #expect(wrong.findings.map(\.part) == [.checkpoint])
        #expect(wrong.findings[0].error.code == .noKnownSignature)
    }

    @Test("a missing file, a file too many and a log cut short are named")
    func completeness() async throws {
        let log = try TestLog(size: 300)
        let whole = try log.files()
        for path in whole.keys.sorted() where path.hasPrefix("tile/") {
            var files = whole
            files[path] = nil
            let report = await LogFolder(MemoryFolder(files: files)).verify(
                logKey: log.signer.verifierKey
            )
            let first = try #require(report.findings.first)
            #expect(first.error.code == .missingFile && first.error.location == path)
        }
        for path in ["tile/0/001.p/43", "tile/0/002.p/1", "tile/1/001", "tile/0/000.p/256"] {
            var files = whole
            files[path] = [1]
            let report = await LogFolder(MemoryFolder(files: files)).verify(
                logKey: log.signer.verifierKey
            )
            #expect(report.findings.map(\.part) == [.file(path: path)])
            #expect(report.findings[0].error.code == .unexpectedFile)
        }
        var files = whole
        files["README.txt"] = [1]
        let report = await LogFolder(MemoryFolder(files: files)).verify(
            logKey: log.signer.verifierKey
        )
        #expect(report.holds && report.omissions.contains(.file(path: "README.txt")))
    }

    @Test("history rewritten and signed again is shown by one older checkpoint")
    func rewrittenHistory() async throws {
        let log = try TestLog(size: 280)
        let old = try log.checkpoint(size: 200).serialized
        let rewritten = try SmallEntryLog.files(size: 280)
        let alone = await LogFolder(MemoryFolder(files: rewritten)).verify(
            logKey: log.signer.verifierKey
        )
        #expect(alone.holds && alone.omissions.contains(.olderCheckpoints))
        let report = await LogFolder(MemoryFolder(files: rewritten)).verify(
            logKey: log.signer.verifierKey,
            older: [("mine", old)]
        )
        #expect(report.findings.map(\.part) == [.oldCheckpoint(name: "mine")])
        #expect(report.findings[0].error.code == .inconsistentCheckpoints)
        let cut = await LogFolder(MemoryFolder(files: try TestLog(size: 150).files())).verify(
            logKey: log.signer.verifierKey,
            older: [("mine", old)]
        )
        #expect(cut.findings.map(\.error.code) == [.inconsistentCheckpoints])
    }

    @Test("a log whose root was signed over other entries is refused at the checkpoint")
    func foreignRoot() async throws {
        let log = try TestLog(size: 260)
        var files = try log.files()
        let lie = try Checkpoint(origin: TestLog.origin, size: 260, root: log.leaves[0])
        files["checkpoint"] = try SignedCheckpoint(lie, signedBy: log.signer).serialized
        let report = await LogFolder(MemoryFolder(files: files)).verify(
            logKey: log.signer.verifierKey
        )
        #expect(report.findings.map(\.part) == [.checkpoint])
        #expect(report.findings[0].error.code == .wrongRoot)
    }
}

/// A log of many tiny entries, signed by the same key as ``TestLog``.
enum SmallEntryLog {
    static func files(size: Int) throws -> [String: [UInt8]] {
        let signer = try NoteSigner(name: TestLog.origin, seed: TestLog.seed)
        let entries = (0..<size).map { [UInt8($0 & 0xFF), UInt8($0 >> 8 & 0xFF)] }
        let leaves = entries.map { TreeHash.leaf(of: $0) }
        let batch = TreeBatch(before: CompactRange(), leaves: leaves)
        let rows = (0...2).map { batch.completedNodes(tileLevel: $0).map(\.hash) }
        let checkpoint = try Checkpoint(
            origin: TestLog.origin,
            size: UInt64(size),
            root: batch.root
        )
        var files = [
            "checkpoint": try SignedCheckpoint(checkpoint, signedBy: signer).serialized,
            "vkey": Array("\(signer.verifierKey.vkey)\n".utf8),
        ]
        for path in TilePath.all(inTreeOf: UInt64(size)) {
            var bytes: [UInt8] = []
            switch path {
            case .entries(let bundle):
                for entry in entries.dropFirst(Int(bundle.firstEntry)).prefix(bundle.width) {
                    EntryBundle.append(entry, to: &bytes)
                }
            case .hashes(let tile):
                let row = rows[tile.level].dropFirst(Int(tile.index) * 256).prefix(tile.width)
                for hash in row { hash.append(to: &bytes) }
            }
            files[path.path] = bytes
        }
        return files
    }
}

import EvidenceLog
import Foundation
import Testing
import WireFormat

/// The evidence bundle: its canonical container, and every step of verifying it.
struct BundleTests {
    @Test("A bundle written from a log verifies, and says what it opened")
    func holds() async throws {
        let world = try BundleWorld(size: 300, entries: [0, 7, 255, 299])
        let report = try await world.bundle().verify(logKey: world.log.signer.verifierKey)
        #expect(report.findings == [])
        #expect(report.isAuthenticated)
        #expect(report.entries.map(\.index) == [0, 7, 255, 299])
        #expect(report.entries.allSatisfy { $0.type == "inquiry" })
        #expect(report.entries[1].fields["serial"] == "SN7")
    }

    @Test("Without a pinned key the bundle's own policy finds damage and proves nobody")
    func unpinned() async throws {
        let world = try BundleWorld(size: 5, entries: [2])
        let report = try await world.bundle().verify()
        #expect(report.holds)
        #expect(!report.isAuthenticated)
        #expect(report.keySource == .evidence)
    }

    @Test("The same files give the same bytes, and reading them gives the same files")
    func deterministic() throws {
        let world = try BundleWorld(size: 9, entries: [1, 3])
        let first = try world.bundle().serialized
        #expect(first == (try world.bundle().serialized))
        let read = try EvidenceBundle(bytes: first)
        #expect(read.serialized == first)
    }

    /// Bundles of which every byte is flipped; the others are flipped at some places.
    private static let isSoak = ProcessInfo.processInfo.environment["CARDPROOF_SCALE"] == "soak"

    @Test("Every flipped byte of a bundle is refused", arguments: 1...(isSoak ? 20 : 3))
    func flips(seed: UInt64) async throws {
        var generator = SeededGenerator(seed: seed)
        let size = Int.random(in: 1...40, using: &generator)
        let world = try BundleWorld(
            size: size,
            entries: [Int.random(in: 0..<size, using: &generator)]
        )
        let bytes = try world.bundle().serialized
        for place in bytes.indices
        where Self.isSoak || Int.random(in: 0..<12, using: &generator) == 0 {
            var flipped = bytes
            flipped[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            #expect(await !world.holds(flipped), "seed \(seed), byte \(place)")
        }
    }

    @Test("Whatever is cut off, appended or put between is refused")
    func container() async throws {
        let world = try BundleWorld(size: 4, entries: [0])
        let bytes = try world.bundle().serialized
        #expect(await !world.holds(Array(bytes.dropLast())))
        #expect(await !world.holds(bytes + [0]))
        #expect(await !world.holds([0] + bytes))
        #expect(await !world.holds([]))
        for end in stride(from: 0, to: bytes.count, by: 97) {
            #expect(await !world.holds(Array(bytes[..<end])))
        }
    }

    @Test(
        "What the log's key signs again must still fit together", arguments: BundleForgery.allCases)
    func forgeries(forgery: BundleForgery) async throws {
        let world = try BundleWorld(size: 20, entries: [3, 11])
        let report = try await world.bundle(forged: forgery)
            .verify(logKey: world.log.signer.verifierKey)
        let parts = report.findings.map { "\($0.part)" }
        #expect(parts.contains("file \(forgery.blamed)"), "\(report.findings)")
    }

    @Test("A bundle signed by another key is refused under the pinned one")
    func otherKey() async throws {
        let world = try BundleWorld(size: 6, entries: [2])
        let other = try NoteSigner(name: TestLog.origin, seed: [UInt8](repeating: 1, count: 32))
        let report = try await EvidenceBundle(sealing: world.files(), signer: other)
            .verify(logKey: world.log.signer.verifierKey)
        #expect(report.findings.contains { "\($0.part)" == "file manifest.sha256.note" })
    }

    @Test("A note of a manifest can never pass for a checkpoint")
    func domains() throws {
        let world = try BundleWorld(size: 6, entries: [2])
        let note = try #require(try world.bundle()[.manifestNote])
        #expect(throws: EvidenceError.self) { try SignedCheckpoint(bytes: note) }
    }

    @Test("Each path of the format is read as what it was printed from")
    func paths() {
        let paths: [BundlePath] = [
            .manifest, .manifestNote, .checkpoint, .policy, .keysHistory, .authorities,
            .entry(.entries, index: 12, .proof), .entry(.duplicates, index: 0, .disclosures),
            .entry(.entries, index: 1, .itemRecord(3)), .entry(.entries, index: 1, .itemPath(0)),
            .entry(.entries, index: 1, .itemDisclosures(999)), .request(index: 5, number: 0),
            .reply(index: 5, number: 2), .attachment(index: 9, fileExtension: "png"),
            .succession(2), .policyText(sha256: "00ff"), .stamped(size: 70, .checkpoint),
            .stamped(size: 70, .consistency), .stamped(size: 1, .stampedText(authority: "t")),
            .stamped(size: 1, .place(authority: "t")),
            .stamped(size: 70, .response(authority: "tsa-1")),
            .stamped(size: 70, .certificates(authority: "tsa-1")),
            .stamped(size: 70, .revocationLists(authority: "tsa-1")),
            .statement("summary.json"),
        ]
        for path in paths { #expect(BundlePath(path: path.path) == path) }
        for odd in [
            "entries/01.tlog-proof", "entries/1.item--1.json", "entries/1.item-03.json",
            "time/+1.checkpoint", "trust/succession-0.tlog-proof",
            "trust/succession-02.tlog-proof", "trust/succession-1.proof",
        ] {
            #expect(BundlePath(path: odd) == .statement(odd))
        }
    }
}

/// Something changed in a bundle by whoever holds the log's key: every hash of the container fits.
enum BundleForgery: String, CaseIterable {
    case otherEntrysDisclosure
    case damagedDisclosure
    case proofOfAnotherIndex
    case otherCheckpoint
    case timelineLeavesOut
    case timelineLies
    case transcriptNobodyNames
    case attachmentNobodyNames
    case orphanDisclosures
    case secondNoteSignature

    /// The file that must be named.
    var blamed: String {
        switch self {
        case .otherEntrysDisclosure, .damagedDisclosure: "entries/3.disclosures"
        case .proofOfAnotherIndex: "entries/4.tlog-proof"
        case .otherCheckpoint: "entries/3.tlog-proof"
        case .timelineLeavesOut, .timelineLies: "timeline.csv"
        case .transcriptNobodyNames: "transcript/3.0.req"
        case .attachmentNobodyNames: "attachments/3.png"
        case .orphanDisclosures: "entries/5.disclosures"
        case .secondNoteSignature: "manifest.sha256.note"
        }
    }
}

/// A log with a bundle of some of its entries.
struct BundleWorld {
    let log: TestLog
    let entries: [Int]

    init(size: Int, entries: [Int]) throws {
        log = try TestLog(size: size)
        self.entries = Array(Set(entries)).sorted()
    }

    func bundle() throws -> EvidenceBundle {
        try EvidenceBundle(sealing: files(), signer: log.signer)
    }

    /// Whether bytes are a bundle that holds under the log's key.
    func holds(_ bytes: [UInt8]) async -> Bool {
        guard let bundle = try? EvidenceBundle(bytes: bytes) else { return false }
        return await bundle.verify(logKey: log.signer.verifierKey, policy: try? log.policy).holds
    }

    func files() throws -> [CanonicalArchive.File] {
        var files: [CanonicalArchive.File] = [
            file(.checkpoint, try log.checkpoint().serialized),
            file(.policy, try log.policy.serialized),
            file(.statement("timeline.csv"), try timeline(of: entries)),
        ]
        for entry in entries {
            files.append(
                file(
                    .entry(.entries, index: UInt64(entry), .proof),
                    try log.proof(index: entry).serialized
                )
            )
            files.append(
                file(
                    .entry(.entries, index: UInt64(entry), .disclosures),
                    try disclosures(of: entry)
                )
            )
        }
        return files
    }

    func bundle(forged forgery: BundleForgery) throws -> EvidenceBundle {
        var files = try files()
        func replace(_ path: String, _ bytes: [UInt8]) {
            files.removeAll { $0.path == path }
            files.append(.init(path: path, bytes: bytes))
        }
        switch forgery {
        case .otherEntrysDisclosure: replace(forgery.blamed, try disclosures(of: 11))
        case .damagedDisclosure:
            var bytes = try disclosures(of: 3)
            bytes[8] = bytes[8] == 0x41 ? 0x42 : 0x41
            replace(forgery.blamed, bytes)
        case .proofOfAnotherIndex: replace(forgery.blamed, try log.proof(index: 3).serialized)
        case .otherCheckpoint:
            let smaller = try TestLog(size: 19)
            replace(forgery.blamed, try smaller.proof(index: 3).serialized)
        case .timelineLeavesOut: replace(forgery.blamed, try timeline(of: [3]))
        case .timelineLies:
            let text = String(decoding: try timeline(of: entries), as: UTF8.self)
            replace(forgery.blamed, Array(text.replacing("\n11,", with: "\n12,").utf8))
        case .transcriptNobodyNames, .attachmentNobodyNames: replace(forgery.blamed, [1])
        case .orphanDisclosures: replace(forgery.blamed, try disclosures(of: 5))
        case .secondNoteSignature:
            let whole = try EvidenceBundle(sealing: files, signer: log.signer)
            var note = try SignedNote(bytes: whole[.manifestNote] ?? [])
            try note.append([log.witness.cosign(note.text, at: TestLog.start)])
            return try whole.replacing(.manifestNote, with: note.serialized)
        }
        return try EvidenceBundle(sealing: files, signer: log.signer)
    }

    func disclosures(of entry: Int) throws -> [UInt8] {
        try TestLog.disclosures(entry).flatMap { $0.bytes + [0x0A] }
    }

    private func timeline(of entries: [Int]) throws -> [UInt8] {
        let rows = try entries.map { entry in
            let leaf = try EvidenceLeaf(bytes: log.entries[entry])
            return "\(entry),\(leaf.hash.base64),\(leaf.time.rfc3339Seconds),,,inquiry\n"
        }
        return Array((["index,leaf_hash,time,not_before,not_after,type\n"] + rows).joined().utf8)
    }

    private func file(_ path: BundlePath, _ bytes: [UInt8]) -> CanonicalArchive.File {
        .init(path: path.path, bytes: bytes)
    }
}

extension EvidenceBundle {
    /// The bundle with one file changed and nothing signed again.
    fileprivate func replacing(_ path: BundlePath, with bytes: [UInt8]) throws -> EvidenceBundle {
        let files = archive.files.map {
            $0.path == path.path ? CanonicalArchive.File(path: $0.path, bytes: bytes) : $0
        }
        return try EvidenceBundle(bytes: CanonicalArchive(files).serialized)
    }
}

extension [JSONObject.Member] {
    fileprivate subscript(name: String) -> JSONValue? { first { $0.name == name }?.value }
}

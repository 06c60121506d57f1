import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let logRotation: [Case] = [
        rotated, acrossTiles, failedRotation, takenOrigin, repeatedRotation, reopenedAfter,
        stampedAfterItsEnd, cosignedAfterItsEnd,
    ]

    private static let rotated = Case(
        "a log ends with a leaf that names the next, which begins with one that names it"
    ) { bench in
        let (before, old) = (bench.platform, bench.platform.number)
        let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let secrets = try await bench.store.platforms().first?.sealedSecrets
        let result = try await bench.rotate()
        bench.expect(result.isNew, "nothing was rotated")
        bench.expect(result.ended.end ?? 0, is: 2, "the end of the old log")
        bench.expect(result.open.firstIndex, is: 2, "the beginning of the new log")
        bench.expect(result.open.origin, is: "log.example/market/2", "the new origin")
        let record = try await bench.store.platforms().first
        bench.expect(record?.origin, is: result.open.origin, "the platform's origin")
        bench.expect(record?.sealedSecrets != secrets, "the old key is still sealed in the store")
        let entries = try await bench.store.entries(of: old, in: 0..<10)
        bench.expect(entries.count, is: 3, "entries")
        let changes = try entries.compactMap { KeyChange(try EvidenceLeaf(bytes: $0.leaf)) }
        let final = try bench.require(
            try await bench.store.checkpoint(of: old, atLeast: 2), "the last checkpoint")
        let head = try SignedCheckpoint(bytes: final.note)
        _ = try head.note.verified(by: [before.logVerifierKey])
        bench.expect(
            changes,
            is: [
                .next(origin: result.open.origin, vkey: result.open.vkey),
                .previous(
                    origin: result.ended.origin, size: 2, root: head.checkpoint.root,
                    vkey: before.logVerifierKey.vkey),
            ],
            "what the leaves of the change say"
        )
        // The same code again is still found, and its leaf goes into the new log.
        let second = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(1)))
        bench.expect(second.leafIndex, is: 3, "the running index of the next leaf")
        bench.expect(try await bench.states(second), is: ["duplicate_delivery"], "the same code")
        try await bench.expectProof(of: first.leafIndex, at: 0, by: result.ended)
        try await bench.expectProof(of: second.leafIndex, at: 1, by: result.open)
    }

    private static let acrossTiles = Case(
        "every tile of every log is its own, wherever a log ended"
    ) { bench in
        var number = 0
        func grow(_ count: Int) async throws {
            for start in stride(from: 0, to: count, by: 128) {
                let changes = try (start..<min(start + 128, count)).map { _ -> Change in
                    number += 1
                    let item = ItemDraft(number).with { $0.adapter = nil }
                    let draft = NoticeDraft("w-\(number)", order: "o-\(number)", item)
                    return .admit(try bench.admission(draft))
                }
                try await bench.commit(changes)
            }
        }
        for count in [0, 300, 511, 254, 600] {
            try await grow(count)
            _ = try await bench.rotate(isFurther: true)
        }
        try await grow(3)
        let reader = LogReader(store: bench.store)
        for log in try await reader.logs(of: bench.platform.number) {
            try await bench.expectTiles(of: log, reader)
        }
    }

    private static let failedRotation = Case(
        "a rotation that fails changes nothing, and the next one works"
    ) { bench in
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let before = try await bench.store.logHead(of: bench.platform.number)
        bench.signer.isBroken = true
        do {
            _ = try await bench.rotate()
            bench.note("a rotation without a signature succeeded")
        } catch StoreError.unavailable {
        }
        bench.signer.isBroken = false
        let after = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(after?.checkpoint, is: before?.checkpoint, "checkpoint")
        bench.expect(
            try await bench.store.logs(of: bench.platform.number).count, is: 1, "logs")
        try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))
        let result = try await bench.rotate()
        bench.expect(result.isNew, "nothing was rotated")
        try await bench.admit(NoticeDraft("w-3", order: "o-3", ItemDraft(3)))
    }

    private static let takenOrigin = Case(
        "an origin that is or was some log's is nobody's again"
    ) { bench in
        _ = try await bench.addPlatform("other")
        _ = try await bench.rotate()
        for origin in ["log.example/other", "log.example/market"] {
            do {
                _ = try await bench.rotate(to: origin)
                bench.note("a second log of \(origin)")
            } catch is PlatformDirectory.Failure {
            }
        }
        bench.expect(
            try await bench.store.logs(of: bench.platform.number).count, is: 2, "logs")
        let taken = PlatformRecord(
            number: PlatformNumber(rawValue: 0), name: "third", origin: "log.example/market",
            eventsURL: nil, sealedSecrets: [1], createdAt: bench.time.now())
        bench.expect(try await bench.store.addPlatform(taken) == nil, "a third log of an origin")
    }

    private static let repeatedRotation = Case(
        "a rotation that is repeated says what was done, and one that is too late changes nothing"
    ) { bench in
        let first = try await bench.rotate()
        let again = try await bench.rotate()
        bench.expect(again.isNew, is: false, "the repetition is new")
        bench.expect(again.open, is: first.open, "the open log")
        bench.expect(again.ended, is: first.ended, "the log that ended")
        let named = try await bench.rotate(to: first.open.origin)
        bench.expect(named.isNew, is: false, "the repetition by its origin is new")
        let late = LogRotation(
            ending: first.ended.name, origin: "log.example/late", vkey: first.open.vkey,
            sealedSecrets: [1], at: bench.time.now())
        bench.expect(try await bench.store.rotateLog(late) == nil, "an ended log ended again")
        bench.expect(
            try await bench.store.logs(of: bench.platform.number).count, is: 2, "logs")
    }

    private static let reopenedAfter = Case(
        "a store that is opened again has all logs, and goes on in the open one"
    ) { bench in
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let result = try await bench.rotate()
        let head = try await bench.store.logHead(of: bench.platform.number)
        guard try bench.reopen() else { return }
        let again = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(again?.log, is: result.open, "the open log")
        bench.expect(again?.checkpoint, is: head?.checkpoint, "checkpoint")
        let next = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))
        bench.expect(next.leafIndex, is: 3, "the running index of the next leaf")
        try await bench.expectProof(of: next.leafIndex, at: 1, by: result.open)
    }

    private static let stampedAfterItsEnd = Case(
        "a log that has ended is stamped in the one after it, and is not taken for that one"
    ) { bench in
        let platform = bench.platform.number
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let (ended, open) = try await bench.rotate().logs
        let last = try bench.require(
            try await bench.store.checkpoint(of: platform, atLeast: 2), "the last checkpoint")
        var old = try await stamp(bench, of: platform)
        old.size = 2
        old.checkpoint = last.note
        var new = try await stamp(bench, of: platform)
        new.firstIndex = open.firstIndex
        try await record(bench, old, new)
        old.anchorIndex = 3
        new.anchorIndex = 4
        let store = bench.store
        let covering = try await store.timeStamp(of: ended, coveringEntry: 1)
        bench.expect(covering, is: old, "the upper bound of the last entry")
        bench.expect(
            try await store.timeStamp(of: open, anchoredBefore: 4) == nil,
            "a stamp over another log is a lower bound")
        bench.expect(
            try await store.timeStamp(of: open, anchoredBefore: 5), is: new,
            "the lower bound in the open log")
        bench.expect(
            try await store.latestTimeStamp(of: platform, by: "tsa-1")?.end ?? 0, is: 3,
            "how far it was stamped")
        let anchors = try await store.entries(of: platform, in: 3..<5).map {
            try EvidenceLeaf(bytes: $0.leaf)
        }
        let origins = anchors.map { leaf -> String? in
            guard case .disclosed(_, let members) = leaf.content else { return nil }
            return members["origin"]?.stringValue
        }
        bench.expect(origins, is: [ended.origin, nil], "which log the anchors are about")
        try await record(bench, old, new)
        let head = try await store.logHead(of: platform)
        bench.expect(head?.end ?? 0, is: 5, "entries after the stamps came twice")
    }

    private static let cosignedAfterItsEnd = Case(
        "the last checkpoint of a log that has ended is cosigned, and counts for it alone"
    ) { bench in
        let witness = try BenchWitness("a")
        let quorum = try witness.alone
        let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let (ended, open) = try await bench.rotate().logs
        let reader = LogReader(store: bench.store, quorum: quorum)
        try await bench.keep(witness, sizes: [3], quorum)
        let early = try bench.require(
            try await reader.proof(ofEntry: first.leafIndex, platform: ended.platform), "a proof")
        bench.expect(
            try LogProof(bytes: early).checkpoint.note.signatures.count, is: 1,
            "signatures under another log's checkpoint")
        try await bench.keep(witness, sizes: [2], quorum)
        for (index, log) in [(first.leafIndex, ended), (2, open)] {
            let bytes = try bench.require(
                try await reader.proof(ofEntry: index, platform: log.platform), "a proof")
            let proof = try LogProof(bytes: bytes)
            bench.expect(proof.checkpoint.checkpoint.origin, is: log.origin, "the log")
            bench.expect(proof.checkpoint.note.signatures.count, is: 2, "signatures")
        }
        let note = try SignedCheckpoint(
            bytes: bench.require(try await reader.checkpoint(of: ended), "the last checkpoint"))
        bench.expect(note.note.signatures.count, is: 2, "signatures of the last checkpoint")
    }
}

extension LogRotationResult {
    fileprivate var logs: (ended: LogRecord, open: LogRecord) { (ended, open) }
}

extension StoreBench {
    func rotate(
        to origin: String? = nil,
        isFurther: Bool = false
    ) async throws -> LogRotationResult {
        try await directory.rotateLog(
            of: platform.name, to: origin, isFurther: isFurther, in: store)
    }

    /// The proof of an entry verifies by the key of its log, and has its index there.
    func expectProof(of index: UInt64, at own: UInt64, by log: LogRecord) async throws {
        let bytes = try await LogReader(store: store).proof(
            ofEntry: index, platform: log.platform)
        let proof = try LogProof(bytes: try require(bytes, "the proof of \(index)"))
        let report = proof.verify(logKey: try NoteVerifierKey(vkey: log.vkey))
        expect(
            report.holds && report.isAuthenticated,
            "the proof of \(index) does not verify: \(report.findings)")
        expect(proof.index, is: own, "the index of \(index) in its log")
    }

    /// Every tile that the log's last checkpoint needs leads to its root, none is wider, and its
    /// states are consistent.
    func expectTiles(of log: LogRecord, _ reader: LogReader) async throws {
        let note = try require(try await reader.checkpoint(of: log), "a checkpoint")
        let head = try SignedCheckpoint(bytes: note).checkpoint
        expect(head.origin, is: log.origin, "the origin of the checkpoint")
        expect(head.size, is: try await reader.size(of: log), "the size of \(log.origin)")
        var range = CompactRange()
        for path in TilePath.all(inTreeOf: head.size) {
            let tile = try await reader.tile(path, of: log, size: head.size)
            expect(tile != nil, "\(path.path) of \(log.origin) is not there")
            guard case .hashes(let coordinate) = path, coordinate.level == 0 else { continue }
            for hash in TreeHash.sequence(tile ?? []) ?? [] { range.append(hash) }
            if coordinate.width < TileCoordinate.fullWidth {
                let wider = TilePath.hashes(
                    TileCoordinate(level: 0, index: coordinate.index, width: coordinate.width + 1))
                expect(
                    try await reader.tile(wider, of: log, size: head.size) == nil,
                    "a tile of \(log.origin) goes on into the next log")
            }
        }
        expect(range.root, is: head.root, "the root of \(log.origin)")
        for index in Set([0, head.size / 2, head.size - 1]) {
            try await expectProof(of: log.firstIndex + index, at: index, by: log)
        }
        for old in Set([0, 1, 255, 256, head.size / 2]) where old <= head.size && old > 0 {
            let found = try await store.checkpoint(of: log.platform, atLeast: log.firstIndex + old)
            let earlier = try SignedCheckpoint(bytes: try require(found, "a checkpoint").note)
                .checkpoint
            try await reader.consistencyProof(of: log, from: earlier.size, to: head.size)
                .verify(oldRoot: earlier.root, newRoot: head.root)
        }
    }
}

import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let log: [Case] = [
        emptyLog, allSizes, failedCommit, reopened,
        Case("past the end of the log there is nothing") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let platform = bench.platform.number
            bench.expect(
                try await bench.store.entries(of: platform, in: 1..<5).isEmpty,
                "entries"
            )
            bench.expect(
                try await bench.store.checkpoint(of: platform, atLeast: 2) == nil,
                "a checkpoint"
            )
            let reader = LogReader(store: bench.store)
            bench.expect(
                try await reader.proof(ofEntry: 1, platform: platform) == nil,
                "a proof"
            )
            let tile = TilePath.hashes(TileCoordinate(level: 0, index: 0, width: 2))
            let log = try bench.require(try await reader.logs(of: platform).first, "the log")
            bench.expect(try await reader.tile(tile, of: log, size: 2) == nil, "a tile")
        },
    ]

    private static let emptyLog = Case("a new platform has a signed checkpoint of an empty log") {
        bench in
        let head = try bench.require(
            try await bench.store.logHead(of: bench.platform.number),
            "the head"
        )
        let signed = try SignedCheckpoint(bytes: head.checkpoint)
        _ = try signed.note.verified(by: [bench.platform.logVerifierKey])
        bench.expect(signed.checkpoint.size, is: 0, "size")
        bench.expect(signed.checkpoint.root, is: CompactRange().root, "root")
    }

    private static let allSizes = Case(
        "each batch's checkpoint is kept, and all of them are consistent, across full tiles"
    ) { bench in
        var sizes: [UInt64] = [0]
        var number = 0
        for batch in [1, 2, 3, 61, 64, 124, 1, 1, 130, 128, 3] {
            let changes = try (0..<batch).map { _ -> Change in
                number += 1
                let item = ItemDraft(number).with { $0.adapter = nil }
                return .admit(
                    try bench.admission(NoticeDraft("w-\(number)", order: "o-\(number)", item))
                )
            }
            try await bench.commit(changes)
            sizes.append(UInt64(number))
        }
        let platform = bench.platform
        for (older, newer) in zip(sizes, sizes.dropFirst()) + [(3, 518), (127, 257), (256, 512)] {
            try await bench.expectConsistency(from: older, to: newer, of: platform)
        }
        for index in [0, 1, 255, 256, 300, 511, UInt64(number - 1)] {
            let bytes = try await LogReader(store: bench.store).proof(
                ofEntry: index,
                platform: platform.number
            )
            let proof = try LogProof(bytes: try bench.require(bytes, "proof of \(index)"))
            let report = proof.verify(logKey: platform.logVerifierKey)
            bench.expect(report.holds && report.isAuthenticated, "the proof of \(index)")
        }
    }

    private static let failedCommit = Case(
        "a commit that fails writes nothing, neither rows nor leaves, and the next one works"
    ) { bench in
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let before = try await bench.store.logHead(of: bench.platform.number)
        let leased = try await bench.leaseOne()
        let changes: [Change] = [
            .admit(try bench.admission(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))),
            try bench.outcome(leased, .used(at: StoreBench.start - .seconds(3_600))),
        ]
        bench.signer.isBroken = true
        do {
            _ = try await bench.store.commit(changes)
            bench.note("a commit without a signature succeeded")
        } catch StoreError.unavailable {
        }
        bench.signer.isBroken = false
        let after = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(after?.checkpoint, is: before?.checkpoint, "checkpoint")
        let notice = try await bench.store.notice(
            platform: bench.platform.number,
            webhookID: "w-2"
        )
        bench.expect(notice == nil, "the notice is there")
        let claims = try await bench.store.claims(platform: nil, after: nil, limit: 10)
        bench.expect(claims.isEmpty, "the claim is there")
        let entries = try await bench.store.entries(of: bench.platform.number, in: 0..<10)
        bench.expect(entries.count, is: 1, "entries")
        for case .refused(let reason) in try await bench.commit(changes) {
            bench.note("refused after the failure: \(reason)")
        }
    }

    private static let reopened = Case("a store that is opened again says the same and goes on") {
        bench in
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))
        _ = try await bench.lease()
        let head = try await bench.store.logHead(of: bench.platform.number)
        guard try bench.reopen() else { return }
        let again = try await bench.store.logHead(of: bench.platform.number)
        bench.expect(again?.checkpoint, is: head?.checkpoint, "checkpoint")
        bench.expect(again?.range.serialized, is: head?.range.serialized, "range")
        try await bench.auditLogs()
        let notices = try await bench.store.notices(
            platform: nil,
            since: nil,
            after: nil,
            limit: 10
        )
        bench.expect(notices.map(\.record.webhookID), is: ["w-1", "w-2"], "notices")
        let delivery = try await bench.store.delivery(answer.delivery)
        bench.expect(delivery?.orderID, is: "o-1", "order")
        bench.expect(try await bench.lease().count, is: 2, "checks whose worker is gone")
        let third = try await bench.admit(NoticeDraft("w-3", order: "o-3", ItemDraft(1)))
        bench.expect(third.leafIndex, is: 2, "leaf after opening again")
        bench.expect(
            try await bench.states(third),
            is: ["duplicate_delivery"],
            "the same code again"
        )
    }
}

extension StoreBench {
    func expectConsistency(from older: UInt64, to newer: UInt64, of platform: Platform) async throws
    {
        guard let old = try await checkpoint(of: platform, atLeast: older),
            let new = try await checkpoint(of: platform, atLeast: newer)
        else { return note("no checkpoint of \(older) or \(newer)") }
        var tiles: [TileCoordinate: [TreeHash]] = [:]
        for tile in ConsistencyProof.neededTiles(from: old.size, to: new.size) {
            let first = tile.index * UInt64(TileCoordinate.fullWidth)
            tiles[tile] = try await store.nodes(
                of: platform.number,
                level: tile.level,
                in: first..<first + UInt64(tile.width)
            )
        }
        do {
            try ConsistencyProof(from: old.size, to: new.size, tiles: tiles)
                .verify(oldRoot: old.root, newRoot: new.root)
        } catch {
            note("\(old.size) and \(new.size) are not consistent: \(error)")
        }
    }

    private func checkpoint(
        of platform: Platform,
        atLeast size: UInt64
    ) async throws -> Checkpoint? {
        try await store.checkpoint(of: platform.number, atLeast: size).map {
            try SignedCheckpoint(bytes: $0.note).checkpoint
        }
    }
}

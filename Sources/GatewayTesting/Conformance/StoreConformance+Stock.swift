import CardModel
import Crypto
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let stock: [Case] = [
        Case("a registered batch is one leaf, and every line leads to its root") { bench in
            let batch = try await bench.register(600)
            bench.expect(batch.standing.state, is: .held, "the state of a sealed batch")
            bench.expect(batch.standing.goodCount, is: 600, "good codes")
            let leaf = try bench.require(batch.leaf, "the leaf")
            let entry = try await bench.store.entries(
                of: bench.platform.number, in: leaf.index..<leaf.index + 1
            ).first
            bench.expect(entry?.owner == .batch(batch.number), "the leaf is not the batch's")
            for line in [1, 256, 257, 512, 600] {
                try await bench.verify(line: line, of: batch)
            }
            let none = try await bench.store.stockCode(of: batch.number, line: 601)
            bench.expect(none == nil, "a line that is not there was found")
            let log = try await bench.store.publicEntries(
                of: bench.platform.number, in: 0..<1_000, newestFirst: false, limit: 100)
            bench.expect(log.isEmpty, "a sealed leaf passes for a public one")
        },
        Case("the same registration is the same batch, another one under its key is refused") {
            bench in
            let first = try await bench.begin(lines: 2, key: "k-1")
            let again = try await bench.begin(lines: 2, key: "k-1")
            bench.expect(first.id == again.id, "a second batch was made")
            let other = try bench.batch(lines: 3, key: "k-1")
            let outcome = try await bench.commit(.stock(.begin(other)))
            bench.expect(outcome.isRefused(.otherAct), "another batch took the key: \(outcome)")
        },
        Case("lines come in order, once") { bench in
            let batch = try await bench.begin(lines: 4, key: nil)
            _ = try await bench.add([1, 2], offset: 0, to: batch)
            let again = try await bench.add([1, 2], offset: 0, to: batch)
            bench.expect(again.batchIfCommitted?.count, is: 2, "lines after a repeat")
            let gap = try await bench.add([4], offset: 3, to: batch)
            bench.expect(
                gap.isRefused(.notAllowed(reason: "wrong_offset")), "a gap was taken: \(gap)")
            let others = try await bench.add([1, 9], offset: 0, to: batch)
            bench.expect(others.isRefused(.otherAct), "other lines passed for these: \(others)")
            let early = try await bench.commit(.stock(.seal(bench.sealing(batch))))
            bench.expect(
                early.isRefused(.notAllowed(reason: "lines_missing")), "sealed early: \(early)")
            _ = try await bench.add([3, 4], offset: 2, to: batch)
            let many = try await bench.add([5], offset: 4, to: batch)
            bench.expect(
                many.isRefused(.notAllowed(reason: "too_many_lines")), "too many: \(many)")
        },
        Case("a code that was sold, or is in other stock, is no good stock") { bench in
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let first = try await bench.register([1, 2])
            bench.expect(first.standing.goodCount, is: 1, "good codes beside a sold one")
            bench.expect(first.classCounts[.sold], is: 1, "sold lines")
            let second = try await bench.register([2, 3])
            bench.expect(second.classCounts[.duplicateStock], is: 1, "lines of other stock")
            try await bench.verify(line: 2, of: second)
        },
        Case("codes of a withdrawn batch count as never registered") { bench in
            let wrong = try await bench.begin(lines: 3, key: "k-1")
            _ = try await bench.add([1, 2, 3], offset: 0, to: wrong)
            _ = try await bench.commit(.stock(.seal(bench.sealing(wrong))))
            try await bench.expectBlocked(1, .notReleased)
            let done = try await bench.act(.withdraw, on: wrong)
            bench.expect(done.batchIfCommitted?.standing.state, is: .withdrawn, "the state")
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let again = try await bench.begin(lines: 3, key: "k-1")
            bench.expect(again.id != wrong.id, "the withdrawn batch kept its key")
            let late = try await bench.add([4], offset: 3, to: wrong)
            bench.expect(
                late.isRefused(.notAllowed(reason: "batch_withdrawn")), "it took lines: \(late)")
            _ = try await bench.add([1, 2, 3], offset: 0, to: again)
            let sealed = try await bench.commit(.stock(.seal(bench.sealing(again))))
            let batch = try bench.require(sealed.batchIfCommitted, "the second batch")
            bench.expect(batch.standing.goodCount, is: 2, "good codes")
            bench.expect(batch.classCounts, is: [.sold: 1], "classes")
            try await bench.expectBlocked(2, .notReleased)
            _ = try await bench.act(.release(first: nil, isWaived: false), on: batch)
            try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))
            let released = try await bench.act(.withdraw, on: batch)
            bench.expect(
                released.isRefused(.notAllowed(reason: "batch_released")),
                "what was released was withdrawn: \(released)")
        },
        Case("a duplicate of a withdrawn batch stays one, and is not handed over") { bench in
            let wrong = try await bench.register([1, 2])
            let beside = try await bench.register([2, 3])
            _ = try await bench.act(.withdraw, on: wrong)
            try await bench.expectBlocked(2, .failedAudit)
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            _ = try await bench.act(.withdraw, on: beside)
            try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(2)))
            let sealed = try await bench.commit(.stock(.seal(bench.sealing(wrong))))
            bench.expect(
                sealed.isRefused(.notAllowed(reason: "batch_withdrawn")), "sealed: \(sealed)")
        },
        Case("nothing of a batch is handed over before it is released, or once it is stopped") {
            bench in
            let batch = try await bench.register(4)
            try await bench.expectBlocked(1, .notReleased)
            _ = try await bench.act(.release(first: 2, isWaived: false), on: batch)
            try await bench.expectBlocked(3, .notReleased)
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            _ = try await bench.act(.quarantine, on: batch)
            try await bench.expectBlocked(2, .quarantined)
            let again = try await bench.store.commit([
                .admit(try bench.admission(NoticeDraft("w-1", order: "o-1", ItemDraft(1))))
            ])
            if case .repeated = again[0] {} else { bench.note("a repeat was not answered") }
        },
        Case("what was dispensed is completed though its batch was stopped since") { bench in
            let batch = try await bench.register(2)
            _ = try await bench.act(.release(first: nil, isWaived: false), on: batch)
            try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1)).with { $0.stage = .dispense })
            _ = try await bench.act(.quarantine, on: batch)
            bench.time.advance(by: .seconds(60))
            try await bench.admit(
                NoticeDraft("w-2", order: "o-1", ItemDraft(1)).with {
                    $0.deliveredAt = bench.time.now()
                })
            bench.time.advance(by: .seconds(60))
            // Handed over before the quarantine, told after it.
            try await bench.admit(
                NoticeDraft("w-3", order: "o-2", ItemDraft(2)).with {
                    $0.deliveredAt = StoreBench.start - .seconds(1)
                })
        },
        Case("a further stage waits for every code of the one before") { bench in
            let batch = try await bench.register(4)
            _ = try await bench.act(.release(first: 1, isWaived: false), on: batch)
            let early = try await bench.act(.release(first: 2, isWaived: false), on: batch)
            bench.expect(
                early.isRefused(.notAllowed(reason: "stage_not_verified")), "early: \(early)")
            try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            _ = try await bench.commit(try bench.outcome(try await bench.leaseOne(), .good))
            let next = try await bench.act(.release(first: 2, isWaived: false), on: batch)
            bench.expect(next.batchIfCommitted?.standing.verifiedCount, is: 1, "verified codes")
        },
        Case("enough bad codes recall a batch, and each order is told once") { bench in
            let batch = try await bench.register(300)
            _ = try await bench.act(.release(first: nil, isWaived: false), on: batch)
            for number in 1...250 {
                try await bench.store(
                    admitting: NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            }
            let threshold = batch.recallRule.threshold(codes: 300)
            let leased = try await bench.lease(threshold)
            for (index, check) in leased.enumerated() {
                let before = try await bench.standing(of: batch)
                bench.expect(before.state, is: .released, "the state after \(index) bad codes")
                _ = try await bench.commit(
                    try bench.outcome(check, .used(at: StoreBench.start - .seconds(86_400))))
            }
            let after = try await bench.standing(of: batch)
            bench.expect(after.state, is: .recalled, "the state at the threshold")
            try await bench.expectBlocked(299, .quarantined)
            try await bench.tellAll()
            try await bench.tellAll()
            let told = try await bench.eventsOfRecall()
            bench.expect(told.count, is: 250, "events")
            bench.expect(Set(told).count, is: 250, "orders")
            // Handed over before the recall, told after it.
            let late = NoticeDraft(
                "w-late", order: "o-late", ItemDraft(251), ItemDraft(252, line: 2)
            ).with { $0.deliveredAt = StoreBench.start - .seconds(60) }
            try await bench.admit(late)
            let last = try await bench.store.leaseEvents(
                of: [bench.platform.number], limit: 10_000, now: bench.time.now(),
                until: bench.time.now()
            ).filter { $0.data["order"]?.stringValue == "o-late" && $0.type == .batchRecall }
            bench.expect(last.count, is: 1, "events of the late order")
            bench.expect(last.first?.data["lines"] == [1, 2], "lines of the late order")
        },
    ]
}

extension CommitOutcome {
    var batchIfCommitted: StockBatchRecord? {
        if case .committed(let receipt) = self { receipt.batch } else { nil }
    }

    func isRefused(_ reason: Refusal) -> Bool {
        if case .refused(reason) = self { true } else { false }
    }
}

extension StoreBench {
    private static var secret: RecordSecret {
        get throws {
            guard let secret = RecordSecret(bytes: [UInt8](repeating: 7, count: 32)) else {
                throw Missing(description: "a secret")
            }
            return secret
        }
    }

    func batch(lines: Int, key: String?) throws -> StockBatchRecord {
        let day = try require(CalendarDate(iso8601: "2026-11-20"), "a day")
        return StockBatchRecord(
            id: BatchID(at: time.now(), random: random.bytes(10)),
            platform: platform.number,
            registrationKey: key,
            terms: BatchTerms(
                merchant: "m-1", product: "cmcc-50", name: "stock", supplier: nil,
                lineCount: lines, asOf: day),
            recallRule: .standard,
            createdAt: time.now(),
            wrappedDataKey: random.bytes(60),
            sealedSecret: random.bytes(60)
        )
    }

    func begin(lines: Int, key: String?) async throws -> StockBatchRecord {
        let outcome = try await commit(.stock(.begin(try batch(lines: lines, key: key))))
        return try require(outcome.batchIfCommitted, "a new batch")
    }

    /// Lines whose codes are those of ``ItemDraft``; the number of a code is that of its line.
    private func line(_ number: Int, at position: Int) throws -> PreparedStockLine {
        let draft = ItemDraft(number)
        let code = draft.format.normalise(
            CardCode(serial: draft.serial.map { SerialNumber($0) }, key: CardKey(draft.key)))
        let line = StockLine(line: number, code: code, classes: [])
        let fingerprints = fingerprints(issuer: "cmcc", code: code)
        return PreparedStockLine(
            line: line,
            fingerprint: fingerprints.key ?? fingerprints.code,
            sealedCode: random.bytes(80),
            hash: try line.record(at: position, secret: Self.secret).hash
        )
    }

    func add(
        _ numbers: [Int],
        offset: Int,
        to batch: StockBatchRecord
    ) async throws -> CommitOutcome {
        let lines = try numbers.enumerated().map { try line($0.element, at: offset + $0.offset) }
        return try await commit(
            .stock(
                .add(
                    StockChunk(
                        platform: platform.number, batch: batch.id, offset: offset, lines: lines,
                        secret: Self.secret))))
    }

    func sealing(_ batch: StockBatchRecord) -> StockSealing {
        StockSealing(
            platform: platform.number, batch: batch.id, at: time.now(),
            platformName: platform.name, drafting: newDrafting())
    }

    func register(_ count: Int) async throws -> StockBatchRecord {
        try await register(Array(1...count))
    }

    /// Registers lines, in chunks that are no powers of two.
    func register(_ numbers: [Int]) async throws -> StockBatchRecord {
        let batch = try await begin(lines: numbers.count, key: nil)
        var offset = 0
        while offset < numbers.count {
            let part = Array(numbers[offset..<min(offset + 123, numbers.count)])
            let added = try await add(part, offset: offset, to: batch)
            expect(added.batchIfCommitted != nil, "lines were not taken: \(added)")
            offset += part.count
        }
        let outcome = try await commit(.stock(.seal(sealing(batch))))
        return try require(outcome.batchIfCommitted, "the sealed batch")
    }

    func act(_ act: BatchAct, on batch: StockBatchRecord) async throws -> CommitOutcome {
        try await commit(
            .stock(
                .move(
                    StockMove(
                        platform: platform.number, batch: batch.id, act: act, at: time.now()))))
    }

    func standing(of batch: StockBatchRecord) async throws -> BatchStanding {
        try require(try await store.batch(batch.id), "the batch").standing
    }

    /// Admits without verifying the whole log again.
    func store(admitting draft: NoticeDraft) async throws {
        let outcomes = try await store.commit([.admit(try admission(draft))])
        if case .committed = outcomes[0] { return }
        note("\(draft.webhookID) was not taken: \(outcomes[0])")
    }

    func expectBlocked(_ number: Int, _ reason: HandOverBlock.Reason) async throws {
        for stage in [DeliveryStage.dispense, .receipt] {
            let draft = NoticeDraft("w-blocked", order: "o-blocked", ItemDraft(number)).with {
                $0.stage = stage
            }
            let outcome = try await commit(.admit(try admission(draft)))
            guard case .refused(.stockBlocked(let blocks)) = outcome else {
                note("code \(number) was handed over: \(outcome)")
                continue
            }
            expect(blocks.map(\.reason), is: [reason], "why code \(number) is blocked")
        }
        let kept = try await store.notice(platform: platform.number, webhookID: "w-blocked")
        expect(kept == nil, "a refused notice left something")
    }

    func verify(line: Int, of batch: StockBatchRecord) async throws {
        let batch = try require(try await store.batch(batch.id), "the batch")
        let code = try require(
            try await store.stockCode(of: batch.number, line: line), "line \(line)")
        var tiles: [TileCoordinate: [TreeHash]] = [:]
        let index = UInt64(code.position)
        let size = batch.range.size
        for tile in InclusionProof.neededTiles(index: index, size: size) {
            let start = tile.index * UInt64(TileCoordinate.fullWidth)
            tiles[tile] = try await store.stockNodes(
                of: batch.number, level: tile.level, in: start..<start + UInt64(tile.width))
        }
        let proof = try InclusionProof(index: index, size: size, tiles: tiles)
        try proof.verify(leaf: code.hash, root: batch.range.root)
    }

    func tellAll() async throws {
        for batch in try await store.recallsUnderWay() {
            let round = RecallRound(batch: batch.id, at: time.now(), drafting: newDrafting())
            _ = try await commit(.stock(.tellHolders(round)))
        }
    }

    /// The orders of all recall events that wait to be sent.
    func eventsOfRecall() async throws -> [String] {
        let now = time.now()
        return try await store.leaseEvents(
            of: [platform.number], limit: 10_000, now: now, until: now
        ).filter { $0.type == .batchRecall }.compactMap { $0.data["order"]?.stringValue }
    }
}

import CardModel
import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    /// What is asked to be forgotten.
    static let erasures: [Case] = [
        Case("an erased delivery is gone, its neighbours and all proofs stay") { bench in
            let first = try await bench.admit(
                NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2)))
            let other = try await bench.admit(NoticeDraft("w-2", order: "o-2", ItemDraft(3)))
            let check = try await bench.items(first)[0].check
            let before = try await bench.proofs()
            let erasure = try await bench.erased(first.delivery)
            bench.expect(erasure.count, is: 1, "destroyed records")
            try await bench.expectGone(first, check: check)
            bench.expect(
                try await bench.items(other).count, is: 1, "items of the delivery beside it")
            let after = try await bench.proofs()
            bench.expect(Array(after.prefix(before.count)), is: before, "proofs")
            bench.expect(after.count, is: before.count + 1, "leaves")
            let leaf = try await bench.store.entries(
                of: bench.platform.number, in: erasure.leafIndex..<erasure.leafIndex + 1
            ).first
            let read = try EvidenceLeaf(bytes: bench.require(leaf, "the erasure's leaf").leaf)
            guard case .disclosed(.erasure, let members) = read.content else {
                return bench.note("the leaf tells of something else")
            }
            bench.expect(members.members.map(\.name), is: ["count", "request_sha256"], "members")
        },
        Case("an erased code is nobody's, and its order may come again") { bench in
            let first = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            _ = try await bench.erased(first.delivery)
            let again = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            bench.expect(again.delivery != first.delivery, "the order has its old delivery")
            bench.expect(try await bench.states(again), is: ["-"], "the code's state")
        },
        Case("an erased code is in no line of stock, were it withdrawn or a duplicate") { bench in
            let wrong = try await bench.register([1, 2])
            let beside = try await bench.register([1, 2])
            _ = try await bench.act(.withdraw, on: wrong)
            _ = try await bench.act(.withdraw, on: beside)
            let sold = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            _ = try await bench.erased(sold.delivery)
            for batch in [wrong, beside] {
                for line in [1, 2] {
                    let found = try await bench.store.stockCode(of: batch.number, line: line)
                    let code = try bench.require(found, "line \(line)")
                    bench.expect(code.fingerprint == nil, is: line == 1, "no fingerprint")
                    bench.expect(code.sealedCode.isEmpty, is: line == 1, "no code")
                    try await bench.verify(line: line, of: batch)
                }
            }
        },
        Case("a second request finds it erased and writes nothing") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let first = try await bench.erased(answer.delivery)
            let size = try await bench.proofs().count
            let second = try await bench.erased(answer.delivery)
            bench.expect(second.leafIndex, is: first.leafIndex, "the leaf of the erasure")
            bench.expect(try await bench.proofs().count, is: size, "leaves")
        },
        Case("while its time runs a delivery is restricted, unless a reason is stated") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let rule = RetentionRule(period: .seconds(1_000))
            guard
                case .restricted(let since, let hold) = try await bench.erase(
                    answer.delivery, rule: rule)
            else { return bench.note("it was erased in its retention") }
            bench.expect(hold.reasons, is: [.retention], "reasons")
            bench.expect(
                hold.endsAt ?? since, is: StoreBench.start + .seconds(1_000), "the hold's end")
            bench.expect(try await bench.lease().count, is: 0, "questions about what is only kept")
            let waiting = try await bench.store.restrictedDeliveries(after: nil, limit: 10)
            bench.expect(waiting.map(\.id), is: [answer.delivery], "what waits")
            bench.expect(try await bench.items(answer).count, is: 1, "items that are kept")
            guard
                case .erased(let erasure) = try await bench.erase(
                    answer.delivery, rule: rule, overrideReason: "a court said so")
            else { return bench.note("a stated reason did not pass over the hold") }
            bench.expect(erasure.overrideReason ?? "-", is: "a court said so", "reason")
            bench.expect(
                try await bench.store.restrictedDeliveries(after: nil, limit: 10).count, is: 0,
                "what waits")
        },
        Case("a claim that is open holds its delivery") { bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let used = Verdict.used(at: StoreBench.start - .seconds(86_400))
            _ = try await bench.commit(bench.outcome(try await bench.leaseOne(), used))
            guard case .restricted(_, let hold) = try await bench.erase(answer.delivery) else {
                return bench.note("it was erased while a claim was open")
            }
            bench.expect(hold.reasons, is: [.openClaim], "reasons")
            let claim = try await bench.store.claims(platform: nil, after: nil, limit: 1).first
            let id = try bench.require(claim, "the claim").id
            _ = try await bench.erased(answer.delivery, overrideReason: "a court said so")
            bench.expect(try await bench.store.claim(id) == nil, "the claim is still there")
            bench.expect(
                try await bench.store.erasure(naming: .claim(id)) != nil, "nobody knows the claim")
        },
        Case("a lease on an erased check is lost, and another platform's delivery unknown") {
            bench in
            let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
            let leased = try await bench.leaseOne()
            let other = try await bench.addPlatform("other")
            let foreign = try await bench.commit(
                .erase(bench.order(answer.delivery, platform: other.number)))
            guard case .refused(.unknown) = foreign else {
                return bench.note("another platform's delivery was erased")
            }
            _ = try await bench.erased(answer.delivery)
            guard case .refused(.leaseLost) = try await bench.commit(bench.outcome(leased, .good))
            else { return bench.note("an answer about an erased code was taken") }
        },
        Case("sealed secrets are replaced all together, or not at all") { bench in
            _ = try await bench.addPlatform("other")
            let before = try await bench.sealedSecrets()
            bench.expect(
                try await bench.store.rewrapSecrets { _ in nil } == nil, "nothing was replaced by")
            bench.expect(try await bench.sealedSecrets(), is: before, "secrets that stay")
            let replaced = try await bench.store.rewrapSecrets { secrets in
                SealedSecrets(
                    deployment: secrets.deployment + [1],
                    platforms: secrets.platforms.map { platform in
                        var platform = platform
                        platform.sealedSecrets.append(2)
                        return platform
                    }
                )
            }
            bench.expect(replaced?.platforms.count ?? 0, is: 2, "platforms")
            let after = try await bench.sealedSecrets()
            bench.expect(after.first ?? [], is: before[0] + [1], "the deployment's")
            bench.expect(
                Array(after.dropFirst()), is: before.dropFirst().map { $0 + [2] }, "the platforms'")
        },
    ]
}

extension StoreBench {
    /// The deployment's, then each platform's.
    fileprivate func sealedSecrets() async throws -> [[UInt8]] {
        let platforms = try await store.platforms()
        return [try await store.deploymentSecrets() ?? []] + platforms.map(\.sealedSecrets)
    }

    fileprivate func order(
        _ delivery: DeliveryID,
        platform: PlatformNumber? = nil,
        rule: RetentionRule = RetentionRule(period: .zero),
        overrideReason: String? = nil
    ) -> ErasureOrder {
        ErasureOrder(
            platform: platform ?? self.platform.number,
            delivery: delivery,
            at: time.now(),
            requestSHA256: [UInt8](repeating: 7, count: 32),
            rule: rule,
            overrideReason: overrideReason,
            quarantined: []
        )
    }

    func erase(
        _ delivery: DeliveryID,
        rule: RetentionRule = RetentionRule(period: .zero),
        overrideReason: String? = nil
    ) async throws -> ErasureResult {
        let outcome = try await commit(
            .erase(order(delivery, rule: rule, overrideReason: overrideReason)))
        guard case .committed(let receipt) = outcome else {
            throw Missing(description: "the receipt of an erasure")
        }
        return try require(receipt.erasure, "what became of the erasure")
    }

    fileprivate func erased(
        _ delivery: DeliveryID,
        overrideReason: String? = nil
    ) async throws -> ErasureRecord {
        let result = try await erase(delivery, overrideReason: overrideReason)
        guard case .erased(let erasure) = result else {
            throw Missing(description: "the erasure of \(delivery)")
        }
        return erasure
    }

    /// The `.tlog-proof` of every leaf.
    fileprivate func proofs() async throws -> [[UInt8]] {
        let reader = LogReader(store: store)
        var proofs: [[UInt8]] = []
        while let proof = try await reader.proof(
            ofEntry: UInt64(proofs.count), platform: platform.number)
        {
            proofs.append(proof)
        }
        return proofs
    }

    fileprivate func expectGone(_ answer: StoredAnswer, check: CheckID) async throws {
        let id = answer.delivery
        expect(try await store.delivery(id) == nil, "the delivery is still there")
        expect(try await store.items(of: id).isEmpty, "items are still there")
        expect(try await store.check(check) == nil, "a check is still there")
        expect(
            try await store.erasure(naming: .check(check))?.delivery == id,
            "nobody knows the check")
        let notices = try await store.notices(
            platform: nil, since: nil, after: nil, limit: 10
        ).filter { $0.record.delivery == id }
        expect(notices.count, is: 1, "places of its notices")
        for notice in notices {
            expect(notice.record.webhookID == nil, "a webhook id is still there")
            expect(notice.record.bodyCode.isEmpty, "the body's hash is still there")
            expect(notice.record.answerItems, is: Array("[]".utf8), "the answer")
            expect(
                try await store.wrappedDataKey(of: notice.number) == nil,
                "a data key is still there")
        }
        let entries = try await store.entries(of: platform.number, in: 0..<100)
        for entry in entries where notices.contains(where: { $0.number == entry.notice }) {
            expect(entry.sealedRecord.isEmpty, "a sealed record is still there")
        }
    }
}

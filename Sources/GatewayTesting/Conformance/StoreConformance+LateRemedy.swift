import CardModel
import Gateway
import WireFormat

/// What was given although it had been cancelled.
extension StoreConformance {
    static let lateRemedy = Case(
        "word that a cancelled remedy was carried out is refused, kept, and told once"
    ) { bench in
        try await bench.deposit(.yuan(80), key: "k-1")
        let record = try await bench.openClaim(price: .yuan(50), policy: .withCaps)
        let refund = try bench.require(
            Redress(.refundOriginal, amount: .yuan(50)), "the redress")
        try await bench.act(.remedyOffered(refund), on: record, as: .merchant)
        try await bench.act(.remedyAnswered(isAccepted: true), on: record, as: .buyer)
        bench.time.advance(by: .seconds(86_400))
        guard case .committed = try await bench.commit(bench.ring(.execution, record)) else {
            return bench.note("the execution's clock did not ring")
        }
        // The merchant pays when the deposit has; first somebody says so whose word it is not.
        let late = RemedyReceipt(attempt: 1, result: .done(refund))
        func receipt(_ receipt: RemedyReceipt, by role: ClaimActor) -> Change {
            bench.advance(.event(.remedyReceipt(receipt)), on: record, by: role)
        }
        for (word, role) in [
            (late, .merchant), (RemedyReceipt(attempt: 1, result: .failed), .platform),
        ] as [(RemedyReceipt, ClaimActor)] {
            guard
                case .refused(.notAllowed(reason: "other_remedy")) = try await bench.commit(
                    receipt(word, by: role))
            else { return bench.note("\(role.rawValue): not refused, or not that alone") }
        }
        try await bench.expectToldLate(0, of: record)
        let before = try await bench.store.claim(record.id)?.claim
        guard case .committed(let kept) = try await bench.commit(receipt(late, by: .platform))
        else { return bench.note("what was given twice was forgotten") }
        bench.expect(kept.refusal, is: .notAllowed(reason: "other_remedy"), "the answer")
        bench.expect(try await bench.store.claim(record.id)?.claim, is: before, "the claim")
        try await bench.expectToldLate(1, of: record)
        guard
            case .refused(.notAllowed(reason: "other_remedy")) = try await bench.commit(
                receipt(late, by: .platform))
        else { return bench.note("it was kept a second time") }
        try await bench.act(
            .remedyReceipt(RemedyReceipt(attempt: 2, result: .done(refund))), on: record,
            as: .platform)
        guard
            case .refused(.notAllowed(reason: "claim_is_closed")) = try await bench.commit(
                receipt(late, by: .platform))
        else { return bench.note("a closed claim took it") }
        try await bench.expectToldLate(1, of: record)
        try await bench.expectBalances(
            ["deposit/m-1": 3_000, "outside": -8_000, "paid": 5_000], held: 0)
    }
}

extension StoreBench {
    fileprivate func expectToldLate(_ count: Int, of record: ClaimRecord) async throws {
        let history = try await store.claimHistory(record.id)
        let steps = history.filter { $0.event == "remedy.done_late" }
        expect(steps.count, is: count, "steps that tell of it")
        let notices = try await due(.claimActionRequired).filter {
            $0.data["notice"]?.stringValue == "remedy_done_late"
        }
        expect(notices.count, is: count, "notices")
        expect(
            notices.allSatisfy { $0.data["to"]?.stringValue == "platform" }, "another was told")
        let remedies = try await store.remedies(of: record.id)
        expect(
            remedies.filter { $0.doneLateAt != nil }.map(\.execution.attempt),
            is: count == 0 ? [] : [1], "attempts that were done late")
    }
}

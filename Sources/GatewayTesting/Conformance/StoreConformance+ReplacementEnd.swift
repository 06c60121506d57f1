import CardModel
import Gateway
import WireFormat

/// What an outage does to the code that replaces one (M3-14).
extension StoreConformance {
    static let replacement = Case(
        "a replacement has the rest of a window that went on being prolonged after its claim"
    ) { bench in
        let day = Duration.seconds(86_400)
        let answer = try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let outage = try await bench.declare(.issuer("cmcc"))
        bench.time.advance(by: day)
        try await bench.answerOne(.used(at: StoreBench.start - .seconds(3_600)))
        let claim = try await bench.onlyClaim(of: answer)
        bench.expect(claim.warrantyEndsAt, is: StoreBench.start + day * 8, "the end at opening")
        let reissue = try bench.require(Redress(.reissue), "the redress")
        try await bench.act(.remedyOffered(reissue), on: claim, as: .merchant)
        try await bench.act(.remedyAnswered(isAccepted: true), on: claim, as: .buyer)
        bench.time.advance(by: day * 3)
        try await bench.end(outage)
        let remedy = try bench.require(
            try await bench.store.remedies(of: claim.id).first, "the remedy")
        let code = ItemDraft(2).with { $0.remedy = remedy.id }
        try await bench.admit(
            NoticeDraft("w-2", order: "o-1", code).with { $0.stage = .dispense })
        let end = StoreBench.start + day * 11
        let ends = try await bench.items(answer).compactMap(\.replacesEndingAt)
        bench.expect(ends, is: [end], "the end that the replacement has")
        let now = try bench.require(try await bench.store.claim(claim.id), "the claim")
        bench.expect(now.warrantyEndsAt, is: end, "the end of the claim")
        bench.expect(now.opening.warrantyEndsAt, is: claim.warrantyEndsAt, "the opening's end")
        let step = try await bench.store.claimHistory(claim.id).last {
            $0.event == "remedy.receipt"
        }
        let told = step.map { $0.detail["event"] ?? $0.detail }
        bench.expect(
            told?["warranty_ends_at"]?.stringValue, is: end.rfc3339, "the end that the step tells")
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("VoidClause")
struct VoidClauseTests {
    private func policy(_ clause: String?, disclosure: String? = nil) -> WarrantyPolicy {
        var policy = WarrantyPolicy.sevenDays
        policy.noRefundClause = clause
        policy.disclosure.textZhCN = disclosure
        return policy
    }

    @Test("a no-refund clause is void, and the law that says so is cited (M1-35, M1-36)")
    func noRefund() throws {
        let clause = try #require(policy("一经售出不退换").voidClauses.first)
        #expect(clause.pointer == "/no_refund_clause" && clause.clause == .blanketNoRefund)
        #expect(clause.excerpt == "一经售出不退换")
        let value = clause.jsonValue(by: .standard)
        #expect(value["rule"] == "unfair_clause_void")
        #expect(value["law"]?["id"] == "cn.consumer.26")
        for language in Language.allCases {
            let title = try #require(LawLibrary.standard["cn.consumer.26"]).title[language]
            #expect(clause.text(in: language, by: .standard).contains(title))
            #expect(clause.text(in: language, by: .standard).contains("一经售出不退换"))
        }
    }

    @Test("a clause of the text that buyers were shown is void too (M1-35)")
    func disclosed() {
        let clauses = policy(nil, disclosure: "质保七天。本店拥有最终解释权。").voidClauses
        #expect(clauses.map(\.clause) == [.finalInterpretation])
        #expect(clauses.map(\.pointer) == ["/disclosure/text_zh"])
    }

    @Test("fair terms have no void clause")
    func fair() {
        #expect(policy(nil).voidClauses.isEmpty)
        let text = "自交付起七天内，卡密无效可换新或全额退款。"
        #expect(policy(nil, disclosure: text).voidClauses.isEmpty)
    }

    @Test("a law that an operator left out is cited by its id")
    func withoutLaw() throws {
        let clause = try #require(policy("一经售出不退换").voidClauses.first)
        let none = LawLibrary(id: "none", version: 1, citations: [])
        #expect(clause.text(in: .en, by: none).contains("cn.consumer.26"))
        #expect(clause.jsonValue(by: none)["law"]?["title"] == .null)
    }

    @Test("void clauses change no decision (M1-35)", arguments: DecisionRow.all)
    func noEffect(row: DecisionRow) {
        let verdict = Verdict(state: row.state, timing: row.timing, certainty: row.certainty)
        let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
        let warrantyCase = WarrantyCase(
            id: "c", product: "p", verdict: verdict, decidedAt: delivered + .seconds(60),
            custody: Custody(deliveredAt: delivered), window: WindowFacts(deliveredAt: delivered))
        let plain = warrantyCase.judged(under: policy(nil))
        let void = warrantyCase.judged(under: policy("一经售出不退换", disclosure: "概不退款"))
        #expect(plain.claim == void.claim && plain.liability == void.liability)
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: demands, losses and the plan")
struct EscalationDemandTests {
    private let start = EscalationExample.start

    @Test("the presets: replace in 24 hours, reissue in 48, refund and ten percent (M1-21, M4-34)")
    func presets() throws {
        let replace = try #require(Demand.replaceWithin24Hours(quantity: 2, from: start))
        #expect(replace.finalDeadline == start + .seconds(86_400))
        #expect(replace.reliefs.map { $0.text(in: .zhCN) } == ["补发等值有效卡密 2 张，期限 24 小时"])
        let reissue = try #require(Demand.reissueWithin48Hours(quantity: 1, from: start))
        #expect(reissue.finalDeadline == start + .seconds(172_800))
        let refund = try #require(
            Demand.refundWithTenPercent(of: Money(yuan: 50), until: start)
        )
        #expect(
            refund.reliefs.map { $0.text(in: .zhCN) } == ["原路退款 50.00元", "赔偿损失 5.00元"]
        )
        #expect(refund.reliefs.map { $0.text(in: .en) }.first?.contains("50.00 CNY") == true)
    }

    @Test("ten percent is rounded down, and of less than ten fen there is none")
    func rounding() throws {
        let odd = try #require(Money(minorUnits: 1_999, currency: "CNY"))
        let demand = try #require(Demand.refundWithTenPercent(of: odd, until: start))
        #expect(demand.reliefs.last?.text(in: .en) == "1.99 CNY for the loss")
        let tiny = try #require(Money(minorUnits: 9, currency: "CNY"))
        #expect(Demand.refundWithTenPercent(of: tiny, until: start)?.reliefs.count == 1)
    }

    @Test("a demand has a relief, a quantity and a positive amount (M3-56)")
    func meaning() throws {
        let nothing = try #require(Money(minorUnits: 0, currency: "CNY"))
        let most = try #require(Money(minorUnits: .max, currency: "CNY"))
        #expect(Demand([], until: start) == nil)
        #expect(Demand.replaceWithin24Hours(quantity: 0, from: start) == nil)
        #expect(Demand([.refundOriginal(nothing)], until: start) == nil)
        #expect(Demand([.refundPlusThree(price: most)], until: start) == nil)
        #expect(Demand([.compensateDelay(Money(yuan: 1))], until: start) != nil)
    }

    @Test("a loss adds up in one currency, or there is none (M4-26)")
    func loss() throws {
        let dollar = try #require(Money(minorUnits: 1, currency: "USD"))
        let most = try #require(Money(minorUnits: .max, currency: "CNY"))
        let debt = try #require(Money(minorUnits: -1, currency: "CNY"))
        let sum = LossComputation([
            .init(.price, Money(yuan: 50)), .init(.delay, Money(yuan: 2)),
            .init(.secondCharge, Money(yuan: 50)),
        ])
        #expect(sum?.total == Money(yuan: 102))
        #expect(LossComputation([]) == nil)
        #expect(LossComputation([.init(.price, debt)]) == nil)
        #expect(LossComputation([.init(.price, Money(yuan: 1)), .init(.delay, dollar)]) == nil)
        #expect(LossComputation([.init(.price, most), .init(.delay, Money(yuan: 1))]) == nil)
    }

    @Test("the plan has three steps, and a box is ticked by a record alone (M2-14, M2-16)")
    func plan() throws {
        let facts = try EscalationExample.full()
        let advice = TierTable.standard.advice(
            for: EscalationFacts(
                problem: .codeUnusable,
                amount: Money(yuan: 6_000),
                exhausted: [.platform],
                paymentMethod: .wechat,
                isPaymentReferenceKnown: true
            )
        )
        let plan = ActionPlan(facts: facts, advice: advice)
        #expect(plan.steps.map(\.title.zhCN) == ["证据留存", "多渠道施压", "升级维权"])
        #expect(plan.steps[1].items.map(\.isDone) == [true, true, false, false])
        let text = plan.markdown(in: .en)
        #expect(text.contains("## 1. Keep the evidence\n\n- [x] order record\n"))
        #expect(text.contains("- [ ] the 12315 platform\n- [x] Heimao (黑猫投诉)\n"))
        #expect(text.contains("- [ ] the police (110)\n"))
    }
}

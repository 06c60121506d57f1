import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Nothing that spends a code, or shows it to a third party, happens without its owner's word.
@Suite("Consent")
struct ConsentTests {
    /// An issuer's stand-in who sees the code when he is asked.
    private static func tester() -> ScriptedAdapter {
        ScriptedAdapter(
            id: "tester",
            disclosesTo: LocalisedText(zhCN: "第三方", en: "a third party")
        ) { (_, _) throws(AdapterError) in InquiryResult(state: .okUnused) }
    }

    @Test("a code that can only be spent waits, and that counts against nobody")
    func onlyRedeems() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.deliver(
                GatewayWorld.body(product: "topup-50"), id: "w-1")
            let item = try await world.item(delivered, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "consent_missing")
            #expect(item["no_claim_because"]?.stringValue == "consent_missing")
            try await world.advance(by: .days(60))
            try await world.idle()
            #expect(redeemer.redeemed.isEmpty && redeemer.inquiries.isEmpty)
            #expect(try await world.claims().isEmpty)
            let id = try #require(delivered["delivery"]?.stringValue.flatMap { DeliveryID($0) })
            let record = try #require(try await world.store.items(of: id).first)
            #expect(record.undecidedSince == nil, "a missing consent tolls the window")
            let check = try #require(try await world.store.check(record.check))
            #expect(check.state == .done && check.attempts == 0)
        }
    }

    @Test("a third party is shown the code only after the owner agreed, and then at once")
    func disclosed() async throws {
        let tester = Self.tester()
        let world = try await GatewayWorld { $0.further = [tester.factory] }
        try await world.running { world in
            let delivered = try await world.deliver(
                GatewayWorld.body(product: "shown-50"), id: "w-1")
            _ = try await world.item(delivered, becomes: "indeterminate")
            guard case .tested = await world.selfTest(delivered) else {
                Issue.record("no self-test")
                return
            }
            #expect(tester.inquiries.isEmpty)
            #expect(try await world.consent(delivered, .inquire).isRecorded)
            _ = try await world.item(delivered, becomes: "ok_unused")
            #expect(tester.inquiries.count >= 1)
        }
    }

    @Test("only the owner agrees: the seller's side before the hand-over, the buyer after it")
    func owners() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        let held = try await world.deliver(
            GatewayWorld.body(stage: "dispense", deliveredAt: nil, product: "topup-50"),
            id: "w-1"
        )
        #expect(try await world.consent(held, by: .buyer).refusal == "not_the_owner")
        #expect(try await world.consent(held, by: .merchant).isRecorded)
        let given = try await world.deliver(
            GatewayWorld.body(order: "o-2", number: 2, product: "topup-50"), id: "w-2")
        for giver in [ConsentGiver.merchant, .platform] {
            #expect(try await world.consent(given, by: giver).refusal == "not_the_owner")
        }
        #expect(try await world.consent(given, by: .buyer).isRecorded)
    }

    @Test("the hand-over ends what the seller agreed to: a planned order is not sent")
    func lapses() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        let held = try await world.deliver(
            GatewayWorld.body(stage: "dispense", deliveredAt: nil, product: "topup-50"),
            id: "w-1"
        )
        #expect(try await world.consent(held, by: .merchant).isRecorded)
        _ = try await world.deliver(GatewayWorld.body(product: "topup-50"), id: "w-2")
        try await world.running { world in
            try await world.order(becomes: .notTaken)
            #expect(redeemer.redeemed.isEmpty)
            #expect(try await world.consent(held, by: .buyer).isRecorded)
        }
    }

    @Test("of many who want a code spent at once, one gets an order")
    func race() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        redeemer.redeeming { _ throws(AdapterError) in .spent }
        let world = try await GatewayWorld.redeeming(redeemer)
        let delivered = try await world.deliver(
            GatewayWorld.body(product: "topup-50"), id: "w-1")
        let answers = try await withThrowingTaskGroup(of: ConsentAnswer.self) { group in
            for _ in 0..<12 { group.addTask { try await world.consent(delivered) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0.isRecorded } == 1)
        #expect(answers.count { $0.refusal == "already_ordered" } == 11)
        try await world.running { world in
            try await world.order(becomes: .settled)
            #expect(redeemer.redeemed.count == 1)
            #expect(try await world.consent(delivered).refusal == "already_ordered")
        }
    }

    @Test("a code that another order received cannot be spent by the later one")
    func duplicate() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        _ = try await world.deliver(GatewayWorld.body(product: "topup-50"), id: "w-1")
        let later = try await world.deliver(
            GatewayWorld.body(order: "o-2", product: "topup-50"), id: "w-2")
        #expect(try await world.consent(later).refusal == "held_by_another")
    }

    @Test("the same statement under one key is recorded once, another under it is refused")
    func idempotency() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        let delivered = try await world.deliver(
            GatewayWorld.body(product: "topup-50"), id: "w-1")
        guard case .recorded(let first) = try await world.consent(delivered, key: "k-1"),
            case .repeated(let second) = try await world.consent(delivered, key: "k-1")
        else {
            Issue.record("the same consent was recorded twice, or never")
            return
        }
        #expect(first["consent"] == second["consent"])
        #expect(first["redemption"]?["redemption"] == second["redemption"]?["redemption"])
        let other = try await world.consent(delivered, beneficiary: "13900000000", key: "k-1")
        guard case .otherAct = other else {
            Issue.record("\(other)")
            return
        }
        #expect(try await world.orders().count == 1)
    }

    @Test("an operation that needs nobody's word, or that the issuer has not, cannot be agreed to")
    func notOffered() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        let plain = try await world.deliver(GatewayWorld.body(), id: "w-1")
        #expect(try await world.consent(plain, .redeem).refusal == "operation_not_offered")
        #expect(try await world.consent(plain, .inquire).refusal == "operation_not_offered")
        let topUp = try await world.deliver(
            GatewayWorld.body(order: "o-2", number: 2, product: "topup-50"), id: "w-2")
        #expect(try await world.consent(topUp, .inquire).refusal == "operation_not_offered")
    }

    @Test("a code takes a bounded number of consents")
    func bounded() async throws {
        let tester = Self.tester()
        let world = try await GatewayWorld { $0.further = [tester.factory] }
        let delivered = try await world.deliver(
            GatewayWorld.body(product: "shown-50"), id: "w-1")
        for _ in 0..<ConsentRecord.mostOfAnItem {
            #expect(try await world.consent(delivered, .inquire).isRecorded)
        }
        #expect(
            try await world.consent(delivered, .inquire).refusal == "too_many_consents")
    }

    @Test("the beneficiary and the key are opened to nobody who reads evidence back")
    func sealed() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        let delivered = try await world.deliver(
            GatewayWorld.body(product: "topup-50"), id: "w-1")
        _ = try await world.consent(delivered)
        let opened = try #require(
            try await world.gateway.openedEvidence(at: 1, platform: world.platform))
        #expect(opened["fields"]?["typ"]?.stringValue == "consent")
        #expect(opened["fields"]?["operation"]?.stringValue == "redeem")
        let text = String(decoding: opened.serialized(), as: UTF8.self)
        #expect(!text.contains("13800000000") && !text.contains(GatewayWorld.key(1)))
    }
}

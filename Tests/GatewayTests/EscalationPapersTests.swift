import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// What the papers of one claim are made of, and where a refused one goes.
@Suite("Papers and advice of a claim")
struct EscalationPapersTests {
    private let claim = ClaimID(at: GatewayWorld.start, random: Array(repeating: 1, count: 10))
    private let other = ClaimID(at: GatewayWorld.start, random: Array(repeating: 2, count: 10))

    private func slots(_ fields: JSONValue) throws -> [PacketSlot] {
        CaseDossier.slots(of: try #require(fields.objectValue), claim: claim, line: 1)
    }

    @Test("answers about other items and the merchant's acts in other claims are no evidence here")
    func evidence() throws {
        for type in ["inquiry", "duplicate", "redemption"] {
            #expect(try slots(["typ": .string(type), "line": 1]) == [.issuerAnswer])
            #expect(try slots(["typ": .string(type), "line": 2]).isEmpty)
            #expect(try slots(["typ": .string(type)]).isEmpty)
        }
        func step(_ claim: ClaimID, _ actor: ClaimActor, _ event: String) -> JSONValue {
            [
                "typ": "claim", "event_id": .string(claim.text), "line": 1,
                "step": ["actor": .string(actor.rawValue), "event": .string(event)],
            ]
        }
        #expect(try slots(step(claim, .merchant, "message_posted")) == [.merchantReply])
        #expect(try slots(step(other, .merchant, "message_posted")).isEmpty)
        #expect(try slots(step(claim, .buyer, "message_posted")).isEmpty)
        #expect(try slots(step(claim, .merchant, "message_read")).isEmpty)
        #expect(try slots(["typ": "delivery"]) == [.order, .delivery])
    }

    private static let events = [
        "verdict.recorded", "problem.reported", "liability.found", "timer.rung",
        "collective.formed", "remedy.receipt", "remedy_receipt", "remedy.done_late",
        "remedy.verified", "risk.raised",
        "risk.noted", "abuse_flagged", "message_posted", "message_read", "demand_stated",
        "evidence_requested", "evidence_added", "withdrawn", "remedy_offered", "remedy_answered",
        "disputed", "appeal_filed", "reopened", "escalated", "external_update", "review_started",
        "review_extended", "third_party_named", "progress_reported", "liability_proposed",
        "ruled", "payout_approved", "appeal_decided", "risk_raised", "risk_cleared",
        "fraud_confirmed", "penalty.due", "penalty.confirmed", "penalty.dismissed",
        "filing.prepared",
    ]

    private func line(_ event: String, _ detail: JSONValue = .null) -> LocalisedText {
        ClaimHistoryEntry(
            at: GatewayWorld.start, from: .review, to: .escalateTier2, event: event,
            actor: .platform, detail: detail
        ).line
    }

    @Test("every step has words of its own in both languages, and no name of the interface")
    func words() throws {
        let unknown = line("of.another.version")
        for event in Self.events {
            let line = line(event)
            #expect(line != unknown, "\(event)")
            for text in [line.zhCN, line.en] {
                #expect(!text.contains("_") && !text.contains("escalate.t2"), "\(text)")
            }
            #expect(line.zhCN.hasSuffix("（可向消费者投诉渠道提交）"))
        }
        let heimao = try OutsideFiling(preparedFor: .heimao, at: GatewayWorld.start)
            .after(.filed(by: .buyer, reference: nil), at: GatewayWorld.start)
        let filed = line("filing.filed", heimao.jsonValue)
        #expect(filed.zhCN.hasPrefix("站外投诉，黑猫投诉：已提交"))
        #expect(filed.en.hasPrefix("filing at Heimao (黑猫投诉): filed"))
        for timer in ClaimTimer.allCases {
            let rung = line("timer.rung", ["event": ["timer": .string(timer.rawValue)]])
            #expect(rung.zhCN.hasPrefix("期限届满：") && !rung.en.contains("_"))
        }
        let used = line("verdict.recorded", ["state": "used"])
        #expect(used.zhCN.contains("这张卡密已被使用。"))
    }

    /// A gateway whose issuer calls every code used before its delivery.
    private static func world() async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
        }
    }

    private static func opened(in world: GatewayWorld) async throws -> ClaimRecord {
        let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
        let item = try await world.item(answer, becomes: "used")
        let id = try #require(item["claim"]?.stringValue.flatMap { ClaimID($0) })
        return try #require(try await world.store.claim(id))
    }

    private static func act(
        _ move: ClaimMove,
        _ role: ClaimActor,
        on id: ClaimID,
        in world: GatewayWorld
    ) async -> ClaimAnswer {
        await world.gateway.advance(
            id, platform: world.platform,
            PartyAct(
                move: move, name: "act",
                principal: ClaimPrincipal(role, account: role.rawValue), body: [],
                idempotencyKey: nil))
    }

    private static func does(
        _ event: ClaimEvent,
        _ role: ClaimActor,
        on id: ClaimID,
        in world: GatewayWorld
    ) async -> Bool {
        let answer = await act(.event(event), role, on: id, in: world)
        return if case .moved = answer { true } else { false }
    }

    private static func refusal(_ answer: ClaimAnswer) -> String? {
        if case .notAllowed(let reason) = answer { reason } else { nil }
    }

    /// A person of the platform's finds that nobody answers to the buyer.
    private static func refuse(_ id: ClaimID, in world: GatewayWorld) async throws {
        let evidence = try #require(EvidenceReference("log 3"))
        for event in [ClaimEvent.reviewStarted, .ruled(.notLiable(evidence))] {
            #expect(await does(event, .platform, on: id, in: world))
        }
    }

    @Test("a statement nobody confirmed makes no bad code, and a finding does (M1-30)")
    func badCodes() async throws {
        let world = try await Self.world()
        try await world.running { world in
            var record = try await Self.opened(in: world)
            #expect(BadCode(record)?.claimID == record.id.text)
            for certainty in [Certainty.claimed, .conflict] {
                record.verdict.certainty = certainty
                #expect(BadCode(record) == nil)
            }
            record.confirmedAt = GatewayWorld.start
            #expect(BadCode(record)?.at == record.claim.filedAt)
        }
    }

    @Test("what the platform refused for good goes to the consumer bodies, and can be filed there")
    func refused() async throws {
        let world = try await Self.world()
        try await world.running { world in
            let id = try await Self.opened(in: world).id
            try await Self.refuse(id, in: world)
            #expect(try await Self.row(id, in: world) == "tier.platform_first")
            let agents = ClaimMove.filing(.hotline12315, .prepared)
            let early = await Self.act(agents, .platform, on: id, in: world)
            #expect(Self.refusal(early) == "tier_not_reached")
            #expect(await Self.does(.appealFiled, .buyer, on: id, in: world))
            #expect(await Self.does(.appealDecided(.upheld), .arbiter, on: id, in: world))
            #expect(try await Self.row(id, in: world) == "tier.platform_exhausted")
            // The advice leads there, so an agent prepares for the buyer, who files himself.
            guard case .moved = await Self.act(agents, .platform, on: id, in: world) else {
                Issue.record("an agent's papers for the consumer bodies were not kept")
                return
            }
            let agentFiles = ClaimMove.filing(
                .hotline12315, .filed(by: .platformAgent, reference: nil))
            let filedByAgent = await Self.act(agentFiles, .platform, on: id, in: world)
            #expect(Self.refusal(filedByAgent) == "wrong_actor")
            let payment = ClaimMove.filing(.paymentAlipay, .prepared)
            let higher = await Self.act(payment, .platform, on: id, in: world)
            #expect(Self.refusal(higher) == "tier_not_reached")
            let filed = ClaimMove.filing(.heimao, .filed(by: .buyer, reference: nil))
            guard case .moved = await Self.act(filed, .buyer, on: id, in: world) else {
                Issue.record("a filing about a claim that is closed was not kept")
                return
            }
            let again = ClaimMove.filing(.heimao, .prepared)
            guard case .notAllowed("wrong_state") = await Self.act(again, .buyer, on: id, in: world)
            else {
                Issue.record("a filing went back")
                return
            }
            #expect(try await world.store.claim(id)?.claim.state == .closedFinal)
            #expect(try await world.store.claimHistory(id).last?.event == "filing.filed")
        }
    }

    @Test("a refusal that can be appealed no more has the same way (M3-46)")
    func appealOver() async throws {
        let world = try await Self.world()
        try await world.running { world in
            let id = try await Self.opened(in: world).id
            try await Self.refuse(id, in: world)
            let time = WarrantyPolicy.sevenDays.serviceLevels.appealWithin
            #expect(time == .days(7))
            let claim = try #require(try await world.store.claim(id)).claim
            let end = GatewayWorld.start + .days(7)
            #expect(!claim.isAppealOver(at: end - .seconds(1), within: time, .weekdays))
            #expect(claim.isAppealOver(at: end, within: time, .weekdays))
        }
    }

    /// The row that decides where the claim goes.
    private static func row(_ id: ClaimID, in world: GatewayWorld) async throws -> String? {
        try await world.gateway.escalation(of: id, platform: world.platform, language: .zhCN)?[
            "rows"]?.arrayValue?.first?.stringValue
    }
}

import CardModel
import Crypto
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Declared outages, from the word of a person to what a buyer reads.
@Suite("Declared outages")
struct IncidentTests {
    private func draft(
        _ reach: IncidentRecord.Reach,
        _ kind: IncidentRecord.Kind = .issuerOutage,
        startedAt: Instant? = nil
    ) -> IncidentDraft {
        IncidentDraft(kind: kind, reach: reach, startedAt: startedAt, reason: "maintenance")
    }

    private func act(key: String? = nil, body: String = "{}") -> IncidentAct {
        IncidentAct(
            principal: ClaimPrincipal(.platform, account: "agent-1"), body: Array(body.utf8),
            idempotencyKey: key)
    }

    private func done(_ answer: IncidentAnswer) throws -> (value: JSONValue, isRepeat: Bool) {
        guard case .done(let value, let isRepeat) = answer else {
            Issue.record("not recorded: \(answer)")
            throw GatewayWorld.NotAccepted()
        }
        return (value, isRepeat)
    }

    private func id(_ value: JSONValue) throws -> IncidentID {
        try #require(value["incident"]?.stringValue.flatMap { IncidentID($0) })
    }

    private func tested(_ world: GatewayWorld, _ answer: JSONValue) async throws -> JSONValue {
        guard case .tested(let value) = await world.selfTest(answer) else {
            Issue.record("no self-test")
            throw GatewayWorld.NotAccepted()
        }
        return try #require(value.value(atPointer: "/items/0"))
    }

    @Test("a buyer reads until when his warranty runs, by how much it is longer, and why (M3-13)")
    func selfTest() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            let before = try await tested(world, answer)
            #expect(before.value(atPointer: "/warranty/prolonged")?.isNull == true)
            try await world.advance(by: .days(1))
            let opened = try done(
                await world.gateway.declareIncident(
                    draft(.issuer("cmcc")), act(), platform: world.platform))
            try await world.advance(by: .days(2))
            let open = try await tested(world, answer)
            let end = (GatewayWorld.start + .days(9)).rfc3339
            #expect(open.value(atPointer: "/warranty/ends_at")?.stringValue == end)
            _ = try done(
                await world.gateway.endIncident(
                    try id(opened.value), at: nil, act(), platform: world.platform))
            try await world.advance(by: .days(1))
            let over = try await tested(world, answer)
            #expect(over.value(atPointer: "/warranty/ends_at")?.stringValue == end)
            let prolonged = try #require(over.value(atPointer: "/warranty/prolonged"))
            #expect(prolonged["seconds"]?.integerValue == 172_800)
            #expect(prolonged["because"] == ["issuer_outage"])
            #expect(prolonged["text"]?["zh-CN"]?.stringValue?.contains("发行方故障") == true)
            let told = try #require(prolonged.value(atPointer: "/incidents/0"))
            #expect(told["incident"] == opened.value["incident"])
            #expect(told["reason"]?.stringValue == "maintenance")
            #expect(
                told["ended_at"]?.stringValue == (GatewayWorld.start + .days(3)).rfc3339)
        }
    }

    @Test("a claim in the prolonged window names the end it was filed before (M3-14, M3-15)")
    func claim() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await world.advance(by: .days(8))
            // Declared when the window was over, of a time when it was not.
            let opened = try done(
                await world.gateway.declareIncident(
                    draft(
                        .platform, .platformOutage, startedAt: GatewayWorld.start + .days(6)),
                    act(), platform: world.platform))
            world.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
            _ = try await tested(world, answer)
            let claims = try await world.claims()
            #expect(claims.map(\.warrantyEndsAt) == [GatewayWorld.start + .days(9)])
            // What was decided stands, whatever becomes of the incident.
            _ = try done(
                await world.gateway.endIncident(
                    try id(opened.value), at: GatewayWorld.start + .days(6), act(),
                    platform: world.platform))
            #expect(try await world.claims().map(\.claim.state) == [.open])
        }
    }

    @Test("a code is an issuer's as its product is configured; what is misspelt is not known")
    func names() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let delivery = try #require(
                answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
            let item = try #require(try await world.store.items(of: delivery).first)
            #expect(item.terms.issuer == "cmcc")
        }
        #expect(world.gateway.isKnown(.issuer("cmcc")) && world.gateway.isKnown(.platform))
        #expect(world.gateway.isKnown(.product("cmcc-50")))
        #expect(!world.gateway.isKnown(.issuer("cmmc")))
        #expect(!world.gateway.isKnown(.product("cmcc")))
    }

    @Test("agents, arbiters and the platform's system declare outages, and nobody else (M3-14)")
    func declarers() async throws {
        let world = try await GatewayWorld()
        func party(_ role: ClaimActor) -> Party {
            let account = PartyAccount(
                platform: world.platform.number, name: "somebody", role: role,
                merchant: role == .merchant ? "m-1" : nil,
                token: PartyToken(random: world.random.bytes(PartyToken.byteCount)),
                createdAt: GatewayWorld.start)
            return Party(platform: world.platform, scope: .account(account))
        }
        let allowed = PartyAccount.roles.filter { party($0).declaresIncidents }
        #expect(allowed == [.platform, .arbiter])
        #expect(Party(platform: world.platform, scope: .system).declaresIncidents)
        let order = DeliveryID(at: GatewayWorld.start, random: world.random.bytes(10))
        #expect(!Party(platform: world.platform, scope: .buyer(order)).declaresIncidents)
    }

    @Test("the same words under the same key are one declaration, other words are refused")
    func repeats() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let gateway = world.gateway
            let first = try done(
                await gateway.declareIncident(
                    draft(.platform), act(key: "k"), platform: world.platform))
            #expect(!first.isRepeat)
            try await world.advance(by: .seconds(60))
            let second = try done(
                await gateway.declareIncident(
                    draft(.platform), act(key: "k"), platform: world.platform))
            #expect(second.isRepeat && second.value == first.value)
            let other = await gateway.declareIncident(
                draft(.issuer("cmcc")), act(key: "k", body: "{ }"), platform: world.platform)
            guard case .otherAct = other else {
                Issue.record("not refused: \(other)")
                return
            }
            let page = try await gateway.incidents(
                platform: world.platform, state: .open, cursor: nil, limit: 10)
            #expect(page.items == [first.value] && page.next == nil)
        }
    }
}

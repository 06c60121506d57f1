import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Force majeure excuses nobody without a declared outage (M3-14).
@Suite("Proof of force majeure")
struct ForceMajeureTests {
    private static let placed = GatewayWorld.start - .seconds(600)

    /// A code whose order was placed ten minutes before it was handed over, and what it becomes.
    private func delivered(
        becoming state: String,
        in world: GatewayWorld
    ) async throws -> JSONValue {
        let body = GatewayWorld.body {
            $0["order"] = ["id": "o-1", "placed_at": .string(Self.placed.rfc3339)]
        }
        let answer = try await world.deliver(body, id: "w-1")
        _ = try await world.item(answer, becomes: state)
        return answer
    }

    /// A claim about a good code that its buyer could not get out.
    private func claim(in world: GatewayWorld) async throws -> ClaimRecord {
        let answer = try await delivered(becoming: "ok_unused", in: world)
        try await report(.extractionFailed, of: answer, in: world)
        return try #require(try await world.claims().first)
    }

    /// A claim about a code that was used before it was handed over.
    private func claimOfUsedCode(in world: GatewayWorld) async throws -> ClaimRecord {
        world.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
        _ = try await delivered(becoming: "used", in: world)
        return try #require(try await world.claims().first)
    }

    private func report(
        _ state: VerdictState,
        of answer: JSONValue,
        in world: GatewayWorld
    ) async throws {
        let delivery = try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        let answer = await world.gateway.report(
            ProblemStatement(line: 1, problem: try #require(ReportedProblem(state))),
            about: delivery, platform: world.platform,
            by: ClaimPrincipal(.buyer, account: "order"), body: [], idempotencyKey: nil)
        switch answer {
        case .opened, .known: break
        default: throw GatewayWorld.NotAccepted()
        }
    }

    private func incident(
        _ reach: IncidentRecord.Reach,
        startedAt: Instant,
        endedAt: Instant? = nil,
        in world: GatewayWorld
    ) async throws -> String {
        let act = IncidentAct(
            principal: ClaimPrincipal(.platform, account: "li"), body: [], idempotencyKey: nil)
        let draft = IncidentDraft(
            kind: .issuerOutage, reach: reach, startedAt: startedAt, reason: "storm")
        guard
            case .done(let value, _) = await world.gateway.declareIncident(
                draft, act, platform: world.platform),
            let text = value["incident"]?.stringValue, let id = IncidentID(text)
        else { throw GatewayWorld.NotAccepted() }
        if let endedAt {
            let answer = await world.gateway.endIncident(
                id, at: endedAt, act, platform: world.platform)
            guard case .done = answer else { throw GatewayWorld.NotAccepted() }
        }
        return text
    }

    /// Why an agent's act was refused; nil where it was taken.
    private func refusal(
        _ event: ClaimEvent,
        _ role: ClaimActor = .platform,
        on claim: ClaimRecord,
        in world: GatewayWorld
    ) async -> String? {
        let answer = await world.gateway.advance(
            claim.id, platform: world.platform,
            PartyAct(
                move: .event(event), name: "act",
                principal: ClaimPrincipal(role, account: role.rawValue), body: [],
                idempotencyKey: nil))
        return switch answer {
        case .moved: nil
        case .notAllowed(let reason): reason
        case .unknown, .otherAct, .unavailable: "\(answer)"
        }
    }

    private func forceMajeure(_ text: String) throws -> ClaimRuling {
        .excluded(
            Exclusion(.forceMajeure, evidence: try #require(EvidenceReference(text))))
    }

    @Test("words, another issuer's outage and one outside the order's time prove nothing")
    func unproven() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let claim = try await claim(in: world)
            let filed = claim.claim.filedAt
            try await world.advance(by: .seconds(60))
            let others = [
                "https://issuer.example/notices/17",
                IncidentID(at: filed, random: world.random.bytes(10)).text,
                try await incident(.product("topup-50"), startedAt: Self.placed, in: world),
                try await incident(
                    .issuer("cmcc"), startedAt: Self.placed - .seconds(60),
                    endedAt: Self.placed, in: world),
                try await incident(
                    .platform, startedAt: filed + .milliseconds(1), in: world),
                // Taken back: it ended when it began.
                try await incident(
                    .product("cmcc-50"), startedAt: filed, endedAt: filed, in: world),
            ]
            let before = try await world.store.claimHistory(claim.id).count
            for text in others {
                let ruling = try forceMajeure(text)
                #expect(
                    await refusal(.ruled(ruling), on: claim, in: world) == "needs_incident",
                    "\(text)")
            }
            #expect(try await world.store.claimHistory(claim.id).count == before)
            // Whether the act fits the claim at all is told first.
            let appeal = ClaimEvent.appealDecided(.changed(try forceMajeure("a storm")))
            #expect(await refusal(appeal, .arbiter, on: claim, in: world) == "wrong_state")
        }
    }

    @Test("a declared outage that touches the code proves it, in a finding as in a ruling")
    func proven() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let claim = try await claim(in: world)
            try await world.advance(by: .seconds(60))
            let outage = try await incident(
                .issuer("cmcc"), startedAt: Self.placed - .seconds(60),
                endedAt: Self.placed + .milliseconds(1), in: world)
            let ruling = try forceMajeure(outage)
            #expect(await refusal(.reviewStarted, on: claim, in: world) == nil)
            let finding = ClaimEvent.liabilityProposed(try forceMajeure("a storm"))
            #expect(await refusal(finding, on: claim, in: world) == "needs_incident")
            #expect(await refusal(.liabilityProposed(ruling), on: claim, in: world) == nil)
            #expect(await refusal(.ruled(ruling), on: claim, in: world) == nil)
            let closed = try await world.store.claim(claim.id)?.claim
            #expect(closed?.state == .closedNotCovered && closed?.refusal == .forceMajeure)
        }
    }

    @Test("an outage explains no code that somebody used, and shuts out no claim about one")
    func unexplained() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let claim = try await claimOfUsedCode(in: world)
            try await world.advance(by: .seconds(60))
            let outage = try await incident(.issuer("cmcc"), startedAt: Self.placed, in: world)
            let ruling = ClaimEvent.ruled(try forceMajeure(outage))
            #expect(await refusal(ruling, on: claim, in: world) == "needs_incident")
        }
    }

    @Test("an outage shuts out nothing where the policy of the order does not name force majeure")
    func unnamed() async throws {
        let world = try await GatewayWorld {
            $0.policy.coverage.exclusions.remove(.forceMajeure)
        }
        try await world.running { world in
            let claim = try await claim(in: world)
            try await world.advance(by: .seconds(60))
            let outage = try await incident(.issuer("cmcc"), startedAt: Self.placed, in: world)
            let ruling = ClaimEvent.ruled(try forceMajeure(outage))
            #expect(await refusal(ruling, on: claim, in: world) == "needs_incident")
        }
    }

    @Test("of the other exclusions a person answers for the proof")
    func others() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let claim = try await claimOfUsedCode(in: world)
            let evidence = try #require(EvidenceReference("log 3"))
            let leak = ClaimRuling.excluded(Exclusion(.userLeak, evidence: evidence))
            #expect(await refusal(.reviewStarted, on: claim, in: world) == nil)
            #expect(await refusal(.ruled(leak), on: claim, in: world) == nil)
        }
    }
}

import AdapterKit
import EvidenceLog
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("Checkpoints are cosigned")
struct CosigningTests {
    private func cosigned(_ world: GatewayWorld, atLeast size: UInt64) async throws -> LogProof? {
        let quorum = try #require(world.gateway.cosigning.roster.quorum)
        let found = try await world.store.cosignedCheckpoint(
            of: world.platform.number,
            atLeast: size,
            by: quorum
        )
        guard found != nil else { return nil }
        let bytes = try await world.gateway.log.proof(
            ofEntry: size - 1,
            platform: world.platform.number
        )
        return try bytes.map { try LogProof(bytes: $0) }
    }

    @Test(
        "a proof carries the quorum's cosignatures once they are there, and verifies by the policy")
    func quorum() async throws {
        let witnessed = try await WitnessedWorld(3)
        try await witnessed.world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let policy = try world.gateway.policy(
                of: await world.gateway.log.logs(of: world.platform.number))
            #expect(policy.witnesses.count == 3)
            #expect(policy.groups.first?.threshold == 2)
            let receipt = try #require(answer.value(atPointer: "/evidence/proof")?.stringValue)
            let early = try LogProof(bytes: Array(receipt.utf8))
            #expect(early.verify(logKey: nil, policy: policy).holds == false)
            try await witnessed.eventually("it is cosigned") {
                try await cosigned(world, atLeast: 1) != nil
            }
            let proof = try #require(try await cosigned(world, atLeast: 1))
            let report = proof.verify(logKey: nil, policy: policy)
            #expect(report.holds, "\(report.findings)")
            #expect(report.witnesses.count { $0.cosignedAt != nil } >= 2)
        }
    }

    @Test("witnesses of a growing log cosign the same checkpoints")
    func sameTargets() async throws {
        let witnessed = try await WitnessedWorld(2, threshold: 2)
        try await witnessed.world.running { world in
            for number in 1...20 {
                _ = try await world.deliver(
                    GatewayWorld.body(order: "o-\(number)", number: number),
                    id: "w-\(number)"
                )
                world.time.advance(by: .seconds(2))
            }
            try await witnessed.eventually("both have cosigned the last") {
                let size = try await world.gateway.log.entryCount(of: world.platform.number) ?? 0
                return try await cosigned(world, atLeast: size) != nil
            }
        }
    }

    @Test("the newest checkpoint is served, with its cosignatures when they are there")
    func newest() async throws {
        let witnessed = try await WitnessedWorld(1)
        try await witnessed.world.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await witnessed.eventually("it is cosigned") {
                let note = try #require(
                    try await world.gateway.log.checkpoint(of: world.platform.number))
                return try SignedCheckpoint(bytes: note).note.signatures.count == 2
            }
            witnessed.witnesses[0].feel(.away)
            _ = try await world.deliver(GatewayWorld.body(order: "o-2", number: 2), id: "w-2")
            let note = try #require(
                try await world.gateway.log.checkpoint(of: world.platform.number))
            let newest = try SignedCheckpoint(bytes: note)
            let size = try await world.gateway.log.entryCount(of: world.platform.number)
            #expect(newest.checkpoint.size == size)
        }
    }

    @Test("a witness that is away delays nothing, and is asked again by itself")
    func away() async throws {
        let witnessed = try await WitnessedWorld(1)
        witnessed.witnesses[0].feel(.away)
        try await witnessed.world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await witnessed.eventually("it was asked in vain") {
                try await witnessed.state(of: 0) == "failing"
            }
            let asked = world.transport.requests.count
            for _ in 0..<30 {
                world.time.advance(by: .seconds(1))
                try await Task.sleep(for: .milliseconds(2))
            }
            #expect(world.transport.requests.count - asked <= 4, "it is not left alone")
            witnessed.witnesses[0].feel(.honest)
            try await witnessed.eventually("it cosigns") {
                try await witnessed.state(of: 0) == "cosigned"
            }
        }
    }

    @Test("a witness that hangs holds up neither the other one nor the end")
    func hanging() async throws {
        let witnessed = try await WitnessedWorld(2, threshold: 1)
        witnessed.witnesses[0].feel(.hanging)
        let clock = ContinuousClock()
        let begun = try await witnessed.world.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await witnessed.eventually("the other one cosigns") {
                try await cosigned(world, atLeast: 1) != nil
            }
            return clock.now
        }
        #expect(clock.now - begun < .seconds(20))
    }

    @Test("a witness that knows more than we remember tells us so, and cosigns at once")
    func conflict() async throws {
        let witnessed = try await WitnessedWorld(1)
        let world = witnessed.world
        _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
        let note = try #require(try await world.store.logHead(of: world.platform.number))
        let request = try AddCheckpointRequest(
            oldSize: 0,
            proof: [],
            checkpoint: SignedCheckpoint(bytes: note.checkpoint)
        )
        // Somebody else shows it the published checkpoint first.
        let early = try await witnessed.witnesses[0].respond(
            OutboundRequest(
                method: "POST",
                url: SecretURL("https://w0.example/add-checkpoint"),
                body: request.serialized,
                timeout: .seconds(1),
                responseBytesLimit: 1
            )
        )
        #expect(early.status == 200)
        _ = try await world.deliver(GatewayWorld.body(order: "o-2", number: 2), id: "w-2")
        try await world.running { _ in
            try await witnessed.eventually("it cosigns") {
                try await witnessed.state(of: 0) == "cosigned"
            }
        }
        let olds = witnessed.witnesses[0].requests.map(\.oldSize)
        #expect(olds.starts(with: [0, 0, note.range.size]))
    }

    @Test("a fork is an alarm, and nothing of it is kept")
    func fork() async throws {
        let witnessed = try await WitnessedWorld(1)
        let world = witnessed.world
        let forged = [TreeHash.leaf(of: [1])]
        #expect(try await witnessed.witnesses[0].cosignForged(forged, world) == 200)
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await witnessed.eventually("the alarm") {
                try await witnessed.state(of: 0) == "forked"
            }
            _ = try await world.item(answer, becomes: "ok_unused")
        }
        #expect(try await world.store.witnessPositions().isEmpty)
    }

    @Test("a log that was rolled back is an alarm")
    func rollback() async throws {
        let witnessed = try await WitnessedWorld(1)
        let world = witnessed.world
        let forged = (0..<50).map { TreeHash.leaf(of: [UInt8($0)]) }
        #expect(try await witnessed.witnesses[0].cosignForged(forged, world) == 200)
        try await world.running { _ in
            try await witnessed.eventually("the alarm") {
                try await witnessed.state(of: 0) == "rolled_back"
            }
            witnessed.witnesses[0].feel(.away)
            world.time.advance(by: .days(1))
            try await Task.sleep(for: .milliseconds(50))
            #expect(try await witnessed.state(of: 0) == "rolled_back", "going away ended the alarm")
        }
        #expect(try await world.store.witnessPositions().isEmpty)
    }

    @Test(
        "what is no cosignature is not kept",
        arguments: [
            OutboundResponse(status: 200, body: Array("ok\n".utf8)), OutboundResponse(status: 200),
            OutboundResponse(status: 409, body: Array("0\n".utf8)),
            OutboundResponse(
                status: 409,
                headers: [(name: "content-type", value: "text/x.tlog.size")],
                body: Array("0\n".utf8)
            ),
            OutboundResponse(status: 404), OutboundResponse(status: 500),
            OutboundResponse(status: 302),
        ]
    )
    func nonsense(_ response: OutboundResponse) async throws {
        let witnessed = try await WitnessedWorld(1)
        witnessed.witnesses[0].feel(.answering(response))
        try await witnessed.world.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await witnessed.eventually("it was asked") {
                ["failing", "refused"].contains(try await witnessed.state(of: 0))
            }
            witnessed.witnesses[0].feel(.honest)
            try await witnessed.eventually("it is asked again and cosigns") {
                try await witnessed.state(of: 0) == "cosigned"
            }
        }
    }

    @Test("after a restart each witness is shown the tree again, though it has not grown")
    func restart() async throws {
        let witnessed = try await WitnessedWorld(1)
        let world = witnessed.world
        try await world.running { _ in
            try await witnessed.eventually("it cosigns the empty log") {
                try await witnessed.state(of: 0) == "cosigned"
            }
        }
        let roster = world.gateway.cosigning.roster
        let again = try await GatewayWorld {
            $0.after = world
            $0.transport = world.transport
            $0.witnesses = roster
        }
        let before = witnessed.witnesses[0].requests.count
        try await again.running { again in
            try await eventually("it is shown again") {
                witnessed.witnesses[0].requests.count > before
            }
            _ = again
        }
    }

    @Test("a roster refuses what cannot be verified or reached")
    func rosters() throws {
        let member = try WitnessFixture("w0").member
        let other = try WitnessFixture("w1").member
        let log = try NoteSigner(name: "w2", seed: [UInt8](repeating: 1, count: 32)).verifierKey
        let wrong: [([WitnessRoster.Member], Int?)] = [
            ([member, member], nil), ([member], 2), ([member], 0),
            ([.init(name: "w2", key: log, url: "https://w2")], nil),
            ([.init(name: "none", key: member.key, url: "https://w2")], nil),
            ([.init(name: LogPolicy.witnessGroup, key: member.key, url: "https://w2")], nil),
            ([.init(name: "two words", key: member.key, url: "https://w2")], nil),
            ([member, .init(name: "w0", key: other.key, url: "https://w2")], nil),
        ]
        for (members, threshold) in wrong {
            #expect(throws: EvidenceError.self, "\(members)") {
                try WitnessRoster(members: members, threshold: threshold)
            }
        }
        #expect(try WitnessRoster(members: [], threshold: nil).quorum == nil)
        let both = try WitnessRoster(members: [member, other], threshold: nil)
        #expect(both.quorum?.threshold == 2)
    }
}

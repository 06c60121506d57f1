import CardModel
import Crypto
import EvidenceLog
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("A platform's log ends, and the next begins under another key")
struct LogRotationTests {
    private static func rotate(_ world: GatewayWorld) async throws -> JSONValue {
        try #require(
            try await world.gateway.rotateLog(of: "market", to: nil, isFurther: true))
    }

    private static func logs(_ world: GatewayWorld) async throws -> [LogRecord] {
        try await world.store.logs(of: world.platform.number)
    }

    private static func id(_ answer: JSONValue) throws -> DeliveryID {
        try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
    }

    private static func bundle(
        _ answer: JSONValue,
        log: Int? = nil,
        _ world: GatewayWorld
    ) async throws -> EvidenceBundle? {
        let request = BundleRequest(delivery: try id(answer), audience: .platform, log: log)
        return try await world.gateway.bundle(request, platform: world.platform).map {
            try EvidenceBundle(bytes: $0)
        }
    }

    private static func report(
        on bundle: EvidenceBundle?,
        by log: LogRecord
    ) async throws -> VerificationReport {
        try await #require(bundle).verify(logKey: NoteVerifierKey(vkey: log.vkey))
    }

    @Test("bundles of a log that has ended verify by its key, however many logs came after it")
    func bundles() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            var answers: [JSONValue] = []
            for number in 1...3 {
                let body = GatewayWorld.body(order: "o-\(number)", number: number)
                answers.append(try await world.deliver(body, id: "w-\(number)"))
                _ = try await world.item(answers[number - 1], becomes: "ok_unused")
                if number < 3 { _ = try await Self.rotate(world) }
            }
            let logs = try await Self.logs(world)
            #expect(logs.map(\.origin) == ["", "/2", "/3"].map { "log.example/market\($0)" })
            for (answer, log) in zip(answers, logs) {
                let bundle = try await Self.bundle(answer, world)
                let report = try await Self.report(on: bundle, by: log)
                #expect(report.holds && report.isAuthenticated, "\(report.findings)")
                #expect(report.checkpoint?.origin == log.origin)
                let history = try #require(bundle?[.keysHistory])
                let lines = String(decoding: history, as: UTF8.self).split(separator: "\n")
                #expect(lines.count == logs.count - log.ordinal + 1)
                for other in logs where other != log {
                    #expect(try await !Self.report(on: bundle, by: other).holds)
                }
            }
        }
    }

    @Test("a delivery in two logs has a bundle of each, which names the other")
    func twoLogs() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(
                GatewayWorld.body(stage: "dispense", deliveredAt: nil), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            _ = try await Self.rotate(world)
            let second = try await world.deliver(GatewayWorld.body(), id: "w-2")
            #expect(second["delivery"] == answer["delivery"])
            try await eventually("the receipt is checked") {
                try await world.store.entries(of: world.platform.number, in: 4..<6).count == 2
            }
            for (ordinal, log) in try await Self.logs(world).enumerated() {
                let bundle = try await Self.bundle(answer, log: ordinal + 1, world)
                let report = try await Self.report(on: bundle, by: log)
                #expect(report.holds, "\(report.findings)")
                let summary = try JSONValue.parse(
                    #require(bundle?[.statement("summary.json")]))
                let missing = summary["not_included"]?.arrayValue ?? []
                let words = missing.compactMap { $0["what"]?.stringValue }
                #expect(words.contains("other_logs"))
                #expect(summary.value(atPointer: "/platform/log")?.stringValue == log.origin)
            }
            #expect(
                try await Self.bundle(answer, world)?.serialized
                    == Self.bundle(answer, log: 1, world)?.serialized)
            #expect(try await Self.bundle(answer, log: 3, world) == nil)
        }
    }

    @Test("deliveries go on while a log ends: every receipt is proven by the log that it lies in")
    func underLoad() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in 0..<4 {
                    group.addTask {
                        for number in 1...25 {
                            let code = worker * 100 + number
                            let body = GatewayWorld.body(order: "o-\(code)", number: code)
                            let answer = try await world.deliver(body, id: "w-\(code)")
                            try await Self.expectProof(in: answer, world)
                        }
                    }
                }
                group.addTask {
                    for _ in 0..<5 {
                        _ = try await Self.rotate(world)
                        try await Task.sleep(for: .milliseconds(5))
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await Self.logs(world).count == 6)
        }
    }

    private static func expectProof(in answer: JSONValue, _ world: GatewayWorld) async throws {
        let text = try #require(answer.value(atPointer: "/evidence/proof")?.stringValue)
        let index = try #require(answer.value(atPointer: "/evidence/index")?.integerValue)
        let proof = try LogProof(bytes: Array(text.utf8))
        let log = try #require(
            try await logs(world).first { $0.origin == proof.checkpoint.checkpoint.origin })
        let report = proof.verify(logKey: try NoteVerifierKey(vkey: log.vkey))
        #expect(report.holds && report.isAuthenticated, "\(report.findings)")
        #expect(log.firstIndex + proof.index == UInt64(index))
    }

    @Test("a gateway that begins again has the new key, and no secret holds the old one")
    func secrets() async throws {
        let world = try await GatewayWorld { $0.seed = MasterKeyRotationTests.seed }
        let before = try #require(world.directory.platform(named: "market"))
        _ = try await world.directory.rotateLog(of: "market", in: world.store)
        let again = PlatformDirectory(
            masterKey: MasterKeyRotationTests.old, random: world.random, time: world.time)
        try await again.load(from: world.store)
        let after = try #require(again.platform(named: "market"))
        #expect(after.logVerifierKey == world.directory.platform(named: "market")?.logVerifierKey)
        #expect(after.logVerifierKey != before.logVerifierKey)
        let old = Base64.encode(before.secrets.logKey.rawRepresentation)
        #expect(
            !String(decoding: after.secrets.jsonValue.serialized(), as: UTF8.self).contains(old))
        #expect(after.secrets.wrappingKey.bytes == before.secrets.wrappingKey.bytes)
        #expect(after.eventPublicKey == before.eventPublicKey)
        // The master key is replaced afterwards as before.
        try await again.rotateMasterKey(to: MasterKeyRotationTests.new, in: world.store)
    }

    @Test("the command is told once more within the hour, and then rotates again")
    func repeated() async throws {
        let world = try await GatewayWorld()
        let first = try await world.directory.rotateLog(of: "market", in: world.store)
        world.time.advance(by: .seconds(3_599))
        let again = try await world.directory.rotateLog(of: "market", in: world.store)
        #expect(first.isNew && !again.isNew && again.open == first.open)
        world.time.advance(by: .seconds(1))
        let later = try await world.directory.rotateLog(of: "market", in: world.store)
        #expect(later.isNew && later.open.origin == "log.example/market/3")
        await #expect(throws: PlatformDirectory.Failure.self) {
            try await world.directory.rotateLog(of: "nobody", in: world.store)
        }
        await #expect(throws: EvidenceError.self) {
            try await world.directory.rotateLog(
                of: "market", to: "no origin+", in: world.store)
        }
    }

    @Test("the last checkpoint of an ended log is stamped, so that its last entries have a time")
    func stamped() async throws {
        let world = try await GatewayWorld { options in
            options.timeStamps = { time in
                TimeStampPlan(
                    authorities: [ScriptedAuthority("tsa-1", time: time)],
                    healthInterval: nil,
                    build: "1.2.3"
                )
            }
        }
        try await world.running { world in
            // The first round finds an empty log.
            try await world.idle()
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await world.idle()
            _ = try await Self.rotate(world)
            try await world.advance(by: .seconds(661))
            let platform = world.platform.number
            try await eventually("both logs are stamped") {
                try await world.store.timeStamps(of: platform, after: nil, limit: 9).count >= 2
            }
            let logs = try await Self.logs(world)
            for log in logs {
                let stamp = try await world.store.timeStamp(
                    of: log, coveringEntry: log.end.map { $0 - 1 } ?? log.firstIndex)
                let checkpoint = try SignedCheckpoint(bytes: try #require(stamp).checkpoint)
                #expect(checkpoint.checkpoint.origin == log.origin)
            }
            // Both logs are at rest now.
            try await world.advance(by: .seconds(661))
            try await world.idle()
            #expect(
                try await world.store.timeStamps(of: platform, after: nil, limit: 9).count == 2)
        }
    }

    @Test("a witness that is told of the new log cosigns both, and each proof carries its own")
    func cosigned() async throws {
        let witnessed = try await WitnessedWorld(1)
        try await witnessed.world.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let before = world.directory.all.map(\.logVerifierKey)
            _ = try await Self.rotate(world)
            try witnessed.witnesses[0].begin(world, logs: before)
            let second = GatewayWorld.body(order: "o-2", number: 2)
            _ = try await world.deliver(second, id: "w-2")
            let logs = try await Self.logs(world)
            try await witnessed.eventually("both are cosigned") {
                for log in logs {
                    let note = try #require(try await world.gateway.log.checkpoint(of: log))
                    let signed = try SignedCheckpoint(bytes: note)
                    guard signed.note.signatures.count == 2 else { return false }
                }
                return true
            }
            for log in logs {
                let bytes = try await world.gateway.log.proof(
                    ofEntry: log.firstIndex, platform: log.platform)
                let proof = try LogProof(bytes: try #require(bytes))
                let policy = try world.gateway.policy(of: logs)
                #expect(proof.verify(logKey: nil, policy: policy).holds)
            }
        }
    }
}

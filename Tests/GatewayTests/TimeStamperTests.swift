import EvidenceLog
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

@Suite("Logs are stamped by outside authorities")
struct TimeStamperTests {
    /// A world with authorities, and these.
    private static func world(
        authorities names: [String] = ["tsa-1"],
        offset: Duration = .zero,
        health: Duration? = nil,
        behaviour: ScriptedAuthority.Behaviour = .stamps,
        _ change: (inout GatewayWorld.Options) -> Void = { _ in }
    ) async throws -> (GatewayWorld, [ScriptedAuthority]) {
        let made = Mutex<[ScriptedAuthority]>([])
        let world = try await GatewayWorld { options in
            change(&options)
            options.timeStamps = { time in
                let authorities = names.map {
                    ScriptedAuthority($0, time: time, offset: offset, behaviour)
                }
                made.withLock { $0 = authorities }
                return TimeStampPlan(
                    authorities: authorities,
                    healthInterval: health,
                    build: "1.2.3"
                )
            }
        }
        return (world, made.withLock { $0 })
    }

    /// Past an interval, whatever its jitter.
    private static let nextRound = Duration.seconds(661)

    @Test("a log that grew is stamped once an interval, one at rest never again")
    func growth() async throws {
        let (world, authorities) = try await Self.world()
        let authority = authorities[0]
        try await world.running { world in
            try await world.idle()
            #expect(authority.askedCount == 0, "an empty log was stamped")
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await world.advance(by: Self.nextRound)
            try await eventually("it is stamped") { authority.stamped.count == 1 }
            let stamps: @Sendable () async throws -> [TimeStampRecord] = {
                try await world.store.timeStamps(
                    of: world.platform.number, after: nil, limit: 9)
            }
            try await eventually("the stamp is kept") { try await stamps().count == 1 }
            let stamp = try #require(try await stamps().first)
            #expect(authority.stamped == [stamp.checkpoint])
            #expect(stamp.size == stamp.anchorIndex && stamp.list == nil)
            for _ in 0..<5 { try await world.advance(by: Self.nextRound) }
            try await world.idle()
            #expect(authority.askedCount == 1, "a log at rest was stamped")
            _ = try await world.deliver(GatewayWorld.body(order: "o-2", number: 2), id: "w-2")
            try await world.advance(by: Self.nextRound)
            try await eventually("it is stamped again") { authority.stamped.count == 2 }
        }
    }

    @Test("a restart stamps what was left unstamped, and nothing twice")
    func restart() async throws {
        let (first, _) = try await Self.world(behaviour: .hangs)
        try await first.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
        }
        for expected in [1, 0] {
            let (world, authorities) = try await Self.world { $0.after = first }
            try await world.running { world in
                try await world.idle()
                #expect(authorities[0].askedCount == expected)
            }
        }
    }

    @Test("a claim that opens has its log stamped within a minute")
    func claim() async throws {
        let (world, authorities) = try await Self.world { options in
            options.adapter = ScriptedAdapter(
                always: .used(at: GatewayWorld.start - .days(1))
            )
        }
        try await world.running { world in
            try await world.idle()
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "used")
            try await eventually("the lane knows of the claim") {
                world.time.now() > GatewayWorld.start + .seconds(60)
                    || authorities[0].askedCount == 1
                    || {
                        world.time.advance(by: .seconds(1)); return false
                    }()
            }
            try await eventually("it is stamped") { authorities[0].askedCount == 1 }
            #expect(world.time.now() <= GatewayWorld.start + .seconds(61))
            #expect(try await world.claims().count == 1)
        }
    }

    @Test("several logs that grew share one stamp, and each proves its place in it")
    func severalLogs() async throws {
        let (world, authorities) = try await Self.world()
        let other = try await world.directory.add(
            name: "second",
            origin: "log.example/second",
            eventsURL: nil,
            webhookKeys: [.secret(GatewayWorld.secret)],
            apiToken: "second token",
            to: world.store
        )
        try await world.running { world in
            try await world.idle()
            let body = GatewayWorld.body()
            _ = try await world.deliver(body, id: "w-1")
            let bytes = GatewayWorld.body(order: "o-9", number: 9).serialized()
            _ = await world.gateway.receive(
                platform: "second",
                headers: world.headers("w-9", bytes),
                body: bytes,
                wait: nil
            )
            try await world.advance(by: Self.nextRound)
            for platform in [world.platform.number, other.number] {
                let stamps: @Sendable () async throws -> [TimeStampRecord] = {
                    try await world.store.timeStamps(
                        of: platform, after: nil, limit: 9)
                }
                try await eventually("the stamp is kept") { try await stamps().count == 1 }
                let stamp = try #require(try await stamps().first)
                let list = try #require(stamp.list)
                #expect(authorities[0].stamped == [list.text])
                try list.place.check(checkpoint: stamp.checkpoint, in: list.text)
                let index = stamp.anchorIndex
                let entry = try await world.store.entries(of: platform, in: index..<index + 1)
                let leaf = try EvidenceLeaf(bytes: #require(entry.first).leaf)
                #expect(try AnchorStatement(leaf).place == list.place)
            }
        }
    }

    @Test("an authority that is down is asked less and less, holds nobody up, and is seen")
    func down() async throws {
        let failure = StampingFailure(.unavailable, "HTTP status 503")
        let (world, authorities) = try await Self.world(authorities: ["tsa-1", "tsa-2"])
        authorities[0].follow(.fails(failure))
        try await world.running { world in
            try await world.idle()
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await world.advance(by: Self.nextRound)
            try await eventually("the other one stamps") { authorities[1].stamped.count == 1 }
            try await eventually("it was asked") { authorities[0].askedCount == 1 }
            let row: @Sendable () async throws -> JSONValue? = {
                try await world.gateway.status(isDraining: false)
                    .value(atPointer: "/time_stamps/0")
            }
            try await eventually("it is seen") { try await row()?["state"] == "failing" }
            #expect(try await row()?["failure"] == "unavailable: HTTP status 503")
            #expect(try await row()?["failing_since"]?.stringValue != nil)
            let asked = authorities[0].askedCount
            for _ in 0..<20 { try await world.advance(by: .seconds(60)) }
            try await world.idle()
            // 15 s, 1 min, 3 min, then every 10 min: not each of the 20 minutes.
            #expect(authorities[0].askedCount - asked <= 6)
            #expect(authorities[0].askedCount - asked >= 3)
            authorities[0].follow(.stamps)
            for _ in 0..<13 { try await world.advance(by: .seconds(60)) }
            try await eventually("it stamps again") { authorities[0].stamped.count == 1 }
            try await eventually("it is seen") { try await row()?["state"] == "stamping" }
            #expect(try await row()?["failure"] == .null)
        }
    }

    @Test("a shutdown breaks a question off")
    func shutdown() async throws {
        let (world, authorities) = try await Self.world(behaviour: .hangs)
        let start = ContinuousClock.now
        try await world.running { world in
            _ = try await world.deliver(GatewayWorld.body(), id: "w-1")
            world.time.advance(by: Self.nextRound)
            try await eventually("it is asked") { authorities[0].askedCount > 0 }
        }
        // The manual clock stands still: nothing waited for the drain's limit.
        #expect(start.duration(to: .now) < .seconds(50))
    }

    @Test("health leaves tell the clock's offset and how issuers answered, while a log grows")
    func health() async throws {
        let (world, _) = try await Self.world(offset: .milliseconds(250), health: .seconds(3_600))
        try await world.running { world in
            try await world.idle()
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            for _ in 0..<6 { try await world.advance(by: Self.nextRound) }
            try await eventually("health is written") {
                try await Self.health(world).count == 1
            }
            let leaf = try #require(try await Self.health(world).first)
            #expect(leaf["build"] == "1.2.3" && leaf["tsa"] == .string(ScriptedAuthority.policy))
            #expect(leaf["clock_offset_ms"] == 250 && leaf["clock_uncertainty_ms"] == 1_001)
            #expect(leaf["asked"] == [1] && leaf["failed"] == [0])
            #expect(leaf["adapters"] == ["issuer@1"])
            for _ in 0..<14 { try await world.advance(by: Self.nextRound) }
            try await world.idle()
            #expect(try await Self.health(world).count == 1, "a log at rest was told of")
        }
    }

    private static func health(_ world: GatewayWorld) async throws -> [JSONObject] {
        let entries = try await world.store.entries(of: world.platform.number, in: 0..<100)
        return try entries.compactMap { entry in
            guard
                case .disclosed(.health, let members) = try EvidenceLeaf(bytes: entry.leaf).content
            else { return nil }
            return members
        }
    }
}

import AdapterKit
import CardModel
import EvidenceLog
import GatewayTesting
import Synchronization
import Testing
import WireFormat

@testable import Gateway

/// A lane whose issuer is sick: who is asked, how often, and what the record says.
@Suite("A failing issuer")
struct FailingIssuerTests {
    private func deliver(
        _ numbers: Range<Int>, to world: GatewayWorld
    ) async throws
        -> [JSONValue]
    {
        var answers: [JSONValue] = []
        for number in numbers {
            answers.append(
                try await world.deliver(
                    GatewayWorld.body(order: "o-\(number)", number: number),
                    id: "w-\(number)"
                )
            )
        }
        return answers
    }

    private static let slow = AdapterLimits(
        concurrency: 1,
        requestsPerSecond: 1_000,
        burst: 1_000
    )

    private static func failing(_ cause: IndeterminateCause) -> ScriptedAdapter {
        ScriptedAdapter(limits: slow) { (_, _) throws(AdapterError) in
            throw AdapterError(code: .transport, message: "down", cause: cause)
        }
    }

    /// Waits until the issuer is left alone until later than `earlier`; gives until when.
    @discardableResult
    private func leftAlone(
        _ world: GatewayWorld,
        _ reason: IssuerHealth.PauseReason,
        after earlier: Instant = GatewayWorld.start
    ) async throws -> Instant {
        let gate = try #require(world.gateway.gates["issuer"])
        try await eventually("it is left alone") {
            gate.pause.map { $0.reason == reason && $0.until > earlier } ?? false
        }
        return try #require(gate.pause).until
    }

    @Test("after five failures nothing is leased, no attempt is counted, and then two are tried")
    func breaker() async throws {
        let world = try await GatewayWorld { $0.adapter = Self.failing(.timedOut) }
        try await world.running { world in
            let answers = try await deliver(0..<20, to: world)
            let until = try await leftAlone(world, .issuerFailing)
            try await world.idle()
            #expect(world.adapter.inquiries.count == 5)
            var attempts: [Int] = []
            for answer in answers {
                let id = answer.value(atPointer: "/items/0/check")?.stringValue
                let check = try #require(id.flatMap { CheckID($0) })
                attempts.append(try await world.store.check(check)?.attempts ?? -1)
            }
            #expect(attempts.reduce(0, +) == 5 && attempts.max() == 1)
            // The shortest pause with all its jitter: one probe fails, and it is left alone again.
            try await world.advance(by: .seconds(6))
            try await leftAlone(world, .issuerFailing, after: until)
            try await world.idle()
            #expect(world.adapter.inquiries.count == 6)
            world.adapter.answer(InquiryResult(state: .okUnused))
            try await world.advance(by: .seconds(18))
            // Closed, it goes on at the sustained rate: the clock has to move for every token.
            try await eventually("everything is settled") {
                if world.time.sleeperCount >= 3 { world.time.advance(by: .seconds(10)) }
                return try await world.store.openCheckCount() == 0
            }
            // Every code once more than it failed: nothing was asked in a burst of missed rounds.
            #expect(world.adapter.inquiries.count == 26)
            #expect(try await world.claims().isEmpty)
        }
    }

    @Test("a 429 with Retry-After stops every check of the lane until then")
    func retryAfter() async throws {
        let limited = InquiryResult.indeterminate(.rateLimited, retryAfter: .seconds(100))
        let world = try await GatewayWorld {
            $0.adapter = ScriptedAdapter(limits: Self.slow, always: limited)
        }
        try await world.running { world in
            _ = try await deliver(0..<5, to: world)
            try await leftAlone(world, .rateLimited)
            world.adapter.answer(InquiryResult(state: .okUnused))
            try await world.advance(by: .seconds(99))
            try await world.idle()
            #expect(world.adapter.inquiries.count == 1)
            try await world.advance(by: .seconds(1))
            try await eventually("the others are asked") { world.adapter.inquiries.count >= 5 }
        }
    }

    @Test("wrong credentials are tried three times, then left for a person, then tried once")
    func wrongCredentials() async throws {
        let world = try await GatewayWorld { $0.adapter = Self.failing(.ourAccount) }
        try await world.running { world in
            let answers = try await deliver(0..<10, to: world)
            let until = try await leftAlone(world, .accountRefused)
            try await world.idle()
            #expect(world.adapter.inquiries.count == 3)
            let item = try #require(
                try await world.standing(answers[0])["items"]?.arrayValue?.first)
            #expect(item["verdict"]?["cause"]?.stringValue == "our_account")
            try await world.advance(by: .seconds(72))
            try await leftAlone(world, .accountRefused, after: until)
            try await world.idle()
            #expect(world.adapter.inquiries.count == 4)
        }
    }

    @Test("all requests of one question share its deadline")
    func deadline() async throws {
        let time = ManualTime(GatewayWorld.start)
        let timeouts = Mutex<[Duration]>([])
        let inner = ScriptedTransport { (request, _) throws(TransportError) in
            timeouts.withLock { $0.append(request.timeout) }
            time.advance(by: .seconds(8))
            return OutboundResponse(status: 200)
        }
        let transport = DeadlineTransport(inner, budget: .seconds(20), time: time)
        let request = OutboundRequest(
            method: "GET",
            url: SecretURL("https://issuer.example/"),
            timeout: .seconds(10),
            responseBytesLimit: 1_024
        )
        for _ in 0..<3 { _ = try await transport.send(request) }
        #expect(timeouts.withLock { $0 } == [.seconds(10), .seconds(10), .seconds(4)])
        let error = await #expect(throws: TransportError.self) {
            try await transport.send(request)
        }
        #expect(error?.code == .timedOut && error?.requestWasSent == false)
        #expect(timeouts.withLock { $0.count } == 3)
    }

    @Test("a code whose first question had to wait has a warranty that waited with it")
    func firstAskWaits() async throws {
        let world = try await GatewayWorld { $0.adapter = Self.failing(.issuerUnavailable) }
        try await world.running { world in
            let answers = try await deliver(0..<6, to: world)
            try await leftAlone(world, .issuerFailing)
            // One of the six was never asked; the policy's seven days pass.
            world.adapter.answer(.used(at: GatewayWorld.start - .days(1)))
            try await world.advance(by: .days(8))
            try await eventually("all are settled") {
                if world.time.sleeperCount >= 3 { world.time.advance(by: .seconds(10)) }
                return try await world.store.openCheckCount() == 0
            }
            for answer in answers {
                let item = try await world.item(answer, becomes: "used")
                #expect(item["claim"]?.stringValue != nil)
            }
        }
    }
}

/// Canaries through the whole gateway.
@Suite("Canaries")
struct CanaryLaneTests {
    private static let canary = Canary(
        name: "never-issued",
        code: CardCode(serial: nil, key: CardKey("CANARY-0001")),
        expected: .notFound
    )

    /// What the issuer says: of the canary, of everything else.
    private final class Issuer: Sendable {
        /// The last one stays.
        private let canary: Mutex<[VerdictState]>
        let others = Mutex(InquiryResult(state: .okUnused))

        init(_ canary: VerdictState...) {
            self.canary = Mutex(canary)
        }

        func say(_ states: VerdictState...) { canary.withLock { $0 = states } }

        var adapter: ScriptedAdapter {
            ScriptedAdapter(canaries: [CanaryLaneTests.canary]) { (inquiry, _) in
                guard inquiry.product == "canary" else { return self.others.withLock { $0 } }
                return InquiryResult(
                    state: self.canary.withLock { $0.count > 1 ? $0.removeFirst() : $0[0] }
                )
            }
        }
    }

    private func asked(_ world: GatewayWorld) -> Int {
        world.adapter.inquiries.count { $0.product == "canary" }
    }

    /// Lets rounds go by until `condition` holds; however many, since an issuer's last word stays.
    private func rounds(
        _ world: GatewayWorld,
        until what: Comment,
        _ condition: @Sendable () async throws -> Bool
    ) async throws {
        try await eventually(what) {
            if try await condition() { return true }
            if world.time.sleeperCount >= 4 { world.time.advance(by: .seconds(4_000)) }
            return false
        }
    }

    private func health(_ world: GatewayWorld) async throws -> [String] {
        let head = try #require(try await world.store.logHead(of: world.platform.number))
        let entries = try await world.store.entries(
            of: world.platform.number,
            in: 0..<head.range.size
        )
        return try entries.compactMap { entry in
            guard
                case .disclosed(.health, let members) = try EvidenceLeaf(bytes: entry.leaf).content
            else { return nil }
            return
                "\(members["adapter"]?.stringValue ?? "-") \(members["state"]?.stringValue ?? "-")"
        }
    }

    private func events(_ world: GatewayWorld) -> [String] {
        world.transport.requests.compactMap { request in
            guard let body = try? JSONValue.parse(request.body),
                body["type"]?.stringValue == "adapter.degraded"
            else { return nil }
            return body["data"]?["state"]?.stringValue
        }
    }

    @Test(
        "a changed canary degrades: no verdict, no claim, leaf and event; then all is asked again")
    func degradesAndRecovers() async throws {
        // One unexpected answer, and then none that decides anything.
        let issuer = Issuer(.notFound, .okUnused, .indeterminate)
        let world = try await GatewayWorld {
            $0.adapter = issuer.adapter
            $0.eventsURL = "https://market.example/events"
        }
        try await world.running { world in
            issuer.others.withLock { $0 = .used(at: GatewayWorld.start - .days(1)) }
            try await rounds(world, until: "it is suspected") { self.asked(world) >= 4 }
            #expect(try await health(world).isEmpty)
            // Suspected: its word already does not count.
            let first = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(first, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "adapter_degraded")
            #expect(item["verdict"]?["issuer_state"]?.stringValue == "used")
            #expect(item["verdict"]?["issuer"]?["code"]?.stringValue == "11")
            issuer.say(.okUnused)
            try await rounds(world, until: "the log says it") {
                try await self.health(world) == ["issuer@1 degraded"]
            }
            try await eventually("the platform hears it") { self.events(world) == ["degraded"] }
            #expect(await world.gateway.isReady())
            #expect(try await world.claims().isEmpty)
            // The policy's seven days pass while nobody's word counts: they do not run.
            try await world.advance(by: .days(8))
            // Once is not enough.
            issuer.say(.notFound, .indeterminate)
            let before = asked(world)
            try await rounds(world, until: "it was asked") { self.asked(world) >= before + 4 }
            #expect(try await health(world).count == 1)
            issuer.say(.notFound)
            try await rounds(world, until: "the log says that it is over") {
                try await self.health(world) == ["issuer@1 degraded", "issuer@1 recovered"]
            }
            // Due at once, though its schedule would have been hours away.
            let settled = try await world.item(first, becomes: "used")
            #expect(settled["claim"]?.stringValue != nil)
            try await eventually("the platform hears it") {
                self.events(world) == ["degraded", "recovered"]
            }
        }
    }

    @Test("a restart forgets nothing and tells nothing twice")
    func restart() async throws {
        let issuer = Issuer(.okUnused)
        let world = try await GatewayWorld { $0.adapter = issuer.adapter }
        try await world.running { world in
            try await rounds(world, until: "it is degraded") {
                try await self.health(world).count == 1
            }
        }
        // The issuer is down at the restart: nothing new is found out, and nothing believed.
        issuer.say(.indeterminate)
        let again = try await GatewayWorld {
            $0.after = world
            $0.adapter = issuer.adapter
        }
        try await again.running { again in
            let answer = try await again.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await again.item(answer, becomes: "indeterminate")
            #expect(item["verdict"]?["cause"]?.stringValue == "adapter_degraded")
            #expect(try await health(again) == ["issuer@1 degraded"])
        }
        let without = try await GatewayWorld {
            $0.after = world
            $0.adapter = ScriptedAdapter(always: InquiryResult(state: .okUnused))
        }
        try await without.running { without in
            try await eventually("without canaries it is trusted again") {
                try await self.health(without) == ["issuer@1 degraded", "issuer@1 recovered"]
            }
        }
        #expect(try await world.store.degradedAdapters().isEmpty)
    }

    @Test("a sick issuer's canaries say nothing, and wait for it like everything else")
    func down() async throws {
        let issuer = Issuer(.indeterminate)
        let world = try await GatewayWorld { $0.adapter = issuer.adapter }
        try await world.running { world in
            try await rounds(world, until: "it was asked") { self.asked(world) >= 4 }
            #expect(try await health(world).isEmpty)
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
        }
    }
}

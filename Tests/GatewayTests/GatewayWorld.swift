import AdapterKit
import CardModel
import Crypto
import Foundation
import GatewayTesting
import Logging
import ServiceLifecycle
import Testing
import WireFormat

@testable import Gateway

/// A whole gateway above a store, with a clock that the test moves and an issuer it scripts.
final class GatewayWorld: Sendable {
    static let start = Instant(secondsSinceEpoch: 1_795_161_600)
    static let secret = Array("a secret of exactly 32 symbols..".utf8)

    let store: any Store
    let memory: MemoryStore
    let time: ManualTime
    let random: SeededRandom
    let directory: PlatformDirectory
    let adapter: ScriptedAdapter
    let transport: ScriptedTransport
    let gateway: DeliveryGateway
    let platform: Platform
    /// Loops that sleep when there is nothing to do.
    let workerCount: Int

    /// What a test may change about a world.
    struct Options {
        var policy = WarrantyPolicy.sevenDays
        var adapter = ScriptedAdapter(always: InquiryResult(state: .okUnused))
        var transport = ScriptedTransport()
        var eventsURL: String?
        var reask = ReaskSchedule.standard
        var pauses = IssuerPauses.standard
        var canaries: [String: CanaryPlan] = [:]
        /// Instead of a store of its own, with everything that it needs: a restart.
        var after: GatewayWorld?
        var budget = SelfTestBudget.default
        var seed: UInt64 = 1
        /// Adapters beside the one that is asked; products `topup-50` and `shown-50` are theirs.
        var further: [AdapterFactory] = []
        var settledBy: String?
        var shops: [ShopInbox] = []
        var witnesses = WitnessRoster.none
        var merchants = MerchantBook()
        var timeStamps: @Sendable (any TimeSource) -> TimeStampPlan = { _ in .none }
        /// What the gateway has for its store; the memory itself when nothing comes between.
        var store: @Sendable (MemoryStore) -> any Store = { $0 }
    }

    init(_ change: (inout Options) -> Void = { _ in }) async throws {
        var options = Options()
        change(&options)
        random = options.after?.random ?? SeededRandom(seed: options.seed)
        time = options.after?.time ?? ManualTime(GatewayWorld.start)
        adapter = options.adapter
        transport = options.transport
        if let after = options.after {
            directory = after.directory
            memory = after.memory
            platform = after.platform
        } else {
            directory = PlatformDirectory(
                masterKey: SymmetricKey(data: random.bytes(32)),
                random: random,
                time: time
            )
            memory = MemoryStore(signer: directory, time: time)
            try await directory.load(from: memory)
            platform = try await directory.add(
                name: "market",
                origin: "log.example/market",
                eventsURL: options.eventsURL,
                webhookKeys: [.secret(Self.secret)],
                apiToken: "token",
                to: memory
            )
        }
        store = options.store(memory)
        let registry = try AdapterRegistry(
            catalogue: [adapter.factory] + options.further,
            configuration: options.settledBy.map {
                [AdapterConfiguration(id: "redeemer", settledBy: $0)]
            } ?? []
        )
        gateway = try await DeliveryGateway(
            DeliveryGateway.Parts(
                store: store,
                directory: directory,
                registry: registry,
                catalogue: try Self.catalogue(options.policy),
                transport: transport,
                time: time,
                random: random,
                logger: Self.logger,
                reask: options.reask,
                selfTestBudget: options.budget,
                publicURL: "https://gateway.example",
                issuerPauses: options.pauses,
                canaries: options.canaries,
                shops: options.shops,
                witnesses: options.witnesses,
                timeStamps: options.timeStamps(time),
                merchants: options.merchants
            )
        )
        workerCount =
            1 + registry.readyIDs.count + gateway.redemptionLanes.all.count
            + gateway.timeStamper.workerCount + Self.claimLanes
    }

    /// The lane that lets clocks of claims ring sleeps between two looks.
    private static let claimLanes = 1

    static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func catalogue(_ policy: WarrantyPolicy) throws -> ProductCatalogue {
        try ProductCatalogue(
            products: [
                Product(
                    id: "cmcc-50",
                    issuer: "cmcc",
                    format: .builtIn("cmcc") ?? .generic,
                    adapter: "issuer",
                    policy: policy,
                    faceValue: nil,
                    isReusable: false
                ),
                Product(
                    id: "topup-50",
                    issuer: "cmcc",
                    format: .builtIn("cmcc") ?? .generic,
                    adapter: "redeemer",
                    policy: policy,
                    faceValue: nil,
                    isReusable: false
                ),
                Product(
                    id: "shown-50",
                    issuer: "shown",
                    format: .generic,
                    adapter: "tester",
                    policy: policy,
                    faceValue: nil,
                    isReusable: false
                ),
                Product(
                    id: "site-pass",
                    issuer: "site",
                    format: .generic,
                    adapter: "issuer",
                    policy: policy,
                    faceValue: nil,
                    isReusable: true
                ),
            ],
            defaultPolicy: policy
        )
    }

    /// Runs the gateway while `body` acts, then shuts it down gracefully.
    func running<Value: Sendable>(
        _ body: @Sendable (GatewayWorld) async throws -> Value
    ) async throws -> Value {
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: gateway)],
                logger: Self.logger
            )
        )
        let run = Task { try await group.run() }
        let result: Result<Value, any Error>
        do { result = .success(try await body(self)) } catch { result = .failure(error) }
        await group.triggerGracefulShutdown()
        // What a failed test left hanging is cancelled when the drain is over.
        let drain = Task {
            while !Task.isCancelled {
                try await Task.sleep(for: .seconds(60))
                time.advance(by: DeliveryGateway.drainLimit)
            }
        }
        defer { drain.cancel() }
        try await run.value
        return try result.get()
    }

    /// Waits until the lanes and the event sender have nothing to do.
    func idle() async throws {
        try await eventually("the workers are idle") {
            self.time.sleeperCount >= self.workerCount
                && self.gateway.gates.values.allSatisfy { $0.underWay == 0 }
        }
    }

    /// Moves the clock when nobody is working.
    func advance(by duration: Duration) async throws {
        try await idle()
        time.advance(by: duration)
    }
}

/// Polls until `condition` holds; fails the test after two minutes, because a
/// busy machine runs all suites at once.
func eventually(
    _ what: Comment,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ condition: @Sendable () async throws -> Bool
) async throws {
    let clock = ContinuousClock()
    let deadline = clock.now + .seconds(120)
    while clock.now < deadline {
        if try await condition() { return }
        try await Task.sleep(for: .milliseconds(2))
    }
    try #require(try await condition(), what, sourceLocation: sourceLocation)
}

extension GatewayWorld {
    /// A delivery body with one item; members can be replaced or taken out.
    static func body(
        order: String = "o-1",
        stage: String? = nil,
        number: Int = 1,
        deliveredAt: Instant? = GatewayWorld.start,
        product: String = "cmcc-50",
        _ change: (inout JSONObject) -> Void = { _ in }
    ) -> JSONValue {
        var body: JSONObject = JSONObject([
            .init(name: "order", value: ["id": .string(order)]),
            .init(name: "merchant", value: "m-77"),
        ])
        if let stage { body["stage"] = .string(stage) }
        if let deliveredAt { body["delivered_at"] = .string(deliveredAt.rfc3339) }
        body["items"] = [item(number: number, product: product)]
        change(&body)
        return .object(body)
    }

    static func item(
        line: Int64 = 1,
        number: Int = 1,
        product: String = "cmcc-50"
    ) -> JSONValue {
        [
            "line": .integer(line), "product": .string(product),
            "serial": .string(serial(number)), "key": .string(key(number)),
        ]
    }

    static func serial(_ number: Int) -> String { digits(number, count: 17) }
    static func key(_ number: Int) -> String { digits(number, count: 18) }

    private static func digits(_ number: Int, count: Int) -> String {
        let text = String(number)
        return "1" + String(repeating: "0", count: count - 1 - text.count) + text
    }

    /// The headers that sign `body` now.
    func headers(
        _ id: String,
        _ body: [UInt8],
        secret: [UInt8] = GatewayWorld.secret
    )
        -> WebhookHeaders
    {
        let timestamp = String(time.now().secondsAndMilliseconds.seconds)
        let content = WebhookSignature.signedContent(id: id, timestamp: timestamp, body: body)
        return WebhookHeaders(
            id: id,
            timestamp: timestamp,
            signature: WebhookSignature.sign(content, secret: secret)
        )
    }

    func post(_ body: JSONValue, id: String, wait: Duration? = nil) async -> IntakeAnswer {
        await post(body.serialized(), id: id, wait: wait)
    }

    func post(_ body: [UInt8], id: String, wait: Duration? = nil) async -> IntakeAnswer {
        await gateway.receive(
            platform: "market",
            headers: headers(id, body),
            body: body,
            wait: wait
        )
    }

    /// Posts a body that must be accepted; gives the answer's JSON.
    func deliver(
        _ body: JSONValue,
        id: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> JSONValue {
        let answer = await post(body, id: id)
        guard case .accepted(let bytes) = answer else {
            Issue.record("not accepted: \(answer)", sourceLocation: sourceLocation)
            throw NotAccepted()
        }
        return try JSONValue.parse(bytes)
    }

    struct NotAccepted: Error {}

    /// What stands for a delivery.
    func standing(_ answer: JSONValue) async throws -> JSONValue {
        let id = try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        return try #require(try await gateway.delivery(id, platform: platform))
    }

    /// The first item of a delivery once it has a verdict of `state`.
    func item(_ answer: JSONValue, becomes state: String) async throws -> JSONValue {
        try await eventually("the item becomes \(state)") {
            try await self.standing(answer).value(atPointer: "/items/0/verdict/state")?.stringValue
                == state
        }
        return try #require(try await standing(answer).value(atPointer: "/items/0"))
    }

    func claims() async throws -> [ClaimRecord] {
        try await store.claims(platform: nil, after: nil, limit: 100)
    }

    func selfTest(_ answer: JSONValue, received: [ReceivedCode] = []) async -> SelfTestAnswer {
        await gateway.selfTest(
            token: answer["order_token"]?.stringValue ?? "",
            received: received
        )
    }
}

extension InquiryResult {
    /// An issuer's word that the code was used at `instant`.
    static func used(at instant: Instant) -> InquiryResult {
        InquiryResult(
            state: .used,
            issuer: IssuerStatement(code: "11", text: "used", at: instant)
        )
    }
}

extension Duration {
    static func days(_ count: Int) -> Duration { .seconds(count * 86_400) }
}

import AdapterKit
import CardModel
import Crypto
import Gateway
import GatewayTesting
import Glibc
import HTTPTypes
import Logging
import Testing
import WireFormat

@testable import GatewayHTTP

/// A gateway over a memory store, with one platform and one issuer that answers by the key.
struct GatewayFixture: Sendable {
    let gateway: DeliveryGateway
    let store: MemoryStore
    let platform: Platform
    let token: String
    let webhookSecret: [UInt8]
    let time: any TimeSource
    let random: SeededRandom

    static let apiToken = "cpt_synthetic-token-of-the-tests"

    init(
        time: any TimeSource = MachineTime(),
        seed: UInt64 = 1,
        shops: [ShopInbox] = [],
        complaints: ComplaintBook = ComplaintBook()
    ) async throws {
        let random = SeededRandom(seed: seed)
        let directory = PlatformDirectory(
            masterKey: SymmetricKey(data: random.bytes(32)),
            random: random,
            time: time
        )
        let store = MemoryStore(signer: directory, time: time)
        let product = try Product(
            id: "voucher",
            issuer: "issuer",
            format: .generic,
            adapter: "scripted",
            policy: .sevenDays,
            faceValue: nil,
            isReusable: false
        )
        let topUp = try Product(
            id: "topup",
            issuer: "issuer",
            format: .generic,
            adapter: "redeemer",
            policy: .sevenDays,
            faceValue: nil,
            isReusable: false
        )
        gateway = try await DeliveryGateway(
            DeliveryGateway.Parts(
                store: store,
                directory: directory,
                registry: try AdapterRegistry(
                    catalogue: [
                        ScriptedAdapter.byFirstDigit.factory,
                        ScriptedRedeemer(id: "redeemer").factory,
                    ]
                ),
                catalogue: try ProductCatalogue(
                    products: [product, topUp], defaultPolicy: .sevenDays),
                transport: ScriptedTransport(),
                time: time,
                random: random,
                logger: .silent,
                shops: shops,
                complaints: complaints
            )
        )
        webhookSecret = random.bytes(32)
        platform = try await directory.add(
            name: "shop",
            origin: "shop.example/log",
            eventsURL: nil,
            webhookKeys: [.secret(webhookSecret)],
            apiToken: Self.apiToken,
            to: store
        )
        token = Self.apiToken
        self.store = store
        self.time = time
        self.random = random
    }

    func server(
        _ configuration: GatewayServer.Configuration = .init(
            api: .init(host: "127.0.0.1", port: 0)
        ),
        logger: Logger = .silent,
        onBound: @escaping @Sendable (GatewayServer.BoundAddress) -> Void = { _ in }
    ) -> GatewayServer {
        GatewayServer(
            gateway: gateway,
            configuration: configuration,
            metricsText: { "# HELP up Synthetic.\n# TYPE up gauge\nup 1\n" },
            time: time,
            logger: logger,
            onBound: onBound
        )
    }

    /// The routes of each address, without any socket.
    func tables(clientAddressHeader: String? = nil) -> RouteTables {
        let drain = DrainState()
        return RouteTables(
            gateway: gateway,
            status: StatusRoutes(gateway: gateway, drain: drain, metricsText: { "up 1\n" }),
            configuration: .init(
                api: .init(host: "127.0.0.1", port: 0),
                clientAddressHeader: clientAddressHeader
            ),
            time: time
        )
    }

    func client(
        _ table: KeyPath<RouteTables, RouteTable> = \.api,
        log: Logger = .silent
    ) -> RouteClient {
        RouteClient(
            responder: RouteResponder(
                table: tables()[keyPath: table],
                observer: RequestObserver(logger: log, .all)
            )
        )
    }

    /// Carries out checks until it is cancelled, after which nothing is accepted any more.
    func runGateway() -> Task<Void, any Error> { Task { try await gateway.run() } }

    // MARK: Deliveries

    /// A receipt of one code; the code decides what the issuer says (its first digit does).
    func notice(
        order: String,
        key: String,
        serial: String? = "10000000000000001",
        product: String = "voucher",
        line: Int = 1
    ) -> JSONValue {
        [
            "order": ["id": .string(order)], "merchant": "m-77",
            "delivered_at": .string(time.now().rfc3339Seconds),
            "items": [
                [
                    "line": .integer(Int64(line)), "product": .string(product),
                    "serial": serial.map { .string($0) } ?? .null, "key": .string(key),
                ]
            ],
        ]
    }

    /// The headers of a signed webhook, the media type among them.
    func signed(_ body: [UInt8], id: String, at instant: Instant? = nil) -> [(String, String)] {
        let seconds = String((instant ?? time.now()).millisecondsSinceEpoch / 1_000)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(seconds).".utf8) + body,
            using: SymmetricKey(data: webhookSecret)
        )
        return [
            ("content-type", "application/json"), ("webhook-id", id),
            ("webhook-timestamp", seconds),
            ("webhook-signature", "v1," + Base64.encode(Array(code))),
        ]
    }

    /// Delivers a body and waits for its verdict.
    func delivered(_ notice: JSONValue, id: String = "m1") async throws -> JSONValue {
        let body = notice.serialized()
        let answer = try await client().call(
            .post,
            DeliveryRouteTests.path,
            signed(body, id: id) + [("prefer", "wait=20")],
            body: body
        )
        return answer.json
    }

    var bearer: [(String, String)] { [("authorization", "Bearer \(token)")] }

    /// The token of an account that is made for it.
    func bearer(of role: ClaimActor) async throws -> [(String, String)] {
        let account = try await gateway.addPartyAccount(
            platform: platform, name: role.rawValue.replacing("_", with: "-"), role: role,
            merchant: role == .merchant ? "m-1" : nil)
        let token = try #require(account?["token"]?.stringValue)
        return [("authorization", "Bearer \(token)")]
    }
}

/// The machine's clock, for tests that wait for real.
struct MachineTime: TimeSource {
    func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            millisecondsSinceEpoch: Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}

extension ScriptedAdapter {
    /// An issuer that needs no network: a key that begins with 9 was used long ago.
    static var byFirstDigit: ScriptedAdapter {
        ScriptedAdapter(id: "scripted") { inquiry, _ throws(AdapterError) in
            let isUsed = inquiry.code.key.withUnredacted { $0.hasPrefix("9") }
            guard isUsed else { return InquiryResult(state: .okUnused) }
            return InquiryResult(
                state: .used,
                issuer: IssuerStatement(
                    code: "11",
                    text: "used",
                    at: inquiry.askedAt - .seconds(86_400)
                )
            )
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "test") { _ in SwiftLogNoOpLogHandler() } }
}

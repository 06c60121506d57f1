import AdapterKit
import CardModel
import Crypto
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Tokens, sealing, derived keys and identifiers.
@Suite("Tokens, sealing and identifiers")
struct SecurityTests {
    static let random = SeededRandom(seed: 11)
    static let key = SymmetricKey(data: Array(repeating: UInt8(1), count: 32))
    static let now = GatewayWorld.start

    private static func delivery() -> DeliveryID {
        DeliveryID(at: now, random: random.bytes(10))
    }

    @Test("an order token names its platform and delivery, and round-trips")
    func tokenRoundTrip() throws {
        let platform = PlatformNumber(rawValue: 7)
        let hash = KeyedHash(key: Self.key)
        let token = OrderToken(platform: platform, delivery: Self.delivery(), under: hash)
        let read = try #require(OrderToken(token.text))
        #expect(read == token)
        #expect(read.platform == platform)
        #expect(read.isGenuine(under: KeyedHash(key: Self.key)))
        let other = SymmetricKey(data: Array(repeating: UInt8(2), count: 32))
        #expect(!read.isGenuine(under: KeyedHash(key: other)))
    }

    @Test("a token with any byte changed is forged, or no token at all")
    func forgedToken() throws {
        let token = OrderToken(
            platform: PlatformNumber(rawValue: 1),
            delivery: Self.delivery(),
            under: KeyedHash(key: Self.key)
        )
        let symbols = Array(token.text)
        for place in symbols.indices {
            var forged = symbols
            forged[place] = forged[place] == "A" ? "B" : "A"
            let read = OrderToken(String(forged))
            #expect(read?.isGenuine(under: KeyedHash(key: Self.key)) != true, "symbol \(place)")
        }
        for text in ["", "ot_", "ot", token.text + "A", String(token.text.dropLast())] {
            #expect(OrderToken(text) == nil)
        }
    }

    @Test("another platform's token opens nothing")
    func foreignToken() async throws {
        let world = try await GatewayWorld()
        let other = try await world.directory.add(
            name: "bazaar",
            origin: "log.example/bazaar",
            eventsURL: nil,
            webhookKeys: [.secret(GatewayWorld.secret)],
            apiToken: "other",
            to: world.store
        )
        let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
        let id = try #require(answer["delivery"]?.stringValue.flatMap { DeliveryID($0) })
        let foreign = OrderToken(
            platform: world.platform.number,
            delivery: id,
            under: other.orderTokenHash
        )
        for token in [foreign.text, other.orderToken(of: id).text, "ot_nonsense"] {
            guard case .wrongToken = await world.gateway.selfTest(token: token, received: [])
            else {
                Issue.record("a foreign token was accepted")
                continue
            }
        }
        try await world.running { world in
            let genuine = world.platform.orderToken(of: id).text
            guard case .tested = await world.gateway.selfTest(token: genuine, received: [])
            else {
                Issue.record("the genuine token was refused")
                return
            }
        }
    }

    @Test("a sealed value opens only in its own place, with its own key, unchanged")
    func sealing() throws {
        let plaintext = Array("secret".utf8)
        let sealed = try Sealing.seal(
            plaintext,
            under: Self.key,
            nonce: Self.random.bytes(12),
            context: [1]
        )
        #expect(try Sealing.open(sealed, under: Self.key, context: [1]) == plaintext)
        #expect(throws: (any Error).self) {
            try Sealing.open(sealed, under: Self.key, context: [2])
        }
        let other = SymmetricKey(data: Array(repeating: UInt8(9), count: 32))
        #expect(throws: (any Error).self) {
            try Sealing.open(sealed, under: other, context: [1])
        }
        for place in sealed.indices {
            var changed = sealed
            changed[place] ^= 1
            #expect(throws: (any Error).self) {
                try Sealing.open(changed, under: Self.key, context: [1])
            }
        }
    }

    @Test("a sealed code opens only beside its own fingerprint")
    func sealedCode() throws {
        let code = CardCode(serial: SerialNumber("s-1"), key: CardKey("110412000012345678"))
        let fingerprinter = CardFingerprinter(pepper: Self.key)
        let mine = fingerprinter.fingerprints(issuer: "a", code: code).code
        let other = fingerprinter.fingerprints(issuer: "b", code: code).code
        let sealed = try SealedCode.seal(
            DeliveredCode(code: code, issuerReference: SecretValue("payout 7")),
            under: Self.key,
            nonce: Self.random.bytes(12),
            fingerprint: mine
        )
        let opened = try SealedCode.open(sealed, under: Self.key, fingerprint: mine)
        #expect(opened.code.key.matches(code.key))
        #expect(opened.code.serial == code.serial)
        #expect(opened.issuerReference?.withUnredacted { $0 } == "payout 7")
        #expect(throws: (any Error).self) {
            try SealedCode.open(sealed, under: Self.key, fingerprint: other)
        }
    }

    @Test("a data key wrapped for one platform does not open for another with the same key")
    func wrapping() async throws {
        let world = try await GatewayWorld()
        let dataKey = SymmetricKey(data: world.random.bytes(32))
        let wrapped = try world.platform.wrap(dataKey, nonce: world.random.bytes(12))
        #expect(try world.platform.unwrap(wrapped).bytes == dataKey.bytes)
        var record = world.platform.record
        record.number = PlatformNumber(rawValue: 99)
        let moved = try Platform(record: record, secrets: world.platform.secrets)
        #expect(throws: (any Error).self) { try moved.unwrap(wrapped) }
    }

    @Test("keys of two purposes have nothing in common, and one purpose gives one key")
    func derivation() {
        let body = KeyDerivation.key(from: Self.key, purpose: "notice body")
        #expect(body.bytes == KeyDerivation.key(from: Self.key, purpose: "notice body").bytes)
        #expect(body.bytes != KeyDerivation.key(from: Self.key, purpose: "order token").bytes)
        #expect(body.bytes.count == 32)
        let hash = KeyedHash(key: Self.key)
        #expect(hash.code(over: [[1, 2], [3]]) != hash.code(over: [[1], [2, 3]]))
    }

    @Test("a store opened with another master key says so and opens nothing")
    func otherMasterKey() async throws {
        let world = try await GatewayWorld()
        let other = PlatformDirectory(
            masterKey: SymmetricKey(data: world.random.bytes(32)),
            random: world.random,
            time: world.time
        )
        let failure = await #expect(throws: PlatformDirectory.Failure.self) {
            try await other.load(from: world.store)
        }
        #expect(failure?.description.contains("master key") == true)
        #expect(other.all.isEmpty)
    }

    @Test("secrets of a platform are the same after they were stored and opened")
    func reload() async throws {
        let seed = UInt64(5)
        let world = try await GatewayWorld { $0.seed = seed }
        // The same seed gives the same master key.
        let again = PlatformDirectory(
            masterKey: SymmetricKey(data: SeededRandom(seed: seed).bytes(32)),
            random: world.random,
            time: world.time
        )
        try await again.load(from: world.store)
        let platform = try #require(again.platform(named: "market"))
        #expect(platform.logVerifierKey == world.platform.logVerifierKey)
        #expect(platform.eventPublicKey == world.platform.eventPublicKey)
        #expect(platform.eventSecret == world.platform.eventSecret)
        let id = Self.delivery()
        #expect(platform.orderToken(of: id) == world.platform.orderToken(of: id))
        #expect(again.platform(withAPIToken: "token")?.name == "market")
        #expect(again.platform(withAPIToken: "tokem") == nil)
    }

    @Test("identifiers sort by their time, as text and as bytes, and round-trip")
    func identifiers() throws {
        var random = SeededGenerator(seed: 3)
        var ids: [(Int64, CheckID)] = []
        for _ in 0..<500 {
            let time = Int64.random(in: 0..<(1 << 48), using: &random)
            let id = CheckID(
                at: Instant(millisecondsSinceEpoch: time),
                random: Self.random.bytes(10)
            )
            #expect(CheckID(id.text) == id)
            #expect(CheckID(bytes: id.bytes) == id)
            #expect(id.text.count == 30)
            ids.append((time, id))
        }
        let byTime = ids.sorted { $0.0 < $1.0 }.map(\.0)
        #expect(ids.sorted { $0.1 < $1.1 }.map(\.0) == byTime, "seed 3")
        #expect(ids.sorted { $0.1.text < $1.1.text }.map(\.0) == byTime, "seed 3")
        #expect(
            ids.sorted { $0.1.bytes.lexicographicallyPrecedes($1.1.bytes) }.map(\.0) == byTime,
            "seed 3"
        )
    }

    @Test("an identifier has one spelling, of its own kind")
    func identifierSpelling() {
        let text = Self.delivery().text
        let tail = String(text.dropFirst(4))
        #expect(DeliveryID(text) != nil)
        let cut = String(text.dropLast())
        let wrongs: [String] = [
            "chk_\(tail)", tail, text.uppercased(), "\(text)0", cut, "\(cut)u", "\(cut)é", "",
            "dlv_8\(tail.dropFirst())",
        ]
        for wrong in wrongs {
            #expect(DeliveryID(wrong) == nil, "\(wrong)")
        }
    }

    /// SplitMix64.
    struct SeededGenerator: RandomNumberGenerator {
        private var state: UInt64
        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }
}

import Crypto
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Wrapping the store under another master key.
@Suite("Master key rotation") struct MasterKeyRotationTests {
    static let seed: UInt64 = 11
    /// The same seed gives the same master key as the world's.
    static let old = SymmetricKey(data: SeededRandom(seed: seed).bytes(32))
    static let new = SymmetricKey(data: [UInt8](repeating: 0x5A, count: 32))

    private static func world() async throws -> GatewayWorld {
        try await GatewayWorld { $0.seed = seed }
    }

    private static func directory(
        _ key: SymmetricKey,
        next: SymmetricKey? = nil,
        _ world: GatewayWorld
    ) -> PlatformDirectory {
        PlatformDirectory(
            masterKey: key, nextKey: next, random: world.random, time: world.time)
    }

    @Test("afterwards the new key opens the same secrets, and the old key nothing")
    func values() async throws {
        let world = try await Self.world()
        let first = Self.directory(Self.old, world)
        try await first.load(from: world.store)
        let before = try #require(first.platform(named: "market"))
        let pepper = first.pepper?.bytes
        try await first.rotateMasterKey(to: Self.new, in: world.store)
        let again = Self.directory(Self.new, world)
        try await again.load(from: world.store)
        let after = try #require(again.platform(named: "market"))
        #expect(again.pepper?.bytes == pepper)
        #expect(after.logVerifierKey == before.logVerifierKey)
        #expect(after.secrets.wrappingKey.bytes == before.secrets.wrappingKey.bytes)
        #expect(after.secrets.derivationKey.bytes == before.secrets.derivationKey.bytes)
        await #expect(throws: PlatformDirectory.Failure.self) {
            try await Self.directory(Self.old, world).load(from: world.store)
        }
    }

    @Test("before and after the transaction, the two keys together open the store")
    func interrupted() async throws {
        let world = try await Self.world()
        try await Self.directory(Self.old, next: Self.new, world).load(from: world.store)
        let running = Self.directory(Self.old, world)
        try await running.load(from: world.store)
        try await running.rotateMasterKey(to: Self.new, in: world.store)
        // The file was not renamed: the old key is still the configured one.
        let started = Self.directory(Self.old, next: Self.new, world)
        try await started.load(from: world.store)
        // And the command, repeated, changes nothing.
        let sealed = try await world.store.deploymentSecrets()
        try await started.rotateMasterKey(to: Self.new, in: world.store)
        #expect(try await world.store.deploymentSecrets() == sealed)
    }

    @Test("a gateway goes on with it: platforms are added and changed under the new key")
    func running() async throws {
        let world = try await Self.world()
        let running = Self.directory(Self.old, world)
        // Its own store, whose checkpoints it signs.
        let store = MemoryStore(signer: running, time: world.time)
        try await running.load(from: store)
        let market = try await Self.add("market", by: running, to: store, world)
        try await running.rotateMasterKey(to: Self.new, in: store)
        _ = try await Self.add("later", by: running, to: store, world)
        try await running.disableEvents(of: market.number, in: store)
        let again = Self.directory(Self.new, world)
        try await again.load(from: store)
        #expect(again.all.map(\.name).sorted() == ["later", "market"])
    }

    private static func add(
        _ name: String,
        by directory: PlatformDirectory,
        to store: any Store,
        _ world: GatewayWorld
    ) async throws -> Platform {
        try await directory.add(
            name: name, origin: "log.example/\(name)", eventsURL: "https://\(name).example",
            webhookKeys: [.secret(world.random.bytes(32))], apiToken: name, to: store)
    }

    @Test("a secret that does not open stops it, and everything is as it was")
    func damaged() async throws {
        let world = try await Self.world()
        let running = Self.directory(Self.old, world)
        try await running.load(from: world.store)
        var record = try #require(try await world.store.platforms().first)
        let whole = record.sealedSecrets
        record.sealedSecrets[20] ^= 1
        try await world.store.updatePlatform(record)
        await #expect(throws: PlatformDirectory.Failure.self) {
            try await running.rotateMasterKey(to: Self.new, in: world.store)
        }
        record.sealedSecrets = whole
        try await world.store.updatePlatform(record)
        try await Self.directory(Self.old, world).load(from: world.store)
    }
}

import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("Policies that are kept") struct PolicyLibraryTests {
    private static func policy(_ version: Int, days: Int) -> WarrantyPolicy {
        WarrantyPolicy(id: "shop", version: version, window: .init(days: days))
    }

    private static func store() async throws -> any Store {
        try await GatewayWorld().store
    }

    @Test("the same policy is kept again, and another version beside it")
    func again() async throws {
        let store = try await Self.store()
        let policies = [
            Self.policy(1, days: 15), Self.policy(2, days: 7), Self.policy(1, days: 15),
        ]
        for _ in 0..<2 { try await PolicyLibrary(store: store).keep(policies) }
        let library = PolicyLibrary(store: store)
        for policy in policies { #expect(try await library.policy(policy.pin) == policy) }
    }

    @Test("other words under a version that was kept are refused, and nothing of them is kept")
    func changed() async throws {
        let store = try await Self.store()
        let first = Self.policy(1, days: 15)
        let second = Self.policy(1, days: 7)
        try await PolicyLibrary(store: store).keep([first])
        let refusal = try await #require(throws: PolicyLibrary.Changed.self) {
            try await PolicyLibrary(store: store).keep([Self.policy(2, days: 30), second])
        }
        #expect(try refusal.pin == second.pin)
        #expect(try refusal.earlierHashes == [first.contentHash])
        for policy in [second, Self.policy(2, days: 30)] {
            #expect(try await store.policyText(hash: policy.contentHash) == nil)
        }
    }

    @Test("two policies of one version are refused where the store has none")
    func twice() async throws {
        let store = try await Self.store()
        await #expect(throws: PolicyLibrary.Changed.self) {
            try await PolicyLibrary(store: store).keep([
                Self.policy(1, days: 15), Self.policy(1, days: 7),
            ])
        }
    }

    @Test("where several texts of a version were kept, each may be said again and no other")
    func several() async throws {
        let store = try await Self.store()
        let kept = [Self.policy(1, days: 15), Self.policy(1, days: 7)]
        for policy in kept {
            try await store.keepPolicy(
                hash: policy.contentHash, text: policy.jsonValue.canonical())
        }
        for policy in kept { try await PolicyLibrary(store: store).keep([policy]) }
        await #expect(throws: PolicyLibrary.Changed.self, "one start says one of them") {
            try await PolicyLibrary(store: store).keep(kept)
        }
        let refusal = try await #require(throws: PolicyLibrary.Changed.self) {
            try await PolicyLibrary(store: store).keep([Self.policy(1, days: 30)])
        }
        let hashes = try kept.map { try $0.contentHash }
        #expect(refusal.earlierHashes.count == 2 && Set(refusal.earlierHashes) == Set(hashes))
    }

    @Test("a text that an earlier release kept is compared by what it says")
    func earlierRelease() async throws {
        let store = try await Self.store()
        let policy = Self.policy(1, days: 15)
        var text = try #require(policy.jsonValue.objectValue)
        text["no_refund_clause"] = nil
        let canonical = try JSONValue.object(text).canonical()
        try await store.keepPolicy(hash: [1], text: canonical)
        try await store.keepPolicy(hash: [2], text: Array("no policy".utf8))
        try await PolicyLibrary(store: store).keep([policy])
        #expect(try await store.policyText(hash: policy.contentHash) != nil)
    }
}

public import CardModel
import Synchronization
import WireFormat

/// Policies by their hash: an order is judged by the text it pinned, whatever is configured now.
public final class PolicyLibrary: Sendable {
    /// A pinned policy that neither the configuration nor the store knows.
    public struct Unknown: Error, Sendable {
        public let pin: PolicyPin
    }

    private let store: any Store
    private let ruleBook: ClaimRuleBook
    private let known = Mutex<[[UInt8]: WarrantyPolicy]>([:])

    public init(store: any Store, ruleBook: ClaimRuleBook = ClaimRuleBook()) {
        self.store = store
        self.ruleBook = ruleBook
    }

    /// Keeps policies for as long as orders refer to them.
    public func keep(_ policies: [WarrantyPolicy]) async throws {
        for policy in policies {
            let hash = try policy.contentHash
            try await store.keepPolicy(hash: hash, text: try policy.jsonValue.canonical())
            known.withLock { $0[hash] = policy }
        }
    }

    /// A pinned policy with the working days it counts by, as they are known now.
    /// - Throws: ``Unknown``, or ``StoreError``.
    func rules(_ pin: PolicyPin) async throws -> ClaimRules {
        ruleBook.rules(of: try await policy(pin))
    }

    /// - Throws: ``Unknown``, or ``StoreError``.
    func policy(_ pin: PolicyPin) async throws -> WarrantyPolicy {
        if let policy = known.withLock({ $0[pin.hash] }) { return policy }
        guard let text = try await store.policyText(hash: pin.hash),
            let value = try? JSONValue.parse(text),
            let policy = try? WarrantyPolicy(jsonValue: value)
        else { throw Unknown(pin: pin) }
        known.withLock { $0[pin.hash] = policy }
        return policy
    }
}

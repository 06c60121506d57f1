public import CardModel
import Synchronization
import WireFormat

/// Policies by their hash: an order is judged by the text it pinned, whatever is configured now.
public final class PolicyLibrary: Sendable {
    /// A pinned policy that neither the configuration nor the store knows.
    public struct Unknown: Error, Sendable {
        public let pin: PolicyPin
    }

    /// A policy says something else under an `id@version` that was published: orders have pinned
    /// what it said, and who reads `id@version` could not tell which of both is meant.
    public struct Changed: Error, Sendable {
        /// Of what it says now.
        public let pin: PolicyPin
        /// Of what it said, the lowest first: more than one where the store kept several texts
        /// before changes were refused.
        public let earlierHashes: [[UInt8]]
    }

    private let store: any Store
    private let ruleBook: ClaimRuleBook
    private let known = Mutex<[[UInt8]: WarrantyPolicy]>([:])

    public init(store: any Store, ruleBook: ClaimRuleBook = ClaimRuleBook()) {
        self.store = store
        self.ruleBook = ruleBook
    }

    /// Keeps policies for as long as orders refer to them.
    /// - Throws: ``Changed`` before any is kept, ``StoreError``, or ``JSONError``.
    public func keep(_ policies: [WarrantyPolicy]) async throws {
        let references = Set(policies.map(\.reference))
        var published = Published(texts: try await store.policyTexts(of: references))
        for policy in policies { try published.add(policy) }
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

/// What each `id@version` says. Compared are values and not texts: a text that an earlier release
/// kept has no word for a field that came since.
private struct Published {
    private var versions: [String: [(hash: [UInt8], policy: WarrantyPolicy)]] = [:]

    /// A text that this release cannot read is compared with nothing.
    init(texts: [[UInt8]: [UInt8]]) {
        for (hash, text) in texts {
            guard let value = try? JSONValue.parse(text),
                let policy = try? WarrantyPolicy(jsonValue: value)
            else { continue }
            versions[policy.reference, default: []].append((hash, policy))
        }
    }

    /// Any of several kept texts may be said again; with that one the others of this start agree.
    mutating func add(_ policy: WarrantyPolicy) throws {
        let earlier = versions[policy.reference, default: []]
        guard earlier.isEmpty || earlier.contains(where: { $0.policy == policy }) else {
            throw PolicyLibrary.Changed(
                pin: try policy.pin,
                earlierHashes: earlier.map(\.hash).sorted { $0.lexicographicallyPrecedes($1) })
        }
        versions[policy.reference] = [(try policy.contentHash, policy)]
    }
}

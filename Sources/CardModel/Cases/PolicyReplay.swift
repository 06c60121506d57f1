import WireFormat

/// What another policy would have changed about past decisions, and why (D-10). Pure and in the
/// order of the cases: the same cases and policies give the same bytes.
public struct PolicyReplay: Sendable {
    /// What the new policy is held against.
    public enum Past: Sendable {
        /// What one policy decides about every case, whatever its order pinned.
        case under(WarrantyPolicy)

        /// What was decided about each case under the policy that its order pinned
        /// (``WarrantyCase/decided``); the policies by their hashes.
        case onRecord([[UInt8]: WarrantyPolicy])
    }

    public let past: Past
    public let after: WarrantyPolicy
    public let rules: RuleTables

    public init(past: Past, after: WarrantyPolicy, rules: RuleTables = .standard) {
        self.past = past
        self.after = after
        self.rules = rules
    }

    /// Why nobody can say what a case was before.
    public enum UnknownPast: Error, Sendable, Hashable {
        /// The case names no decision.
        case notDecided
        case policy(PolicyPin)
    }

    /// One thing that is another one under the new policy.
    public struct Difference: Sendable, Hashable {
        /// `claim`, `liable`, `window_ends_at` or `remedy`.
        public let name: String
        public let before: String
        public let after: String
    }

    /// A case that would have ended otherwise.
    public struct Change: Sendable, Hashable {
        public let id: String

        /// The policy that decided, as ``WarrantyPolicy/reference``.
        public let against: String
        public let differences: [Difference]

        /// The rules that decided it, before and after.
        public let rulesBefore: String
        public let rulesAfter: String
    }

    /// - Returns: nil for a case of which nothing changes for the parties. That a window which
    ///   nobody needed would have ended at another time changes nothing.
    public func change(of warrantyCase: WarrantyCase) throws(UnknownPast) -> Change? {
        let (before, decided) = try past(of: warrantyCase)
        let old = warrantyCase.judged(under: before, by: rules)
        let new = warrantyCase.judged(under: after, by: rules)
        let differences = zip(old.outcome(onRecord: decided), new.outcome())
            .compactMap { old, new in
                old.value == new.value
                    ? nil : Difference(name: old.name, before: old.value, after: new.value)
            }
        guard differences.contains(where: { $0.name != "window_ends_at" }) else { return nil }
        return Change(
            id: warrantyCase.id,
            against: before.reference,
            differences: differences,
            rulesBefore: Self.words(old),
            rulesAfter: Self.words(new)
        )
    }

    private func past(
        of warrantyCase: WarrantyCase
    ) throws(UnknownPast) -> (WarrantyPolicy, PastDecision?) {
        switch past {
        case .under(let policy): return (policy, nil)
        case .onRecord(let policies):
            guard let decided = warrantyCase.decided else { throw .notDecided }
            guard let policy = policies[decided.policy.hash] else {
                throw .policy(decided.policy)
            }
            return (policy, decided)
        }
    }

    private static func words(_ judgement: CaseJudgement) -> String {
        "\(judgement.liability.rule) \(judgement.coverage.id)"
    }
}

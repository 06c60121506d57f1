import WireFormat

/// What another policy would have changed about past decisions, and why (D-10). Pure and in the
/// order of the cases: the same cases and policies give the same bytes.
public struct PolicyReplay: Sendable {
    public let before: WarrantyPolicy
    public let after: WarrantyPolicy
    public let rules: RuleTables

    public init(before: WarrantyPolicy, after: WarrantyPolicy, rules: RuleTables = .standard) {
        self.before = before
        self.after = after
        self.rules = rules
    }

    /// One thing that is another one under the new policy.
    public struct Difference: Sendable, Hashable {
        /// `claim`, `liable`, `window_ends_at` or `remedy`.
        public let name: String
        public let before: String
        public let after: String
    }

    /// A case that would have ended otherwise.
    public struct Change: Sendable {
        public let id: String
        public let differences: [Difference]

        /// The rules that decided it, before and after.
        public let rules: (before: String, after: String)
    }

    /// - Returns: nil for a case of which nothing changes for the parties. That a window which
    ///   nobody needed would have ended at another time changes nothing.
    public func change(of warrantyCase: WarrantyCase) -> Change? {
        let old = warrantyCase.judged(under: before, by: rules)
        let new = warrantyCase.judged(under: after, by: rules)
        let differences = zip(old.outcome, new.outcome).compactMap { old, new in
            old.value == new.value
                ? nil : Difference(name: old.name, before: old.value, after: new.value)
        }
        guard differences.contains(where: { $0.name != "window_ends_at" }) else { return nil }
        return Change(
            id: warrantyCase.id,
            differences: differences,
            rules: (Self.words(old), Self.words(new))
        )
    }

    private static func words(_ judgement: CaseJudgement) -> String {
        "\(judgement.liability.rule) \(judgement.coverage.id)"
    }
}

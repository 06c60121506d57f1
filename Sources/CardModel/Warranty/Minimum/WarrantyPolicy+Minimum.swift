extension WarrantyPolicy {
    /// Every field in which the policy protects the buyer less than `minimum` does, in the order
    /// of a policy file (E3 rule 1).
    ///
    /// A field that the minimum leaves out asks for nothing. What a policy is for, its time zone,
    /// calendar and texts, and the amounts up to which the gateway pays by itself protect nobody
    /// and are not compared.
    public func weaknesses(below minimum: WarrantyPolicy) -> [PolicyWeakness] {
        Self.protections.compactMap { $0.weakness(self, minimum) }
    }

    /// The policy with the better protection of both in every field, under its own id and version.
    ///
    /// Amounts of two currencies do not compare: there the minimum's holds.
    public func merged(with minimum: WarrantyPolicy) -> WarrantyPolicy {
        var merged = self
        for protection in Self.protections { protection.raise(&merged, minimum) }
        return merged
    }

    /// Refuses a policy below the platform's minimum (M0-11, M2-31).
    ///
    /// - Throws: ``InvalidDocument`` with each weaker field under its pointer, and with
    ///   `/legal_minimum` where the policy names another minimum than this.
    public func requireProtection(of minimum: WarrantyPolicy) throws(InvalidDocument) {
        var issues = weaknesses(below: minimum).map { weakness in
            DocumentIssue(
                pointer: weakness.pointer,
                reason: .belowMinimum,
                detail: weakness.text(in: .en)
            )
        }
        if let objection = minimum.objection(toLegalMinimum: legalMinimum) {
            issues.append(
                DocumentIssue(
                    pointer: "/legal_minimum",
                    reason: .contradiction,
                    detail: objection[.en]
                )
            )
        }
        guard issues.isEmpty else { throw InvalidDocument(issues: issues) }
    }

    /// Why a policy may not name `named` as its minimum where this one is in force; nil when it
    /// may, as when it names none.
    public func objection(toLegalMinimum named: String?) -> LocalisedText? {
        guard let named, named != reference else { return nil }
        return LocalisedText(
            zhCN: "`\(named)` 不是现行最低标准；现行的是 `\(reference)`。",
            en: "`\(named)` is not the minimum in force, which is `\(reference)`"
        )
    }

    /// How another policy names this one: `id@version`.
    public var reference: String { "\(id)@\(version)" }
}

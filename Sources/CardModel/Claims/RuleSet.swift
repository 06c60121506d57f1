public import WireFormat

/// The versioned tables by which cases are judged (规则表), apart from the policy that an order
/// pinned: one set a deployment, read when the gateway starts.
///
/// A class because it never changes and goes with every question.
public final class RuleSet: Sendable {
    public let tables: RuleTables
    /// What decisions keep of ``tables``, computed once.
    public let pin: RuleTablesPin
    public let risk: RiskThresholds
    public let penalties: PenaltyLadder
    public let tiers: TierTable
    public let law: LawLibrary

    /// - Throws: `JSONError` when a table has no canonical form.
    public init(
        tables: RuleTables = .standard,
        risk: RiskThresholds = .standard,
        penalties: PenaltyLadder = .standard,
        tiers: TierTable = .standard,
        law: LawLibrary = .standard
    ) throws(JSONError) {
        self.tables = tables
        pin = try tables.pin
        self.risk = risk
        self.penalties = penalties
        self.tiers = tiers
        self.law = law
    }

    private init(shipped tables: RuleTables) {
        self.tables = tables
        // The shipped tables are constants, and a test reads their pin.
        pin = (try? tables.pin) ?? RuleTablesPin(liability: "", coverage: "", hash: [])
        risk = .standard
        penalties = .standard
        tiers = .standard
        law = .standard
    }

    /// What the gateway ships with.
    public static let standard = RuleSet(shipped: .standard)
}

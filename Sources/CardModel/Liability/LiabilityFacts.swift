/// Everything liability is decided from.
public struct LiabilityFacts: Sendable, Hashable {
    /// With its timing decided (``Verdict/timed(custody:zone:skewMargin:)``).
    public var verdict: Verdict
    public var custody: Custody

    /// What the adapter's clock may differ by.
    public var skewMargin: Duration

    /// Whether less shelf life was left at hand-over than the order promised.
    public var isShelfLifeShort: Bool
    public var circumstances: Set<Circumstance>
    public var exclusions: Set<Exclusion>

    public init(
        verdict: Verdict,
        custody: Custody,
        skewMargin: Duration = Timing.defaultSkewMargin,
        isShelfLifeShort: Bool = false,
        circumstances: Set<Circumstance> = [],
        exclusions: Set<Exclusion> = []
    ) {
        self.verdict = verdict
        self.custody = custody
        self.skewMargin = skewMargin
        self.isShelfLifeShort = isShelfLifeShort
        self.circumstances = circumstances
        self.exclusions = exclusions
    }
}

/// Everything liability is decided from.
public struct LiabilityFacts: Sendable, Hashable {
    /// With its timing decided (``Verdict/timed(deliveredAt:zone:skewMargin:)``).
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

    func has(_ kind: Circumstance.Kind) -> Bool {
        circumstances.contains { $0.kind == kind }
    }

    /// Whether the platform caused the defect or has let a paid order lie for too long.
    var isPlatformAtFault: Bool {
        circumstances.contains { circumstance in
            switch circumstance.kind {
            case .platformFault: true
            case .stuckOnPlatform(let duration): duration >= Circumstance.stuckLimit
            case .activationPending, .platformDispensedTwice, .thirdPartyFault,
                .publisherChangedRule, .presumptionRebutted:
                false
            }
        }
    }

    /// The first exclusion, by kind, that explains the defect.
    var explainingExclusion: Exclusion? {
        Exclusion.Kind.allCases.lazy.compactMap { kind in
            exclusions.first { exclusion in
                exclusion.kind == kind
                    && kind.explains(verdict.state, timing: verdict.timing)
            }
        }.first
    }
}

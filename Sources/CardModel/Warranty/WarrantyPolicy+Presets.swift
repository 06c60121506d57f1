extension WarrantyPolicy {
    /// Seven days from the hand-over (M3-15).
    public static let sevenDays = WarrantyPolicy(
        id: "w7",
        version: 1,
        window: WindowTerms(days: 7),
        serviceLevels: .published
    )

    /// Fifteen days from the hand-over (M3-15).
    public static let fifteenDays = WarrantyPolicy(
        id: "w15",
        version: 1,
        window: WindowTerms(days: 15),
        serviceLevels: .published
    )

    /// Thirty days from the hand-over (M3-15).
    public static let thirtyDays = WarrantyPolicy(
        id: "w30",
        version: 1,
        window: WindowTerms(days: 30),
        serviceLevels: .published
    )

    /// 一次性验证质保 bounded by seven days (M3-17); without disclosure seven days (M3-18).
    public static let oneTimeVerification = WarrantyPolicy(
        id: "one-time-verification",
        version: 1,
        window: WindowTerms(mode: .oneTimeVerification, days: 7),
        serviceLevels: .published
    )

    /// A membership of thirty days under a warranty of thirty days (A-num).
    public static let membershipThirtyDays = WarrantyPolicy(
        id: "membership-30",
        version: 1,
        appliesTo: Scope(kind: .membership),
        window: WindowTerms(days: 30),
        serviceLevels: .published,
        membership: MembershipTerms(lengthDays: 30)
    )

    /// The minimum that ships (平台底线, M2-31): what a policy on the platform protects at least. It
    /// admits a one-time verification, disclosed and bounded by seven days.
    public static let platformMinimum = WarrantyPolicy(
        id: "cn-platform-minimum",
        version: 1,
        window: WindowTerms(mode: .oneTimeVerification, days: 7),
        serviceLevels: .published
    )

    /// The policies that ship for products to name.
    public static let presets: [WarrantyPolicy] = [
        sevenDays, fifteenDays, thirtyDays, oneTimeVerification, membershipThirtyDays,
    ]

    /// The preset of that id.
    public static func preset(_ id: String) -> WarrantyPolicy? {
        presets.first { $0.id == id }
    }
}

extension WarrantyPolicy.ServiceLevels {
    /// The defaults with the two times of the published flow, a day each (M2-11).
    public static let published: WarrantyPolicy.ServiceLevels = {
        var levels = WarrantyPolicy.ServiceLevels()
        levels.buyerEvidenceWithin = .hours(24)
        levels.platformDecidesWithin = .hours(24)
        return levels
    }()
}

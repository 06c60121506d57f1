extension WarrantyPolicy {
    /// Seven days from the hand-over (M3-15).
    public static let sevenDays = WarrantyPolicy(
        id: "w7",
        version: 1,
        window: WindowTerms(days: 7)
    )

    /// Fifteen days from the hand-over (M3-15).
    public static let fifteenDays = WarrantyPolicy(
        id: "w15",
        version: 1,
        window: WindowTerms(days: 15)
    )

    /// Thirty days from the hand-over (M3-15).
    public static let thirtyDays = WarrantyPolicy(
        id: "w30",
        version: 1,
        window: WindowTerms(days: 30)
    )

    /// 一次性验证质保 bounded by seven days (M3-17); without disclosure seven days (M3-18).
    public static let oneTimeVerification = WarrantyPolicy(
        id: "one-time-verification",
        version: 1,
        window: WindowTerms(mode: .oneTimeVerification, days: 7)
    )

    /// The policies that ship.
    public static let presets: [WarrantyPolicy] = [
        sevenDays, fifteenDays, thirtyDays, oneTimeVerification,
    ]

    /// The preset of that id.
    public static func preset(_ id: String) -> WarrantyPolicy? {
        presets.first { $0.id == id }
    }
}

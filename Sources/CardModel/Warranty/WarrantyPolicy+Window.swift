extension WarrantyPolicy {
    /// How long the warranty runs, and from when.
    public struct WindowTerms: Sendable, Hashable {
        public var mode: Mode

        /// The length in days; the bound of a one-time verification too.
        public var days: Int
        public var basis: Basis
        public var fallback: BasisFallback?
        public var counting: Counting
        public var zone: LocalZone

        /// The kinds of incidents that stop the clock.
        public var tolling: Set<TollingKind>
        public var replacement: ReplacementWindow

        public init(
            mode: Mode = .period,
            days: Int,
            basis: Basis = .delivery,
            fallback: BasisFallback? = nil,
            counting: Counting = .exact,
            zone: LocalZone = .shanghai,
            tolling: Set<TollingKind> = Set(TollingKind.allCases),
            replacement: ReplacementWindow = ReplacementWindow()
        ) {
            self.mode = mode
            self.days = days
            self.basis = basis
            self.fallback = fallback
            self.counting = counting
            self.zone = zone
            self.tolling = tolling
            self.replacement = replacement
        }

        /// The most days a warranty may run: ten years.
        public static let mostDays = 3_650
    }

    public enum Mode: String, Sendable, Hashable, CaseIterable {
        /// A number of days (M3-15).
        case period
        /// 一次性验证质保: ends with the first verification (M3-17), if that was disclosed (M3-18).
        case oneTimeVerification = "one_time_verification"
        case none
    }

    /// The event that starts the window.
    public enum Basis: String, Sendable, Hashable, CaseIterable {
        case delivery
        /// The buyer looked at the code for the first time.
        case firstView = "first_view"
        /// The first check the buyer asked for.
        case firstVerification = "first_verification"
        case firstActivation = "first_activation"
        case firstUse = "first_use"
    }

    /// What starts the window when its basis never comes: `length` after `use` (the hand-over).
    public struct BasisFallback: Sendable, Hashable {
        public var after: PolicyDuration
        public var use: Basis

        public init(after: PolicyDuration, use: Basis = .delivery) {
            self.after = after
            self.use = use
        }
    }

    public enum Counting: String, Sendable, Hashable, CaseIterable {
        /// start + N × 24 hours.
        case exact
        /// To the end of local day N, the start's day being day 0.
        case localDays = "local_days"
    }

    /// What the window of a replacement code is.
    public struct ReplacementWindow: Sendable, Hashable {
        /// The replacement gets what is left, at least this many days.
        public var leastDays: Int

        public init(leastDays: Int = 7) {
            self.leastDays = leastDays
        }
    }

    /// The terms of a one-time verification.
    public struct OneTimeTerms: Sendable, Hashable {
        /// Whether the issuer's evidence of activation after the hand-over ends the window. The
        /// first check the buyer asks for that shows a good code always does.
        public var endsOnActivation: Bool

        /// Whether the rule needs disclosure before the order; without it the period holds.
        public var isDisclosureRequired: Bool

        public init(endsOnActivation: Bool = true, isDisclosureRequired: Bool = true) {
            self.endsOnActivation = endsOnActivation
            self.isDisclosureRequired = isDisclosureRequired
        }
    }
}

/// What may stop the clock of a window.
public enum TollingKind: String, Sendable, Hashable, CaseIterable {
    case issuerOutage = "issuer_outage"
    case platformOutage = "platform_outage"
    /// The state of the code could not be decided.
    case indeterminate
}

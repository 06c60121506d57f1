/// From what on a rule is hit (风险阈值): data with a version, `Config/rules/risk.yaml`.
public struct RiskThresholds: Sendable, Hashable {
    public var version: Int
    public var repeatComplainant = Burst(window: .elapsed(seconds: 30 * 86_400), count: 5)
    public var refundBurst = RefundBurst()
    public var deadBatch = Share(count: 3, share: PartsPerMillion(10_000))
    public var merchantDeadRate = Share(count: 10, share: PartsPerMillion(10_000))
    public var merchantGone = Gone()
    public var promiseMismatch = Share(count: 5, share: PartsPerMillion(20_000))
    /// Below this part of the reference.
    public var belowMarketPrice = PartsPerMillion(600_000)

    public init(version: Int) {
        self.version = version
    }

    public static let standard = RiskThresholds(version: 1)

    /// So many events within a window; reaching the number is enough.
    public struct Burst: Sendable, Hashable {
        public var window: PolicyDuration
        public var count: Int
    }

    /// By subject. Of a subject that sells, the requests must also be this share of the deliveries
    /// of the window: who sells much is asked for refunds often.
    public struct RefundBurst: Sendable, Hashable {
        public var window = PolicyDuration.elapsed(seconds: 3_600)
        public var buyer = 3
        public var merchant = 20
        public var product = 10
        public var batch = 5
        public var share = PartsPerMillion(50_000)

        func count(of kind: RiskSubject.Kind) -> Int {
            switch kind {
            case .buyer: buyer
            case .merchant: merchant
            case .product: product
            case .batch: batch
            }
        }
    }

    /// At least `count`, and more than `share` at the lower end of ``WilsonInterval``.
    public struct Share: Sendable, Hashable {
        public var count: Int
        public var share: PartsPerMillion
    }

    /// All of it at once.
    public struct Gone: Sendable, Hashable {
        public var unansweredClaims = 3
        /// No answer by a person for so long.
        public var silentFor = PolicyDuration.elapsed(seconds: 2 * 86_400)
        public var noDeliveryFor = PolicyDuration.elapsed(seconds: 2 * 86_400)
        /// Of the balance, withdrawn or asked to be.
        public var balanceLeaving = PartsPerMillion(500_000)
    }
}

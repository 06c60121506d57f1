/// The warranty of a product (质保政策): versioned, immutable, content-addressed.
///
/// An order pins id, version and hash; a later version never reaches back. Money is integer minor
/// units. A field the platform's minimum sets can only be made better for the buyer.
public struct WarrantyPolicy: Sendable, Hashable {
    public var id: String
    public var version: Int
    public var appliesTo: Scope
    public var window: WindowTerms
    public var oneTime: OneTimeTerms
    public var promise: Promise
    public var coverage: Coverage
    public var serviceLevels: ServiceLevels
    public var remedies: RemedyTerms
    public var arbitration: Arbitration
    public var deposit: DepositTerms

    /// 无理由退货: the buyer may return an unused code within this, without a reason (M4-08). `nil`
    /// where it is not declared; an elapsed time, never working days.
    public var noReasonReturn: PolicyDuration?

    /// What a membership lasts; only of a policy for memberships.
    public var membership: MembershipTerms?

    /// The id of the calendar of working days, such as `cn-2026`.
    public var calendar: String?
    public var disclosure: Disclosure

    /// `id@version` of the platform's minimum this policy was checked against.
    public var legalMinimum: String?

    /// The wording of a no-refund clause, where a merchant insists on one ("一经售出不退换").
    /// It is kept because buyers saw it, and **no decision reads it** (M1-36).
    public var noRefundClause: String?

    public init(
        id: String,
        version: Int,
        appliesTo: Scope = Scope(),
        window: WindowTerms,
        oneTime: OneTimeTerms = OneTimeTerms(),
        promise: Promise = Promise(),
        coverage: Coverage = Coverage(),
        serviceLevels: ServiceLevels = ServiceLevels(),
        remedies: RemedyTerms = RemedyTerms(),
        arbitration: Arbitration = Arbitration(),
        deposit: DepositTerms = DepositTerms(),
        noReasonReturn: PolicyDuration? = nil,
        membership: MembershipTerms? = nil,
        calendar: String? = nil,
        disclosure: Disclosure = Disclosure(),
        legalMinimum: String? = nil,
        noRefundClause: String? = nil
    ) {
        self.id = id
        self.version = version
        self.appliesTo = appliesTo
        self.window = window
        self.oneTime = oneTime
        self.promise = promise
        self.coverage = coverage
        self.serviceLevels = serviceLevels
        self.remedies = remedies
        self.arbitration = arbitration
        self.deposit = deposit
        self.noReasonReturn = noReasonReturn
        self.membership = membership
        self.calendar = calendar
        self.disclosure = disclosure
        self.legalMinimum = legalMinimum
        self.noRefundClause = noRefundClause
    }

    /// What the policy is for.
    public struct Scope: Sendable, Hashable {
        public var kind: GoodsKind
        /// Product ids; `*` means every product.
        public var products: [String]

        public init(kind: GoodsKind = .cardKey, products: [String] = ["*"]) {
            self.kind = kind
            self.products = products
        }
    }

    /// The kinds of goods that one policy can be for.
    public enum GoodsKind: String, Sendable, Hashable, CaseIterable {
        case cardKey = "card_key"
        case membership
        case account
    }

    /// The text a buyer is shown before he buys (M3-16).
    public struct Disclosure: Sendable, Hashable {
        public var textZhCN: String?
        public var textEn: String?
        /// Lower-case hexadecimal, as the shop states it.
        public var textSHA256: String?

        public init(textZhCN: String? = nil, textEn: String? = nil, textSHA256: String? = nil) {
            self.textZhCN = textZhCN
            self.textEn = textEn
            self.textSHA256 = textSHA256
        }
    }
}

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
        self.calendar = calendar
        self.disclosure = disclosure
        self.legalMinimum = legalMinimum
        self.noRefundClause = noRefundClause
    }

    /// What the policy is for.
    public struct Scope: Sendable, Hashable {
        /// `card_key`, `membership` or `account`.
        public var kind: String
        /// Product ids; `*` means every product.
        public var products: [String]

        public init(kind: String = "card_key", products: [String] = ["*"]) {
            self.kind = kind
            self.products = products
        }
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

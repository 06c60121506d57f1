public import CardModel
public import WireFormat

/// Something a platform sells: whose codes they are and how they are judged. Immutable.
public final class Product: Sendable {
    public let id: String
    /// The issuer domain of CONTRACT, Duplicates: codes of one issuer are compared with each
    /// other, whatever product they are sold as.
    public let issuer: String
    public let format: CardFormat
    /// Who answers for the codes; nil when nobody can be asked.
    public let adapter: String?
    /// Its policy, with the working days that it counts by and the tables of the deployment.
    public let rules: ClaimRules
    /// What an order of this product pins of ``policy``.
    let pin: PolicyPin
    public let faceValue: Money?
    /// Sold repeatedly by design: never a duplicate.
    public let isReusable: Bool
    /// Only codes of registered stock may be handed over.
    public let requiresStock: Bool

    /// - Throws: ``JSONError`` when the policy has no canonical form.
    public init(
        id: String,
        issuer: String,
        format: CardFormat,
        adapter: String?,
        policy: WarrantyPolicy,
        ruleBook: ClaimRuleBook = ClaimRuleBook(),
        faceValue: Money?,
        isReusable: Bool,
        requiresStock: Bool = false
    ) throws(JSONError) {
        self.id = id
        self.issuer = issuer
        self.format = format
        self.adapter = adapter
        rules = ruleBook.rules(of: policy)
        pin = try policy.pin
        self.faceValue = faceValue
        self.isReusable = isReusable
        self.requiresStock = requiresStock
    }

    public var policy: WarrantyPolicy { rules.policy }

    fileprivate init(unknown id: String, issuer: String, rules: ClaimRules, pin: PolicyPin) {
        self.id = id
        self.issuer = issuer
        format = .generic
        adapter = nil
        self.rules = rules
        self.pin = pin
        faceValue = nil
        isReusable = false
        requiresStock = false
    }
}

/// The products that the operator configured.
public struct ProductCatalogue: Sendable {
    private let products: [String: Product]
    public let ruleBook: ClaimRuleBook
    /// Judges products that nobody configured.
    public let defaultRules: ClaimRules
    private let defaultPin: PolicyPin

    /// - Throws: ``JSONError`` when the default policy has no canonical form.
    public init(
        products: [Product],
        defaultPolicy: WarrantyPolicy,
        ruleBook: ClaimRuleBook = ClaimRuleBook()
    ) throws(JSONError) {
        self.ruleBook = ruleBook
        self.products = Dictionary(products.map { ($0.id, $0) }) { first, _ in first }
        defaultRules = ruleBook.rules(of: defaultPolicy)
        defaultPin = try defaultPolicy.pin
    }

    public var defaultPolicy: WarrantyPolicy { defaultRules.policy }

    /// Every policy an order may be pinned to today.
    public var policies: [WarrantyPolicy] { [defaultPolicy] + all.map(\.policy) }

    public var all: [Product] { products.values.sorted { $0.id < $1.id } }

    public subscript(id: String) -> Product? { products[id] }

    /// The product of an item. An unknown one is accepted: its issuer is the platform itself,
    /// nothing is folded, and nobody is asked (CONTRACT, Duplicates).
    func product(_ id: String, of platform: Platform) -> Product {
        products[id]
            ?? Product(
                unknown: id,
                issuer: "platform:\(platform.name)",
                rules: defaultRules,
                pin: defaultPin
            )
    }
}

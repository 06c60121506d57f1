/// For whom a bundle is made, which decides the fields that it opens.
///
/// Each side gets what it needs to show its own case, and nothing of the others that it did not
/// have before: the buyer's account is not the merchant's business, and another buyer's order is
/// neither's.
public enum BundleAudience: String, Sendable, CaseIterable {
    case buyer
    case merchant
    case platform

    /// Fields that are opened only when the operator reveals keys on purpose.
    static let keys: Set<String> = ["key"]

    /// What of another sale of the same code may be shown: that it was this code, and when.
    private static let ofOtherSale: Set<String> = [
        "typ", "platform", "stage", "product", "line", "serial", "key_last4", "delivered_at",
        "verdict", "items_root",
    ]

    /// What a merchant may see of the orders that it filled. A field that is not named here is
    /// not shown, so that none becomes a merchant's by being added: neither who the buyer is, nor
    /// what a buyer calls the files on his disk, nor what issuers tell of earlier use.
    private static let ofMerchant: Set<String> = [
        "typ", "event_id", "platform", "stage", "order_ref", "merchant", "order", "delivered_at",
        "line", "product", "expires_on", "face_value", "promised", "serial", "key_last4",
        "items_root", "trigger", "verdict", "policy", "transcripts", "links", "against", "family",
        "warranty", "reported_via", "reported_by", "demand", "step", "outcome", "given_by",
        "handed_in_by", "given_at", "slot", "attachment", "operation", "statement_sha256",
        "intent",
    ]

    /// Whether the step of a claim is opened: what a merchant's other claims have led to is no
    /// business of one buyer.
    func opensStep(_ event: String) -> Bool {
        switch self {
        case .buyer: !event.hasPrefix(ClaimHistoryEntry.penaltyPrefix)
        case .merchant, .platform: true
        }
    }

    /// Whether a field is opened.
    ///
    /// - Parameter isOtherSale: The entry is of another order that had the same code.
    func opens(_ field: String, isOtherSale: Bool, revealingKeys: Bool) -> Bool {
        if Self.keys.contains(field) { return revealingKeys }
        // Whose account was credited is nobody's business but the issuer's.
        if field == LeafContents.beneficiary { return false }
        if isOtherSale { return Self.ofOtherSale.contains(field) }
        switch self {
        case .buyer, .platform: return true
        case .merchant: return Self.ofMerchant.contains(field)
        }
    }
}

/// A wish for a bundle.
public struct BundleRequest: Sendable {
    public var delivery: DeliveryID
    public var audience: BundleAudience
    /// Opens the cards' keys, for an issuer or a court: the operator alone may ask for it.
    public var revealsKeys: Bool
    /// Which of the platform's logs, by ordinal; nil for the one with the delivery's first entry.
    /// Every proof of a bundle ends in one head, so it has the entries of one log.
    public var log: Int?

    public init(
        delivery: DeliveryID,
        audience: BundleAudience,
        revealsKeys: Bool = false,
        log: Int? = nil
    ) {
        self.log = log
        self.delivery = delivery
        self.audience = audience
        self.revealsKeys = revealsKeys
    }
}

public import AdapterKit
public import CardModel
public import WireFormat

/// What a platform says it hands over: the body of the delivery webhook, read and bounded.
public struct DeliveryNotice: Sendable {
    public var stage: DeliveryStage
    public var order: Order
    public var merchant: String
    public var buyerReference: String?
    public var promisedAt: Instant?
    /// When the buyer got it; always there at stage `receipt`.
    public var deliveredAt: Instant?
    public var items: [Item]
    /// JSON pointers of the members we do not know: kept out, and reported in the answer.
    public var ignored: [String]

    /// The order the codes belong to.
    public struct Order: Sendable {
        public var id: String
        public var placedAt: Instant?
        public var paid: Money?
        public var paymentReference: String?
        public var termsSHA256: String?
        public var termsDisclosedAt: Instant?
        public var quantity: Int?
        /// Paid or handed over outside the platform: no deposit answers for it (M3-51).
        public var isOffPlatform = false
    }

    /// One code in one line of the order, as the platform spelled it.
    public struct Item: Sendable {
        public var line: Int
        public var product: String
        public var code: CardCode
        public var expiresOn: CalendarDate?
        public var faceValue: Money?
        /// Under which the issuer gave the code out; as secret as the key.
        public var issuerReference: SecretValue?
        /// The remedy that this code replaces a bad one for.
        public var remedy: RemedyID?
        /// What the order promised beside value and label.
        public var promised = PromisedTerms.none
    }

    // MARK: Limits (named in the OpenAPI file)

    /// Bytes of a webhook body.
    public static let largestBodyBytes = 1 << 20
    /// Items of one notice.
    public static let itemLimit = 1_000
    /// Characters of a serial, a key or an issuer's reference.
    public static let longestCodeField = 512
    /// Characters of any other string.
    public static let longestString = 1_024
    /// How far `delivered_at` may lie ahead of our clock.
    public static let largestClockLead = Duration.seconds(300)
    /// Lines are numbered by the platform; a larger number is a mistake.
    public static let largestLine = 1_000_000
    /// Units of one order.
    public static let largestQuantity = 1_000_000
}

/// What is wrong with one field of a body.
public struct FieldError: Error, Sendable, Equatable {
    /// RFC 6901 pointer to the field.
    public let pointer: String
    public let reason: Reason
    public let detail: String

    /// Stable reason codes of field errors.
    public enum Reason: String, Sendable {
        case missing
        case wrongType = "wrong_type"
        case empty
        case tooLong = "too_long"
        case tooMany = "too_many"
        case malformed
        case outOfRange = "out_of_range"
        case duplicateLine = "duplicate_line"
        case inFuture = "in_future"
        /// The remedy waits for no code of this order and line, or waits no more.
        case otherRemedy = "other_remedy"
    }

    static func otherRemedy(item index: Int) -> FieldError {
        FieldError(
            pointer: "/items/\(index)/remedy",
            reason: .otherRemedy,
            detail: otherRemedyDetail
        )
    }

    /// What to do instead of naming a remedy that waits for no code.
    public static let otherRemedyDetail =
        "no open reissue waits for this code. Send the replacement as a delivery at stage "
        + "`dispense` first, for the order and line of the claim, with the `remedy` of a reissue "
        + "that has no code yet; once it was checked (the event remedy.verified), send the "
        + "receipt, without `remedy`"

    public init(pointer: String, reason: Reason, detail: String) {
        self.pointer = pointer
        self.reason = reason
        self.detail = detail
    }
}

/// All that is wrong with a body; never empty.
public struct FieldErrors: Error, Sendable {
    public let errors: [FieldError]

    /// Errors reported of one body: enough to mend it, bounded because a body may hold thousands.
    public static let reportLimit = 50
}

extension DeliveryNotice {
    /// The item's share of what was paid: equal shares of the order's units, whose sum is the
    /// whole. Nil when the platform did not say what was paid.
    func price(of item: Item) -> Money? {
        guard let paid = order.paid,
            let place = items.firstIndex(where: { $0.line == item.line })
        else { return nil }
        return Self.share(
            of: paid, place: place, itemCount: items.count, quantity: order.quantity)
    }

    /// The share of the item that stands at `place` among those of its notice.
    static func share(of paid: Money, place: Int, itemCount: Int, quantity: Int?) -> Money? {
        guard paid.minorUnits > 0 else { return nil }
        let units = Int64(max(quantity ?? 0, itemCount))
        func share(_ count: Int64) -> Int64 {
            // Rounded down so that no sum of shares is above what was paid.
            paid.minorUnits / units * count + paid.minorUnits % units * count / units
        }
        return Money(
            minorUnits: share(Int64(place) + 1) - share(Int64(place)),
            currency: paid.currency
        ).flatMap { $0.minorUnits > 0 ? $0 : nil }
    }
}

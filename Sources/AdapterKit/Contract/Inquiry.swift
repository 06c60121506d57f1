public import CardModel
public import WireFormat

/// One question about one code, with what the seller promised about it.
public struct Inquiry: Sendable {
    /// As delivered: an issuer may need the dashes that normalisation drops, so comparisons
    /// normalise both sides and requests use `askedCode`.
    public var code: CardCode
    /// The platform's product id.
    public var product: String
    /// What the buyer was promised; nil when nothing was said.
    public var faceValue: Money?
    /// The label's last good day, as delivered.
    public var expiresOn: CalendarDate?
    /// When the question is put. Adapters have no clock of their own.
    public var askedAt: Instant
    /// When the code changed hands; nil before it has.
    public var deliveredAt: Instant?
    public var format: CardFormat
    /// The number under which the issuer gave the code out (an order, a payout address), for
    /// adapters that prove provenance. As secret as the key: some issuers show the code to
    /// whoever has it.
    public var issuerReference: SecretValue?
    /// Random, 0 to 2^53 − 1, fresh for each question: binds a signed answer to it.
    public var nonce: UInt64
    /// What the last answer to this question left to go on with; nil at the first ask.
    public var continuation: String?
    /// Where days begin and end.
    public var zone: LocalZone

    public init(
        code: CardCode,
        product: String,
        faceValue: Money? = nil,
        expiresOn: CalendarDate? = nil,
        askedAt: Instant,
        deliveredAt: Instant? = nil,
        format: CardFormat,
        issuerReference: SecretValue? = nil,
        nonce: UInt64 = 0,
        continuation: String? = nil,
        zone: LocalZone = .shanghai
    ) {
        self.code = code
        self.product = product
        self.faceValue = faceValue
        self.expiresOn = expiresOn
        self.askedAt = askedAt
        self.deliveredAt = deliveredAt
        self.format = format
        self.issuerReference = issuerReference
        self.nonce = nonce
        self.continuation = continuation
        self.zone = zone
    }

    /// Whole numbers that every JSON reader keeps exactly (RFC 8259 §6).
    public static let nonceRange: ClosedRange<UInt64> = 0...((1 << 53) - 1)
    /// Longest continuation, in bytes. It holds no key, and stands in the store in clear.
    public static let longestContinuationBytes = 256

    /// The spelling the issuer is asked with.
    public var askedCode: CardCode { format.issuerSpelling(of: code) }

    /// The local day on which the question is put.
    public var askedOn: CalendarDate { zone.day(of: askedAt) }

    /// Whether the issuer's serial is the delivered one, after the format's normalisation.
    /// True when none was delivered: there is nothing to contradict.
    public func serialAgrees(with returned: String) -> Bool {
        guard let delivered = format.normalise(code).serial else { return true }
        let candidate = CardCode(serial: SerialNumber(returned), key: code.key)
        return format.normalise(candidate).serial == delivered
    }

    /// Whether a key that the issuer repeated is the one we asked about.
    public func keyAgrees(with returned: String) -> Bool {
        let candidate = CardCode(serial: code.serial, key: CardKey(returned))
        return format.normalise(candidate).key.matches(format.normalise(code).key)
    }
}

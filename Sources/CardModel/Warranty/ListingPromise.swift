public import WireFormat

/// A promise that the listing or the seller made for an order (商家承诺, M2-15): "秒到账",
/// "余额一年有效". Kept with the digest of where it stood.
public struct ListingPromise: Sendable, Hashable {
    /// What it promises, where that can be compared with what happened.
    public let kind: Kind?
    /// Its own words; always there where there is no kind.
    public let text: String?
    /// SHA-256 of the page, picture or message it stood in: lower-case hexadecimal.
    public let sourceSHA256: String

    public enum Kind: Sendable, Hashable {
        /// Handed over within this time of the order; never working days, which need a calendar.
        case deliverWithin(PolicyDuration)
        /// Worth this much or more.
        case faceValue(Money)
        case region(String)
        /// Days to the last day of use that are left at the hand-over.
        case minimumShelfLife(days: Int)
    }

    /// Promises of one order's item.
    public static let most = 16
    /// Characters of a promise's words.
    public static let longestText = 256

    /// `nil` without a kind and words, beyond the limits, or with a digest that is none.
    public init?(kind: Kind?, text: String?, sourceSHA256: String) {
        let digest = sourceSHA256.lowercased()
        guard kind != nil || text?.isEmpty == false,
            (text?.unicodeScalars.count ?? 0) <= Self.longestText,
            digest.utf8.count == 64, Hexadecimal.decode(digest) != nil
        else { return nil }
        self.kind = kind
        self.text = text
        self.sourceSHA256 = digest
    }
}

extension ListingPromise {
    /// What a promise came to.
    public enum Outcome: String, Sendable, Hashable, CaseIterable {
        case kept
        case broken
        /// It can be compared, and what it is compared with is not known.
        case unknown
        /// Words alone: a person reads them.
        case words
    }

    /// What happened, as far as it is known.
    public struct Facts: Sendable, Hashable {
        public var placedAt: Instant?
        public var deliveredAt: Instant?
        /// What the issuer says the code is worth.
        public var actualValue: Money?
        /// The region that the issuer tells.
        public var region: String?
        /// The last day of use.
        public var expiresOn: CalendarDate?
        public var zone: LocalZone

        public init(
            placedAt: Instant? = nil,
            deliveredAt: Instant? = nil,
            actualValue: Money? = nil,
            region: String? = nil,
            expiresOn: CalendarDate? = nil,
            zone: LocalZone
        ) {
            self.placedAt = placedAt
            self.deliveredAt = deliveredAt
            self.actualValue = actualValue
            self.region = region
            self.expiresOn = expiresOn
            self.zone = zone
        }
    }

    public func outcome(_ facts: Facts) -> Outcome {
        guard let kind else { return .words }
        let isKept: Bool? =
            switch kind {
            case .deliverWithin(let length): Self.isInTime(length, facts)
            case .faceValue(let promised): Self.isWorth(promised, facts.actualValue)
            case .region(let promised):
                AttributeCheck(name: "region", expected: promised, actual: facts.region).agrees
            case .minimumShelfLife(let days): Self.lasts(days, facts)
            }
        return isKept.map { $0 ? .kept : .broken } ?? .unknown
    }

    /// Whether it is the promise of a kind, and was broken.
    func isBroken(_ kindName: KindName, by facts: Facts) -> Bool {
        self.kindName == kindName && outcome(facts) == .broken
    }

    private static func isInTime(_ length: PolicyDuration, _ facts: Facts) -> Bool? {
        guard let placedAt = facts.placedAt, let deliveredAt = facts.deliveredAt,
            let length = length.duration
        else { return nil }
        return deliveredAt.duration(since: placedAt) <= length
    }

    private static func isWorth(_ promised: Money, _ actual: Money?) -> Bool? {
        switch actual?.compared(to: promised) {
        case .less: false
        case .equal, .greater: true
        case .notComparable, nil: nil
        }
    }

    private static func lasts(_ days: Int, _ facts: Facts) -> Bool? {
        guard let expiresOn = facts.expiresOn, let deliveredAt = facts.deliveredAt else {
            return nil
        }
        return !Expiry.isShelfLifeShort(
            expiresOn,
            deliveredAt: deliveredAt,
            promisedDays: days,
            in: facts.zone
        )
    }
}

extension ListingPromise {
    /// The names of the kinds, as a notice writes them.
    public enum KindName: String, Sendable, Hashable, CaseIterable {
        case deliverWithin = "deliver_within"
        case faceValue = "face_value"
        case region
        case minimumShelfLife = "min_shelf_life_days"
    }

    public var kindName: KindName? {
        switch kind {
        case .deliverWithin: .deliverWithin
        case .faceValue: .faceValue
        case .region: .region
        case .minimumShelfLife: .minimumShelfLife
        case nil: nil
        }
    }

    public var jsonValue: JSONValue {
        [
            "kind": .optional(kindName?.rawValue), "value": value, "text": .optional(text),
            "source_sha256": .string(sourceSHA256),
        ]
    }

    private var value: JSONValue {
        switch kind {
        case .deliverWithin(let length): .string(length.description)
        case .faceValue(let money): money.jsonValue
        case .region(let region): .string(region)
        case .minimumShelfLife(let days): .integer(Int64(days))
        case nil: .null
        }
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else.
    public init?(jsonValue: JSONValue) {
        var kind: Kind?
        var (name, text): (KindName?, String?)
        let fields = NullableFields(jsonValue)
        guard let digest = jsonValue["source_sha256"]?.stringValue,
            fields.read("kind", into: &name, { $0.stringValue.flatMap(KindName.init) }),
            fields.read("text", into: &text, { $0.stringValue })
        else { return nil }
        if let name {
            kind = jsonValue["value"].flatMap { Kind(name, $0) }
            guard kind != nil else { return nil }
        }
        self.init(kind: kind, text: text, sourceSHA256: digest)
    }
}

extension ListingPromise.Kind {
    /// `nil` for a value that is none of this kind.
    public init?(_ name: ListingPromise.KindName, _ value: JSONValue) {
        switch name {
        case .deliverWithin:
            guard let length = value.stringValue.flatMap({ PolicyDuration($0) }),
                length.duration != nil
            else { return nil }
            self = .deliverWithin(length)
        case .faceValue:
            guard let money = Money(jsonValue: value) else { return nil }
            self = .faceValue(money)
        case .region:
            guard let region = value.stringValue, CodeAttributes.isValue(region) else {
                return nil
            }
            self = .region(region)
        case .minimumShelfLife:
            guard let days = value.integerValue.flatMap({ Int(exactly: $0) }),
                (1...WarrantyPolicy.WindowTerms.mostDays).contains(days)
            else { return nil }
            self = .minimumShelfLife(days: days)
        }
    }
}

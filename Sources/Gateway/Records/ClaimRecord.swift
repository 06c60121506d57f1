public import CardModel
public import WireFormat

/// A warranty claim as stored: the machine's claim and where it belongs.
public struct ClaimRecord: Sendable {
    public var id: ClaimID
    public var platform: PlatformNumber
    public var item: ItemNumber
    public var delivery: DeliveryID
    public var line: Int
    public var merchant: String
    public var product: String
    /// The registered batch that the code is of; nil for a code of none.
    public var batch: BatchID?
    /// Whose order it is (``DeliveryRecord/buyerCode``).
    public var buyerCode: [UInt8]?
    /// What the public page of the claim is found by; guessed by nobody (M0-07).
    public var tracking: TrackingNumber
    /// State, family, liable party: what the machine of CardModel moves.
    public var claim: Claim
    /// The verdict it was opened for.
    public var verdict: Verdict
    /// When the present owner must have acted; nil when it is closed. A time that is over stays.
    public var dueAt: Instant?
    /// Whether that rests on days of which no calendar speaks.
    public var isDueProvisional = false
    /// As it is known now: a claim that opens again may have a window that has been longer.
    public var warrantyEndsAt: Instant?
    /// What its opening knew, and its leaf says.
    public private(set) var opening: Opening
    /// Index of the leaf that records the opening.
    public var leafIndex: UInt64
    /// When a finding first bore out what somebody had only said; nil while none has, and for a
    /// claim that opened on a finding.
    public var confirmedAt: Instant?

    public init(
        id: ClaimID,
        item: ItemRecord,
        tracking: TrackingNumber,
        claim: Claim,
        verdict: Verdict,
        warrantyEndsAt: Instant?,
        reportedVia: ReportChannel,
        reportedBy: ClaimActor,
        batch: BatchID? = nil,
        buyerCode: [UInt8]? = nil,
        leafIndex: UInt64
    ) {
        self.id = id
        platform = item.platform
        self.item = item.number
        delivery = item.delivery
        line = item.terms.line
        merchant = item.terms.merchant
        product = item.terms.product
        self.batch = batch
        self.buyerCode = buyerCode
        self.tracking = tracking
        self.claim = claim
        self.verdict = verdict
        self.warrantyEndsAt = warrantyEndsAt
        opening = Opening(
            against: claim.against, warrantyEndsAt: warrantyEndsAt, reportedVia: reportedVia,
            reportedBy: reportedBy)
        self.leafIndex = leafIndex
    }

    /// Whether more than somebody's word shows the defect.
    var isFound: Bool { verdict.certainty.isFinding || confirmedAt != nil }

    public struct Opening: Sendable, Hashable {
        public let against: LiableParty
        public let warrantyEndsAt: Instant?
        public let reportedVia: ReportChannel
        /// The gateway itself, for what a check found.
        public let reportedBy: ClaimActor
    }

    /// Takes over what a transition made of the claim, with the due time that follows from it.
    mutating func become(_ claim: Claim, counting calendar: WorkCalendar) {
        self.claim = claim
        let due = claim.due(calendar)
        dueAt = due?.instant
        isDueProvisional = due?.isProvisional ?? false
    }
}

/// One step of a claim, kept forever.
public struct ClaimHistoryEntry: Sendable {
    public var at: Instant
    public var from: ClaimState?
    public var to: ClaimState
    /// What moved it: the event's name.
    public var event: String
    public var actor: ClaimActor
    /// Which account of that role; nil for the gateway itself.
    public var account: String?
    /// What the event came with and what followed, without code or person.
    public var detail: JSONValue

    public init(
        at: Instant,
        from: ClaimState?,
        to: ClaimState,
        event: String,
        actor: ClaimActor,
        account: String? = nil,
        detail: JSONValue = .null
    ) {
        self.at = at
        self.from = from
        self.to = to
        self.event = event
        self.actor = actor
        self.account = account
        self.detail = detail
    }
}

/// What a claim's public page is found by (查询号): 80 random bits.
public struct TrackingNumber: Sendable, Hashable {
    /// `KZ` and four groups of four symbols of Crockford's base32, in upper case.
    public let text: String

    /// - Parameter random: ten random bytes.
    init(random: [UInt8]) {
        precondition(random.count == Self.byteCount, "a tracking number takes ten random bytes")
        let value = random.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let symbols = (0..<Self.symbolCount).reversed().map { place in
            CrockfordBase32.symbol(UInt8(truncatingIfNeeded: value >> UInt128(5 * place)) & 31)
        }
        let groups = stride(from: 0, to: symbols.count, by: 4).map { start in
            String(decoding: symbols[start..<start + 4], as: UTF8.self).uppercased()
        }
        text = "KZ-" + groups.joined(separator: "-")
    }

    /// As people type it: small letters, without dashes; nil for what is none.
    public init?(_ text: String) {
        let symbols = text.uppercased().utf8.filter { $0 != UInt8(ascii: "-") }
        guard symbols.count == Self.symbolCount + 2, symbols.starts(with: "KZ".utf8) else {
            return nil
        }
        var value: UInt128 = 0
        for symbol in String(decoding: symbols.dropFirst(2), as: UTF8.self).lowercased().utf8 {
            guard let digit = CrockfordBase32.value(of: symbol) else { return nil }
            value = value << 5 | UInt128(digit)
        }
        self.init(
            random: (0..<Self.byteCount).reversed().map {
                UInt8(truncatingIfNeeded: value >> UInt128(8 * $0))
            }
        )
    }

    static let byteCount = 10
    private static let symbolCount = 16
}

extension ClaimRecord: StoredTree {
    public var jsonValue: JSONValue {
        [
            "id": .string(id.text), "platform": .integer(platform.rawValue),
            "item": .integer(item.rawValue), "delivery": .string(delivery.text),
            "line": .integer(Int64(line)), "merchant": .string(merchant),
            "product": .string(product), "batch": JSONValue(text: batch?.text),
            "buyer_code": JSONValue(text: buyerCode.map { Hexadecimal.encode($0) }),
            "tracking": .string(tracking.text), "claim": claim.jsonValue,
            "verdict": verdict.jsonValue, "due_at": JSONValue(dueAt),
            "is_due_provisional": isDueProvisional ? true : .null,
            "warranty_ends_at": JSONValue(warrantyEndsAt),
            "opened_against": .string(opening.against.rawValue),
            "opening_ends_at": JSONValue(opening.warrantyEndsAt),
            "reported_via": .string(opening.reportedVia.rawValue),
            "reported_by": .string(opening.reportedBy.rawValue),
            "leaf_index": .integer(Int64(leafIndex)),
            "confirmed_at": JSONValue(confirmedAt),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue.flatMap({ ClaimID($0) }),
            let platform = jsonValue["platform"]?.integerValue,
            let item = jsonValue["item"]?.integerValue,
            let delivery = jsonValue["delivery"]?.stringValue.flatMap({ DeliveryID($0) }),
            let line = jsonValue["line"]?.integerValue,
            let merchant = jsonValue["merchant"]?.stringValue,
            let product = jsonValue["product"]?.stringValue,
            let tracking = jsonValue["tracking"]?.stringValue.flatMap({ TrackingNumber($0) }),
            let claim = jsonValue["claim"].flatMap({ Claim(jsonValue: $0) }),
            let verdict = jsonValue["verdict"].flatMap({ Verdict(jsonValue: $0) }),
            let openedAgainst = jsonValue["opened_against"]?.stringValue
                .flatMap({ LiableParty(rawValue: $0) }),
            let reportedVia = jsonValue["reported_via"]?.stringValue
                .flatMap({ ReportChannel(rawValue: $0) }),
            let reportedBy = jsonValue["reported_by"]?.stringValue
                .flatMap({ ClaimActor(rawValue: $0) }),
            let leafIndex = jsonValue["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        opening = Opening(
            against: openedAgainst, warrantyEndsAt: jsonValue["opening_ends_at"]?.instant,
            reportedVia: reportedVia, reportedBy: reportedBy)
        self.id = id
        self.platform = PlatformNumber(rawValue: platform)
        self.item = ItemNumber(rawValue: item)
        self.delivery = delivery
        self.line = Int(line)
        self.merchant = merchant
        self.product = product
        batch = jsonValue["batch"]?.stringValue.flatMap { BatchID($0) }
        buyerCode = jsonValue["buyer_code"]?.stringValue.flatMap { Hexadecimal.decode($0) }
        self.tracking = tracking
        self.claim = claim
        self.verdict = verdict
        dueAt = jsonValue["due_at"]?.instant
        isDueProvisional = jsonValue["is_due_provisional"]?.boolValue ?? false
        warrantyEndsAt = jsonValue["warranty_ends_at"]?.instant
        self.leafIndex = leafIndex
        confirmedAt = jsonValue["confirmed_at"]?.instant
    }
}

extension ClaimHistoryEntry: StoredTree {
    public var jsonValue: JSONValue {
        [
            "at": JSONValue(at), "from": JSONValue(text: from?.rawValue),
            "to": .string(to.rawValue), "event": .string(event), "actor": .string(actor.rawValue),
            "account": JSONValue(text: account), "detail": detail,
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let at = jsonValue["at"]?.instant,
            let to = jsonValue["to"]?.stringValue.flatMap({ ClaimState(rawValue: $0) }),
            let event = jsonValue["event"]?.stringValue,
            let actor = jsonValue["actor"]?.stringValue.flatMap({ ClaimActor(rawValue: $0) })
        else { return nil }
        self.init(
            at: at,
            from: jsonValue["from"]?.stringValue.flatMap { ClaimState(rawValue: $0) },
            to: to,
            event: event,
            actor: actor,
            account: jsonValue["account"]?.stringValue,
            detail: jsonValue["detail"] ?? .null
        )
    }
}

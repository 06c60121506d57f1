public import CardModel
import EvidenceLog
public import WireFormat

/// The stored JSON form of what a driver keeps in one column: the parts of records that no
/// constraint and no query looks into.
public protocol StoredValue: Sendable {
    var storedBytes: [UInt8] { get }
    /// Nil when the value was not written by ``storedBytes``.
    init?(jsonValue: JSONValue)
}

/// A stored value that is written as a tree.
public protocol StoredTree: StoredValue {
    var jsonValue: JSONValue { get }
}

extension StoredTree {
    /// Members that are null are left out: whoever reads takes what is missing for null.
    public var storedBytes: [UInt8] { jsonValue.serializedWithoutNullMembers() }
}

extension Verdict: StoredTree {}

extension StoredValue {
    public init?(storedBytes: [UInt8]) {
        guard let value = try? JSONValue.parse(storedBytes, limits: .record) else { return nil }
        self.init(jsonValue: value)
    }
}

/// A value together with the bytes under which it is stored, written once: in the task that made
/// the value, not by the one thread that writes.
@dynamicMemberLookup
public struct Stored<Value: StoredValue>: Sendable {
    public let value: Value
    public let bytes: [UInt8]

    public init(_ value: Value) {
        self.value = value
        bytes = value.storedBytes
    }

    /// Nil when the bytes are not of such a value.
    public init?(bytes: [UInt8]) {
        guard let value = Value(storedBytes: bytes) else { return nil }
        self.value = value
        self.bytes = bytes
    }

    public subscript<Part>(dynamicMember part: KeyPath<Value, Part>) -> Part {
        value[keyPath: part]
    }
}

extension JSONValue {
    init(_ instant: Instant?) {
        self = instant.map { .integer($0.millisecondsSinceEpoch) } ?? .null
    }

    var instant: Instant? { integerValue.map { Instant(millisecondsSinceEpoch: $0) } }
}

extension PolicyPin: StoredTree {}

extension ItemTerms: StoredTree {
    public var jsonValue: JSONValue {
        [
            "line": .integer(Int64(line)), "product": .string(product),
            "merchant": .string(merchant), "expires_on": JSONValue(text: expiresOn?.iso8601),
            "face_value": faceValue?.jsonValue ?? .null,
            "product_value": isFaceValueTheProducts ? true : .null,
            "placed_at": JSONValue(placedAt),
            "terms_disclosed_at": JSONValue(termsDisclosedAt), "policy": policy.jsonValue,
            "price": price?.jsonValue ?? .null, "issuer": JSONValue(text: issuer),
            "promised": promised.isEmpty ? .null : promised.jsonValue,
            "off_platform": isOffPlatform ? true : .null,
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let promised = Self.promised(jsonValue["promised"]) else { return nil }
        guard let line = jsonValue["line"]?.integerValue,
            let product = jsonValue["product"]?.stringValue,
            let merchant = jsonValue["merchant"]?.stringValue,
            let policy = jsonValue["policy"].flatMap({ PolicyPin(jsonValue: $0) })
        else { return nil }
        self.init(
            line: Int(line),
            product: product,
            merchant: merchant,
            expiresOn: jsonValue["expires_on"]?.stringValue.flatMap { CalendarDate(iso8601: $0) },
            faceValue: jsonValue["face_value"].flatMap { Money(jsonValue: $0) },
            isFaceValueTheProducts: jsonValue["product_value"]?.boolValue ?? false,
            placedAt: jsonValue["placed_at"]?.instant,
            termsDisclosedAt: jsonValue["terms_disclosed_at"]?.instant,
            policy: policy,
            price: jsonValue["price"].flatMap { Money(jsonValue: $0) },
            promised: promised,
            issuer: jsonValue["issuer"]?.stringValue,
            isOffPlatform: jsonValue["off_platform"]?.boolValue ?? false
        )
    }

    /// Terms without promises have no such member; what cannot be read is not taken for none.
    private static func promised(_ value: JSONValue?) -> PromisedTerms? {
        guard let value, !value.isNull else { return PromisedTerms.none }
        return PromisedTerms(jsonValue: value)
    }
}

extension ItemDecision {
    public var storedBytes: [UInt8] {
        var object = JSONObjectWriter()
        object.append("verdict", json: verdict.bytes)
        object.append("decided_at", JSONValue(decidedAt))
        if askedAt != decidedAt { object.append("asked_at", JSONValue(askedAt)) }
        object.append("liability", .string(liability.rawValue))
        object.append("liability_rule", .string(liabilityRule))
        if let claim { object.append("claim", .string(claim.text)) }
        if let claimRefusal { object.append("claim_refusal", .string(claimRefusal)) }
        object.append("leaf_index", .integer(Int64(leaf.index)))
        object.append("leaf_hash", .string(leaf.hash.base64))
        if let judgement { object.append("judgement", json: judgement.storedBytes) }
        return object.finished
    }

    /// Reads what ``storedBytes`` wrote; nil for anything else.
    public init?(check: CheckID, storedBytes: [UInt8]) {
        guard let value = try? JSONValue.parse(storedBytes, limits: .record) else { return nil }
        self.init(check: check, jsonValue: value)
    }

    private init?(check: CheckID, jsonValue: JSONValue) {
        guard let verdict = jsonValue["verdict"].flatMap({ Verdict(jsonValue: $0) }),
            let decidedAt = jsonValue["decided_at"]?.instant,
            let liability = jsonValue["liability"]?.stringValue.flatMap({
                LiableParty(rawValue: $0)
            }),
            let index = jsonValue["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) }),
            let hash = jsonValue["leaf_hash"]?.stringValue.flatMap({ TreeHash(base64: $0) })
        else { return nil }
        var judgement: JudgementRecord?
        if let value = jsonValue["judgement"] {
            judgement = JudgementRecord(jsonValue: value)
            guard judgement != nil else { return nil }
        }
        self.init(
            check: check,
            verdict: Stored(verdict),
            askedAt: jsonValue["asked_at"]?.instant,
            decidedAt: decidedAt,
            liability: liability,
            liabilityRule: jsonValue["liability_rule"]?.stringValue ?? "",
            claim: jsonValue["claim"]?.stringValue.flatMap { ClaimID($0) },
            claimRefusal: jsonValue["claim_refusal"]?.stringValue,
            leaf: LeafReference(index: index, hash: hash),
            judgement: judgement
        )
    }
}

extension ItemRecord {
    /// What becomes of an item beside its decision, for one column.
    public struct Standing: Sendable {
        public var dispenseGoodAt: Instant?
        public var dispenseBadAt: Instant?
        public var firstVerificationAt: Instant?
        public var buyerSawGoodAt: Instant?
        public var activatedAt: Instant?
        public var undecidedSince: Instant?
        public var undecidedIncidents: [Incident]
        public var replacesEndingAt: Instant?
    }

    /// Nil while nothing has happened to the item: the usual one, when it is admitted.
    public var standing: Standing? {
        get {
            guard !isUntouched else { return nil }
            return Standing(
                dispenseGoodAt: dispenseGoodAt,
                dispenseBadAt: dispenseBadAt,
                firstVerificationAt: firstVerificationAt,
                buyerSawGoodAt: buyerSawGoodAt,
                activatedAt: activatedAt,
                undecidedSince: undecidedSince,
                undecidedIncidents: undecidedIncidents,
                replacesEndingAt: replacesEndingAt
            )
        }
        set {
            dispenseGoodAt = newValue?.dispenseGoodAt
            dispenseBadAt = newValue?.dispenseBadAt
            firstVerificationAt = newValue?.firstVerificationAt
            buyerSawGoodAt = newValue?.buyerSawGoodAt
            activatedAt = newValue?.activatedAt
            undecidedSince = newValue?.undecidedSince
            undecidedIncidents = newValue?.undecidedIncidents ?? []
            replacesEndingAt = newValue?.replacesEndingAt
        }
    }

    private var isUntouched: Bool {
        dispenseGoodAt == nil && dispenseBadAt == nil && firstVerificationAt == nil
            && buyerSawGoodAt == nil && activatedAt == nil && undecidedSince == nil
            && undecidedIncidents.isEmpty && replacesEndingAt == nil
    }
}

extension ItemRecord.Standing: StoredTree {
    public var jsonValue: JSONValue {
        [
            "dispense_good_at": JSONValue(dispenseGoodAt),
            "dispense_bad_at": JSONValue(dispenseBadAt),
            "first_verification_at": JSONValue(firstVerificationAt),
            "buyer_saw_good_at": JSONValue(buyerSawGoodAt),
            "activated_at": JSONValue(activatedAt),
            "undecided_since": JSONValue(undecidedSince),
            "undecided_incidents": .array(
                undecidedIncidents.map { [JSONValue($0.startedAt), JSONValue($0.endedAt)] }
            ),
            "replaces_ending_at": JSONValue(replacesEndingAt),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let incidents = jsonValue["undecided_incidents"]?.arrayValue else { return nil }
        dispenseGoodAt = jsonValue["dispense_good_at"]?.instant
        dispenseBadAt = jsonValue["dispense_bad_at"]?.instant
        firstVerificationAt = jsonValue["first_verification_at"]?.instant
        buyerSawGoodAt = jsonValue["buyer_saw_good_at"]?.instant
        activatedAt = jsonValue["activated_at"]?.instant
        undecidedSince = jsonValue["undecided_since"]?.instant
        replacesEndingAt = jsonValue["replaces_ending_at"]?.instant
        undecidedIncidents = incidents.compactMap { pair in
            guard let start = pair.value(atPointer: "/0")?.instant else { return nil }
            return Incident(
                kind: .indeterminate,
                startedAt: start,
                endedAt: pair.value(atPointer: "/1")?.instant
            )
        }
    }
}

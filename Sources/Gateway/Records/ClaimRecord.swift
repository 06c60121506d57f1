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
    /// State, family, liable party: what the machine of CardModel moves.
    public var claim: Claim
    /// The verdict it was opened for.
    public var verdict: Verdict
    /// When the present owner must have acted; nil when nothing was agreed or it is closed.
    public var dueAt: Instant?
    public var warrantyEndsAt: Instant?
    /// Index of the leaf that records the opening.
    public var leafIndex: UInt64

    public init(
        id: ClaimID,
        item: ItemRecord,
        claim: Claim,
        verdict: Verdict,
        dueAt: Instant?,
        warrantyEndsAt: Instant?,
        leafIndex: UInt64
    ) {
        self.id = id
        platform = item.platform
        self.item = item.number
        delivery = item.delivery
        line = item.terms.line
        merchant = item.terms.merchant
        self.claim = claim
        self.verdict = verdict
        self.dueAt = dueAt
        self.warrantyEndsAt = warrantyEndsAt
        self.leafIndex = leafIndex
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

    public init(
        at: Instant,
        from: ClaimState?,
        to: ClaimState,
        event: String,
        actor: ClaimActor
    ) {
        self.at = at
        self.from = from
        self.to = to
        self.event = event
        self.actor = actor
    }
}

extension ClaimState {
    /// When the owner of the state must have acted, if that is a plain span of time. Working days
    /// are counted by a calendar and are not known here.
    func dueAt(from enteredAt: Instant, policy: WarrantyPolicy) -> Instant? {
        switch due(under: policy.serviceLevels) {
        case .atOnce: enteredAt
        case .within(let length): length.duration.map { enteredAt + $0 }
        case .notAgreed, .never: nil
        }
    }
}

extension ClaimRecord: StoredTree {
    public var jsonValue: JSONValue {
        [
            "id": .string(id.text), "platform": .integer(platform.rawValue),
            "item": .integer(item.rawValue), "delivery": .string(delivery.text),
            "line": .integer(Int64(line)), "merchant": .string(merchant),
            "claim": claim.storedValue, "verdict": verdict.jsonValue,
            "due_at": JSONValue(dueAt), "warranty_ends_at": JSONValue(warrantyEndsAt),
            "leaf_index": .integer(Int64(leafIndex)),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue.flatMap({ ClaimID($0) }),
            let platform = jsonValue["platform"]?.integerValue,
            let item = jsonValue["item"]?.integerValue,
            let delivery = jsonValue["delivery"]?.stringValue.flatMap({ DeliveryID($0) }),
            let line = jsonValue["line"]?.integerValue,
            let merchant = jsonValue["merchant"]?.stringValue,
            let claim = jsonValue["claim"].flatMap({ Claim(storedValue: $0) }),
            let verdict = jsonValue["verdict"].flatMap({ Verdict(jsonValue: $0) }),
            let leafIndex = jsonValue["leaf_index"]?.integerValue.flatMap({ UInt64(exactly: $0) })
        else { return nil }
        self.id = id
        self.platform = PlatformNumber(rawValue: platform)
        self.item = ItemNumber(rawValue: item)
        self.delivery = delivery
        self.line = Int(line)
        self.merchant = merchant
        self.claim = claim
        self.verdict = verdict
        dueAt = jsonValue["due_at"]?.instant
        warrantyEndsAt = jsonValue["warranty_ends_at"]?.instant
        self.leafIndex = leafIndex
    }
}

extension Claim {
    fileprivate var storedValue: JSONValue {
        [
            "id": .string(id), "item": .string(item), "family": .string(family.rawValue),
            "policy": policy.jsonValue, "defect": .string(defect.rawValue),
            "attached_defects": .array(attachedDefects.map { .string($0.rawValue) }),
            "against": .string(against.rawValue), "filed_at": JSONValue(filedAt),
            "state": .string(state.rawValue), "entered_at": JSONValue(enteredAt),
            "evidence_owed_by": JSONValue(text: evidenceOwedBy?.rawValue),
            "refusal": JSONValue(text: refusal?.rawValue),
        ]
    }

    fileprivate init?(storedValue value: JSONValue) {
        func text(_ name: String) -> String? { value[name]?.stringValue }
        guard let id = text("id"), let item = text("item"),
            let family = text("family").flatMap({ DefectFamily(rawValue: $0) }),
            let policy = value["policy"].flatMap({ PolicyPin(jsonValue: $0) }),
            let defect = text("defect").flatMap({ VerdictState(rawValue: $0) }),
            let against = text("against").flatMap({ LiableParty(rawValue: $0) }),
            let filedAt = value["filed_at"]?.instant,
            let state = text("state").flatMap({ ClaimState(rawValue: $0) }),
            let enteredAt = value["entered_at"]?.instant
        else { return nil }
        self.init(
            restoring: id,
            item: item,
            family: family,
            policy: policy,
            defect: defect,
            attachedDefects: (value["attached_defects"]?.arrayValue ?? []).compactMap {
                $0.stringValue.flatMap { VerdictState(rawValue: $0) }
            },
            against: against,
            filedAt: filedAt,
            state: state,
            enteredAt: enteredAt,
            evidenceOwedBy: text("evidence_owed_by").flatMap { ClaimActor(rawValue: $0) },
            refusal: text("refusal").flatMap { NotCoveredReason(rawValue: $0) }
        )
    }
}

extension ClaimHistoryEntry: StoredTree {
    public var jsonValue: JSONValue {
        [
            "at": JSONValue(at), "from": JSONValue(text: from?.rawValue),
            "to": .string(to.rawValue), "event": .string(event), "actor": .string(actor.rawValue),
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
            actor: actor
        )
    }
}

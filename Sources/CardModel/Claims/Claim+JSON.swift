public import WireFormat

/// A claim as the store keeps it: everything, so that what is read back moves as before.
extension Claim {
    public var jsonValue: JSONValue {
        [
            "id": .string(id), "item": .string(item), "family": .string(family.rawValue),
            "policy": policy.jsonValue, "defect": .string(defect.rawValue),
            "attached_defects": .array(attachedDefects.map { .string($0.rawValue) }),
            "price": price?.jsonValue ?? .null, "against": .string(against.rawValue),
            "filed_at": .string(filedAt.rfc3339), "state": .string(state.rawValue),
            "entered_at": .string(enteredAt.rfc3339), "demand": .string(demand.rawValue),
            "is_evidence_complete": .bool(isEvidenceComplete),
            "evidence_owed_by": JSONValue(text: evidenceOwedBy?.rawValue),
            "held_state": JSONValue(text: heldState?.rawValue), "clocks": clocksJSON,
            "first_answered_at": JSONValue(text: firstAnsweredAt?.rfc3339),
            "is_off_platform": isOffPlatform ? true : .null,
            "merchant_acted_at": JSONValue(text: merchantActedAt?.rfc3339),
            "first_remedy_at": JSONValue(text: firstRemedyAt?.rfc3339),
            "missed_responses": .integer(Int64(missedResponses)),
            "extensions": .integer(Int64(extensions)),
            "automatic_messages": .integer(Int64(automaticMessages)),
            "evidence_requests": .integer(Int64(evidenceRequests)),
            "merchant_offers": .integer(Int64(merchantOffers)),
            "is_tier_exhausted": .bool(isTierExhausted), "holds": .integer(Int64(holds)),
            "is_deposit_held": .bool(isDepositHeld),
            "is_automation_held": .bool(isAutomationHeld), "offer": offer?.jsonValue ?? .null,
            "offered_by": JSONValue(text: offeredBy?.rawValue),
            "proposal": proposal?.jsonValue ?? .null, "is_dispute_used": .bool(isDisputeUsed),
            "votes": .array(votes.sorted { $0.key < $1.key }.map(Self.vote)),
            "ruling": ruling?.jsonValue ?? .null, "is_appeal_used": .bool(isAppealUsed),
            "was_remedied": .bool(wasRemedied), "execution": execution?.jsonValue ?? .null,
            "attempts": .integer(Int64(attempts)),
            "failed_remedies": .integer(Int64(failedRemedies)),
            "refusal": JSONValue(text: refusal?.rawValue),
        ]
    }

    private var clocksJSON: JSONValue {
        let timers = rounds.sorted { $0.key.rawValue < $1.key.rawValue }
        return .object(
            JSONObject(
                timers.map { timer, round in
                    .init(
                        name: timer.rawValue,
                        value: clocks[timer]?.jsonValue ?? ["round": .integer(Int64(round))]
                    )
                }
            )
        )
    }

    private static func vote(_ account: String, _ ruling: ClaimRuling) -> JSONValue {
        ["account": .string(account), "ruling": ruling.jsonValue]
    }

    /// Reads what ``jsonValue`` writes; `nil` for anything else.
    public init?(jsonValue value: JSONValue) {
        let fields = StoredFields(value)
        guard let id = fields.text("id"), let item = fields.text("item"),
            let family = fields.choice("family", DefectFamily.self),
            let policy = value["policy"].flatMap({ PolicyPin(jsonValue: $0) }),
            let defect = fields.choice("defect", VerdictState.self),
            let against = fields.choice("against", LiableParty.self),
            let filedAt = fields.instant("filed_at"),
            let state = fields.choice("state", ClaimState.self),
            let enteredAt = fields.instant("entered_at"),
            let demand = fields.choice("demand", Remedy.self),
            let isEvidenceComplete = value["is_evidence_complete"]?.boolValue,
            let clocks = value["clocks"]?.objectValue
        else { return nil }
        self.init(
            id: id, item: item, family: family, policy: policy, defect: defect,
            against: against, price: fields.money("price"),
            isOffPlatform: value["is_off_platform"]?.boolValue ?? false, demand: demand,
            isEvidenceComplete: isEvidenceComplete, filedAt: filedAt)
        self.state = state
        self.enteredAt = enteredAt
        attachedDefects = (value["attached_defects"]?.arrayValue ?? []).compactMap {
            $0.stringValue.flatMap { VerdictState(rawValue: $0) }
        }
        readProgress(fields)
        guard isWhole(fields) else { return nil }
        for member in clocks.members {
            guard let timer = ClaimTimer(rawValue: member.name),
                let round = member.value["round"]?.integerValue
            else { return nil }
            rounds[timer] = Int(round)
            self.clocks[timer] = RunningClock(jsonValue: member.value)
            // A clock that was stopped has its round alone; one that is damaged is not stopped.
            guard self.clocks[timer] != nil || member.value["budget"] == nil else { return nil }
        }
    }

    /// Whether every part that was stored was read: a claim without its ruling is another claim.
    private func isWhole(_ fields: StoredFields) -> Bool {
        let parts: [(name: String, isRead: Bool)] = [
            ("price", price != nil), ("offer", offer != nil), ("proposal", proposal != nil),
            ("ruling", ruling != nil), ("execution", execution != nil),
            ("refusal", refusal != nil), ("held_state", heldState != nil),
            ("evidence_owed_by", evidenceOwedBy != nil), ("offered_by", offeredBy != nil),
            ("first_answered_at", firstAnsweredAt != nil),
            ("first_remedy_at", firstRemedyAt != nil),
            ("merchant_acted_at", merchantActedAt != nil),
        ]
        return parts.allSatisfy { part in
            part.isRead || fields.value[part.name]?.isNull ?? true
        } && votes.count == fields.value["votes"]?.arrayValue?.count ?? 0
            && attachedDefects.count == fields.value["attached_defects"]?.arrayValue?.count ?? 0
    }

    private mutating func readProgress(_ fields: StoredFields) {
        evidenceOwedBy = fields.choice("evidence_owed_by", ClaimActor.self)
        heldState = fields.choice("held_state", ClaimState.self)
        firstAnsweredAt = fields.instant("first_answered_at")
        firstRemedyAt = fields.instant("first_remedy_at")
        merchantActedAt = fields.instant("merchant_acted_at")
        missedResponses = fields.count("missed_responses")
        extensions = fields.count("extensions")
        automaticMessages = fields.count("automatic_messages")
        evidenceRequests = fields.count("evidence_requests")
        merchantOffers = fields.count("merchant_offers")
        isTierExhausted = fields.value["is_tier_exhausted"]?.boolValue ?? false
        holds = fields.count("holds")
        isDepositHeld = fields.value["is_deposit_held"]?.boolValue ?? false
        isAutomationHeld = fields.value["is_automation_held"]?.boolValue ?? false
        offer = fields.value["offer"].flatMap { Redress(jsonValue: $0) }
        offeredBy = fields.choice("offered_by", ClaimActor.self)
        proposal = fields.value["proposal"].flatMap { ClaimRuling(jsonValue: $0) }
        isDisputeUsed = fields.value["is_dispute_used"]?.boolValue ?? false
        for vote in fields.value["votes"]?.arrayValue ?? [] {
            guard let account = vote["account"]?.stringValue else { continue }
            votes[account] = vote["ruling"].flatMap { ClaimRuling(jsonValue: $0) }
        }
        ruling = fields.value["ruling"].flatMap { Decided(jsonValue: $0) }
        isAppealUsed = fields.value["is_appeal_used"]?.boolValue ?? false
        wasRemedied = fields.value["was_remedied"]?.boolValue ?? false
        execution = fields.value["execution"].flatMap { Execution(jsonValue: $0) }
        attempts = fields.count("attempts")
        failedRemedies = fields.count("failed_remedies")
        refusal = fields.choice("refusal", NotCoveredReason.self)
    }
}

/// Reads the members of a stored object.
struct StoredFields {
    let value: JSONValue

    init(_ value: JSONValue) { self.value = value }

    func text(_ name: String) -> String? { value[name]?.stringValue }

    func choice<Choice: RawRepresentable<String>>(_ name: String, _: Choice.Type) -> Choice? {
        text(name).flatMap { Choice(rawValue: $0) }
    }

    func instant(_ name: String) -> Instant? { text(name).flatMap { Instant(rfc3339: $0) } }

    func money(_ name: String) -> Money? { value[name].flatMap { Money(jsonValue: $0) } }

    func count(_ name: String) -> Int { value[name]?.integerValue.map { Int($0) } ?? 0 }
}

public import WireFormat

extension ClaimRuling {
    public var jsonValue: JSONValue {
        switch self {
        case .liable(let party, let redress):
            ["ruling": "liable", "party": .string(party.rawValue), "redress": redress.jsonValue]
        case .notLiable(let evidence):
            ["ruling": "not_liable", "evidence": .string(evidence.text)]
        case .excluded(let exclusion):
            [
                "ruling": "excluded", "exclusion": .string(exclusion.kind.rawValue),
                "evidence": .string(exclusion.evidence.text),
            ]
        case .fraud: ["ruling": "fraud"]
        }
    }

    public init?(jsonValue value: JSONValue) {
        let fields = StoredFields(value)
        let evidence = fields.text("evidence").flatMap { EvidenceReference($0) }
        switch fields.text("ruling") {
        case "liable":
            guard let party = fields.choice("party", LiableParty.self),
                let redress = value["redress"].flatMap({ Redress(jsonValue: $0) })
            else { return nil }
            self = .liable(party, redress)
        case "not_liable":
            guard let evidence else { return nil }
            self = .notLiable(evidence)
        case "excluded":
            guard let kind = fields.choice("exclusion", Exclusion.Kind.self), let evidence else {
                return nil
            }
            self = .excluded(Exclusion(kind, evidence: evidence))
        case "fraud": self = .fraud
        default: return nil
        }
    }
}

extension Claim.Decided {
    var jsonValue: JSONValue {
        [
            "ruling": ruling.jsonValue, "at": .string(at.rfc3339),
            "accounts": .array(accounts.sorted().map { .string($0) }),
        ]
    }

    init?(jsonValue value: JSONValue) {
        guard let ruling = value["ruling"].flatMap({ ClaimRuling(jsonValue: $0) }),
            let at = StoredFields(value).instant("at")
        else { return nil }
        self.init(
            ruling: ruling,
            at: at,
            accounts: Set((value["accounts"]?.arrayValue ?? []).compactMap(\.stringValue))
        )
    }
}

extension Execution {
    public var jsonValue: JSONValue {
        [
            "redress": redress.jsonValue, "attempt": .integer(Int64(attempt)),
            "payer": .string(payer.rawValue),
            "approvals": .array(approvals.sorted().map { .string($0) }),
        ]
    }

    public init?(jsonValue value: JSONValue) {
        guard let redress = value["redress"].flatMap({ Redress(jsonValue: $0) }),
            let attempt = value["attempt"]?.integerValue,
            let payer = StoredFields(value).choice("payer", Payer.self)
        else { return nil }
        self.init(
            redress: redress,
            attempt: Int(attempt),
            payer: payer,
            approvals: Set((value["approvals"]?.arrayValue ?? []).compactMap(\.stringValue))
        )
    }
}

extension RunningClock {
    var jsonValue: JSONValue {
        [
            "round": .integer(Int64(round)), "is_rung": .bool(isRung),
            "budget": .string(clock.budget.description),
            "started_at": .string(clock.startedAt.rfc3339),
            "suspensions": .array(
                clock.suspensions.map { suspension in
                    [
                        "reason": .string(suspension.reason.rawValue),
                        "from": .string(suspension.from.rfc3339),
                        "until": JSONValue(text: suspension.until?.rfc3339),
                    ]
                }
            ),
        ]
    }

    init?(jsonValue value: JSONValue) {
        let fields = StoredFields(value)
        guard let round = value["round"]?.integerValue, let isRung = value["is_rung"]?.boolValue,
            let budget = fields.text("budget").flatMap({ PolicyDuration($0) }),
            let startedAt = fields.instant("started_at")
        else { return nil }
        var suspensions: [ServiceClock.Suspension] = []
        for stored in value["suspensions"]?.arrayValue ?? [] {
            let members = StoredFields(stored)
            guard let reason = members.choice("reason", ServiceClock.Reason.self),
                let from = members.instant("from")
            else { return nil }
            suspensions.append(
                .init(reason: reason, from: from, until: members.instant("until"))
            )
        }
        guard
            let clock = ServiceClock(
                budget: budget, startedAt: startedAt, suspensions: suspensions)
        else { return nil }
        self.init(clock: clock, round: Int(round), isRung: isRung)
    }
}

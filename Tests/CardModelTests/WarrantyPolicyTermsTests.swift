import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyPolicy, its terms")
struct WarrantyPolicyTermsTests {
    /// A policy of seven days with these members beside.
    private static func policy(_ members: JSONValue) throws -> WarrantyPolicy {
        var document = JSONObject([
            .init(name: "policy", value: "shop"), .init(name: "version", value: 1),
            .init(name: "window", value: ["length": "P7D"]),
        ])
        for member in members.objectValue?.members ?? [] { document[member.name] = member.value }
        return try WarrantyPolicy(jsonValue: .object(document))
    }

    private static func faults(_ members: JSONValue) throws -> [String] {
        try #require(throws: InvalidDocument.self) { try policy(members) }.issues.map {
            "\($0.pointer) \($0.reason.rawValue)"
        }
    }

    private static func yuan(_ cents: Int64) -> JSONValue {
        ["amount_minor": .integer(cents), "currency": "CNY"]
    }

    @Test("the defaults are the numbers of the mission (A-num, M1-21, M4-16, M4-34)")
    func numbers() {
        let levels = WarrantyPolicy.ServiceLevels()
        let texts = WarrantyPolicy.ServiceLevels.terms.map { term in
            "\(term.name) \(levels[keyPath: term.path])"
        }
        #expect(
            texts == [
                "first_response PT2M", "proposal PT2H", "resolution P1D", "hard P2D",
                "escalate_no_progress P3WD", "remedy_answer_within P1D",
                "merchant_evidence_within P1D", "liability_within P1D", "replace_within P1D",
                "refund_within P1D", "reissue_demand_within P2D", "verify_within PT1H",
                "third_party_notice_every P1D", "third_party_limit P7D",
                "risk_review_within P1D", "appeal_within P7D", "appeal_decided_within P3WD",
                "buyer_reminder_before PT2H",
            ]
        )
        #expect(levels.reviewStartMinimum == .workingDays(1))
        #expect(levels.reviewStartMaximum == .workingDays(3))
        #expect(levels.buyerEvidenceWithin == nil && levels.platformDecidesWithin == nil)
        #expect(levels.mostExtensions == 2 && levels.mostOwnerHandOvers == 2)
        #expect(levels.missedResponsesForIntervention == 3)
        #expect(WarrantyPolicy.DepositTerms().backstop, "M2-13")
    }

    @Test("a policy for card keys offers both reissue and refund (M2-28); others need not")
    func bothRemedies() throws {
        #expect(
            try Self.faults(["remedies": ["order": ["reissue", "wait"]]])
                == ["/remedies/order contradiction"]
        )
        #expect(
            try Self.faults(["remedies": ["order": ["refund_original"]]])
                == ["/remedies/order contradiction"]
        )
        let account = try Self.policy([
            "applies_to": ["kind": "account"], "remedies": ["order": ["refund_original"]],
        ])
        #expect(account.remedies.order == [.refundOriginal])
        #expect(account.remedies.choice == .buyer)
    }

    @Test("a policy may not order 退一赔三, nor one remedy twice (A-num)")
    func personOnly() throws {
        for extra in ["refund_plus_three", "reissue"] {
            let order: JSONValue = ["reissue", "refund_original", .string(extra)]
            #expect(
                try Self.faults(["remedies": ["order": order]])
                    == ["/remedies/order contradiction"]
            )
        }
        #expect(Remedy.allCases.filter(\.needsPerson) == [.refundPlusThree])
    }

    @Test(
        "a time that may exceed the one it must fit into is refused where it stands",
        arguments: [
            ("review_start", ["min": "P4WD"], "/sla/review_start/min"),
            ("review_start", ["min": "P2WD", "max": "P9D"], "/sla/review_start/min"),
            ("review_start", ["min": "P4D"], "/sla/review_start/min"),
            ("first_response", "PT3H", "/sla/first_response"),
            ("proposal", "PT25H", "/sla/proposal"), ("proposal", "P2WD", "/sla/proposal"),
            ("resolution", "P3D", "/sla/resolution"),
        ] as [(String, JSONValue, String)]
    )
    func deadlines(name: String, value: JSONValue, place: String) throws {
        let section = JSONValue.object(JSONObject([.init(name: name, value: value)]))
        #expect(try Self.faults(["sla": section]) == [place + " contradiction"])
    }

    @Test("equal times fit, and so do hours into the working days that surely hold them")
    func fitting() throws {
        for start: JSONValue in [["min": "P3WD"], ["min": "P3D"], ["min": "PT1H", "max": "P1WD"]] {
            _ = try Self.policy(["sla": ["review_start": start]])
        }
    }

    @Test("a one-time verification that nobody need disclose is refused (M3-18)")
    func disclosure() throws {
        let window: JSONValue = ["mode": "one_time_verification", "length": "P7D"]
        #expect(
            try Self.faults(["window": window, "one_time": ["disclosure_required": false]])
                == ["/one_time/disclosure_required contradiction"]
        )
        _ = try Self.policy(["one_time": ["disclosure_required": false]])
    }

    @Test("a quorum is two arbiters or more, and two where the file names none (M0-35)")
    func quorum() throws {
        let amount = Self.yuan(50_000)
        #expect(
            try Self.faults(["arbitration": ["quorum_amount": amount, "arbiters": 1]])
                == ["/arbitration/arbiters contradiction"]
        )
        let policy = try Self.policy(["arbitration": ["quorum_amount": amount]])
        #expect(policy.arbitration.arbiters == 2)
        #expect(WarrantyPolicy.sevenDays.arbitration.arbiters == 1)
        #expect(
            try Self.faults(["arbitration": ["quorum_amount": ["amount_minor": -1]]])
                == [
                    "/arbitration/quorum_amount/amount_minor out_of_range",
                    "/arbitration/quorum_amount/currency missing",
                ]
        )
    }

    @Test("what contradicts itself is told beside what cannot be read, all at once")
    func allAtOnce() throws {
        #expect(
            try Self.faults([
                "colour": "red",
                "window": ["mode": "none", "length": "P7D", "counting": "loose"],
                "sla": ["first_response": "PT3H", "resolution": "P3D"],
                "arbitration": ["quorum_amount": Self.yuan(1), "arbiters": 1],
                "remedies": ["order": ["reissue", "reissue"]],
            ]) == [
                "/window/length contradiction", "/window/counting unknown_value",
                "/colour unknown_field", "/sla/first_response contradiction",
                "/sla/resolution contradiction", "/remedies/order contradiction",
                "/remedies/order contradiction", "/arbitration/arbiters contradiction",
            ]
        )
    }

    @Test(
        "what may follow from a field that cannot be read is not told",
        arguments: [
            (["sla": ["resolution": "P3D", "hard": "soon"]], "/sla/hard unknown_value"),
            (["sla": ["resolution": "P3D", "hrad": "P4D"]], "/sla/hrad unknown_field"),
            (
                ["sla": ["review_start": ["min": "P4WD", "max": 5]]],
                "/sla/review_start/max unknown_value"
            ),
            (
                ["applies_to": ["kind": "member"], "membership": ["length": "P30D"]],
                "/applies_to/kind unknown_value"
            ),
            (
                ["aplies_to": ["kind": "membership"], "membership": ["length": "P30D"]],
                "/aplies_to unknown_field"
            ),
            (["remedies": ["order": ["reissue", "refund"]]], "/remedies/order/1 unknown_value"),
        ] as [(JSONValue, String)]
    )
    func followers(members: JSONValue, fault: String) throws {
        #expect(try Self.faults(members) == [fault])
    }

    @Test("a policy without warranty has no length")
    func noneHasNoLength() throws {
        #expect(
            try Self.faults(["window": ["mode": "none", "length": "P7D"]])
                == ["/window/length contradiction"]
        )
        _ = try Self.policy(["window": ["mode": "none", "length": nil]])
    }

    @Test("payout caps come both or neither, in one currency, a case within a day")
    func caps() throws {
        #expect(
            try Self.faults(["deposit": ["per_case": Self.yuan(1)]])
                == ["/deposit/per_day missing"]
        )
        #expect(
            try Self.faults(["deposit": ["per_day": Self.yuan(1)]])
                == ["/deposit/per_case missing"]
        )
        let dollar: JSONValue = ["amount_minor": 9, "currency": "USD"]
        for perDay in [dollar, Self.yuan(1)] {
            #expect(
                try Self.faults(["deposit": ["per_case": Self.yuan(2), "per_day": perDay]])
                    == ["/deposit/per_case contradiction"]
            )
        }
        let policy = try Self.policy([
            "deposit": ["per_case": Self.yuan(2), "per_day": Self.yuan(2)]
        ])
        #expect(policy.deposit.perCase?.minorUnits == 2 && policy.deposit.backstop)
    }

    @Test("a no-reason return is an elapsed time, and only where it is declared (M4-08)")
    func noReasonReturn() throws {
        #expect(WarrantyPolicy.sevenDays.noReasonReturn == nil)
        #expect(try Self.policy(["no_reason_return": "P7D"]).noReasonReturn == .days(7))
        for text: JSONValue in ["P7WD", "PT0S"] {
            #expect(
                try Self.faults(["no_reason_return": text])
                    == ["/no_reason_return out_of_range"]
            )
        }
    }

    @Test("only a policy for memberships has a term, in days, with a tolerance in hours")
    func membership() throws {
        let policy = try Self.policy([
            "applies_to": ["kind": "membership"], "membership": ["length": "P30D"],
        ])
        #expect(policy.membership == .init(lengthDays: 30, toleranceHours: 24))
        #expect(try WarrantyPolicy(jsonValue: policy.jsonValue) == policy)
        #expect(
            try Self.faults(["membership": ["length": "P30D"]]) == ["/membership contradiction"]
        )
        #expect(
            try Self.faults([
                "applies_to": ["kind": "membership"], "membership": ["tolerance": "PT90M"],
            ]) == ["/membership/length missing", "/membership/tolerance unknown_value"]
        )
    }

    @Test("two expiries of a carrier card stand apart (E3 rule 8)")
    func expiries() throws {
        let policy = try Self.policy([
            "promise": ["min_shelf_life": "P90D", "min_balance_validity": "P180D"]
        ])
        #expect(policy.promise.minimumShelfLifeDays == 90)
        #expect(policy.promise.minimumBalanceValidityDays == 180)
    }

    @Test("what may not do what its author expects is a warning, not a fault (E3 rule 3)")
    func warnings() throws {
        let policy = try Self.policy([
            "window": ["length": "P7D", "basis": "first_use"],
            "sla": ["buyer_evidence_within": "PT2H"],
        ])
        #expect(
            policy.warnings().map(\.kind)
                == [.basisWithoutFallback, .timesNotAgreed, .reminderTooEarly]
        )
        #expect(
            policy.warnings(reported: [.firstUse]).map(\.pointer)
                == ["/window/basis_fallback", "/sla", "/sla/buyer_reminder_before"]
        )
        #expect(policy.warnings(reported: [.firstView]).map(\.kind).contains(.basisNotReported))
        let member = try Self.policy([
            "applies_to": ["kind": "membership"],
            "sla": ["buyer_evidence_within": "PT24H", "platform_decides_within": "PT24H"],
        ])
        #expect(member.warnings().map(\.kind) == [.membershipWithoutLength])
        #expect(member.warnings()[0].text(in: .en) != member.warnings()[0].text(in: .zhCN))
    }
}

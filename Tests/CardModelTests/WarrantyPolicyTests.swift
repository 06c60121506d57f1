import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyPolicy")
struct WarrantyPolicyTests {
    /// A policy as an operator writes it, every section used.
    static let full: JSONValue = [
        "policy": "game-card-cn-standard", "version": 3,
        "applies_to": ["kind": "card_key", "products": ["*"]],
        "window": [
            "mode": "period", "length": "P15D", "basis": "first_use",
            "basis_fallback": ["after": "P30D", "use": "delivery"], "counting": "exact",
            "time_zone": "Asia/Shanghai", "report_within_window": "filing",
            "tolling": ["issuer_outage", "platform_outage", "indeterminate"],
            "replacement": ["window": "max_of_rest_or", "min": "P7D"],
        ],
        "one_time": ["ends_on": ["OK_ACTIVATED_BY_BUYER"], "disclosure_required": true],
        "promise": [
            "deliver_within": "PT1M", "face_value": "exact", "region": "cn",
            "min_shelf_life": "P90D", "min_balance_validity": "P365D",
        ],
        "coverage": [
            "states": ["used", "NOT_FOUND"],
            "exclusions": ["user_lost_key", "user_leak", "force_majeure"],
        ],
        "sla": [
            "first_response": "PT2M", "proposal": "PT2H", "resolution": "PT24H", "hard": "PT48H",
            "review_start": ["min": "P1WD", "max": "P3WD"], "escalate_no_progress": "P3WD",
            "buyer_evidence_within": "PT24H", "platform_decides_within": "PT24H",
            "remedy_answer_within": "PT12H", "merchant_evidence_within": "PT13H",
            "liability_within": "PT14H", "replace_within": "PT15H", "refund_within": "PT16H",
            "reissue_demand_within": "PT17H", "verify_within": "PT30M",
            "third_party_notice_every": "PT18H", "third_party_limit": "P5D",
            "risk_review_within": "PT19H", "appeal_within": "P9D",
            "appeal_decided_within": "P2WD", "buyer_reminder_before": "PT3H",
            "most_extensions": 1, "missed_responses_for_intervention": 4, "most_hand_overs": 0,
        ],
        "arbitration": [
            "quorum_amount": ["amount_minor": 100_000, "currency": "CNY"], "arbiters": 3,
        ],
        "deposit": [
            "per_case": ["amount_minor": 20_000, "currency": "CNY"],
            "per_day": ["amount_minor": 90_000, "currency": "CNY"], "backstop": false,
        ],
        "no_reason_return": "P7D",
        "remedies": [
            "order": ["reissue", "refund_original"], "choice": "policy",
            "delay": ["kind": "percent", "value": 10],
            "auto_limit": ["amount_minor": 5000, "per_day_minor": 50000, "currency": "CNY"],
        ],
        "calendar": "cn-2026", "disclosure": ["text_zh": "质保十五天", "text_sha256": nil],
        "legal_minimum": "cn-platform-minimum@1", "no_refund_clause": "一经售出不退换",
    ]

    @Test("a full document is read, and written back it reads the same")
    func full() throws {
        let policy = try WarrantyPolicy(jsonValue: Self.full)
        #expect(policy.id == "game-card-cn-standard")
        #expect(policy.window.days == 15)
        #expect(policy.window.fallback?.after == .elapsed(seconds: 30 * 86_400))
        #expect(policy.coverage.states == [.used, .notFound])
        #expect(policy.promise.minimumShelfLifeDays == 90)
        #expect(policy.remedies.automaticLimit?.perDay.minorUnits == 50_000)
        #expect(policy.serviceLevels.reviewStartMaximum == .workingDays(3))
        #expect(policy.serviceLevels.appealDecidedWithin == .workingDays(2))
        #expect(policy.arbitration.quorumAmount?.minorUnits == 100_000)
        #expect(policy.deposit.perDay?.minorUnits == 90_000)
        #expect(policy.noReasonReturn == .days(7))
        #expect(try WarrantyPolicy(jsonValue: policy.jsonValue) == policy)
    }

    @Test("a full document is the whole value: no field that it states is read as another")
    func everyField() throws {
        func differing(_ value: JSONValue, _ others: JSONValue, at place: String) -> [String] {
            guard let object = value.objectValue else {
                let duration = value.stringValue.flatMap { PolicyDuration($0) }
                let other = others.stringValue.flatMap { PolicyDuration($0) }
                return value == others || duration != nil && duration == other ? [] : [place]
            }
            return object.members.flatMap { member in
                member.value.isNull
                    ? []
                    : differing(
                        member.value,
                        others[member.name] ?? .null,
                        at: place + "/" + member.name
                    )
            }
        }
        let policy = try WarrantyPolicy(jsonValue: Self.full)
        #expect(
            differing(Self.full, policy.jsonValue, at: "")
                == [
                    "/window/tolling", "/one_time/ends_on", "/coverage/states",
                    "/coverage/exclusions",
                ],
            "spelling and order of sets alone"
        )
    }

    @Test("the presets run 7, 15 and 30 days and once (M3-15, M3-17), and read back")
    func presets() throws {
        #expect(WarrantyPolicy.presets.map(\.window.days) == [7, 15, 30, 7, 30])
        #expect(
            WarrantyPolicy.presets.map(\.id)
                == ["w7", "w15", "w30", "one-time-verification", "membership-30"]
        )
        for policy in WarrantyPolicy.presets {
            #expect(try WarrantyPolicy(jsonValue: policy.jsonValue) == policy)
            #expect(WarrantyPolicy.preset(policy.id) == policy)
        }
    }

    @Test("defaults cover every coverable state, and what is left out has them")
    func defaults() throws {
        let policy = try WarrantyPolicy(jsonValue: [
            "policy": "w7", "version": 1, "window": ["length": "P7D"],
        ])
        var preset = WarrantyPolicy.sevenDays
        #expect(preset.warnings().isEmpty, "what ships names the times of its flow (M2-11, M2-30)")
        preset.serviceLevels = WarrantyPolicy.ServiceLevels()
        #expect(policy == preset)
        #expect(policy.coverage.states.contains(.used))
        #expect(!policy.coverage.states.contains(.okUnused))
        #expect(!policy.coverage.states.contains(.indeterminate))
    }

    @Test("the hash is over the whole value, not its spelling")
    func hash() throws {
        let short = try WarrantyPolicy(jsonValue: [
            "window": ["length": "P1W"], "version": 1, "policy": "w7",
            "sla": ["buyer_evidence_within": "P1D", "platform_decides_within": "PT1440M"],
        ])
        #expect(try short.contentHash == WarrantyPolicy.sevenDays.contentHash)
        #expect(try short.contentHash.count == 32)
        let hashes = try WarrantyPolicy.presets.map { try $0.contentHash }
        #expect(Set(hashes).count == 5)
        var clause = WarrantyPolicy.sevenDays
        clause.noRefundClause = "一经售出不退换"
        #expect(try clause.contentHash != WarrantyPolicy.sevenDays.contentHash)
        #expect(try clause.pin == PolicyPin(id: "w7", version: 1, hash: clause.contentHash))
    }

    /// A gateway whose store kept what ships under other words does not start.
    private static let publishedHashes = [
        "w7@1": "40d71a45bdfb9fe1667d6a13374740a14e298a0f0e8923c79241117eb8f53b0b",
        "w15@1": "b61a63cda6f38695b03c68ff42275e995a599129f36f0f705ac08baed052b239",
        "w30@1": "8124f8e8605eb1494af5d20c01a7991e2f98b19dd0a31428fab8dac67d269d37",
        "one-time-verification@1":
            "5bd54869be9b37cdf4b99a6cc0c7a8430c705d1cbc72f2c494da01a35c7c9b50",
        "membership-30@1": "6ffb23222a14c2508be9afb8d1ee07d0a35a6d92b4eeff9af7f73a74979541b0",
        "cn-platform-minimum@1":
            "c9c13507749aaed53859a7c7066fca50f27d22e9a298e052ef02bbce43fc79e0",
    ]

    @Test("the hash of what ships is what Python makes of its JSON: a change needs a new version")
    func pinnedHashes() throws {
        let shipped = WarrantyPolicy.presets + [.platformMinimum]
        let hashes = try shipped.map { ($0.reference, Hexadecimal.encode(try $0.contentHash)) }
        #expect(Dictionary(uniqueKeysWithValues: hashes) == Self.publishedHashes)
    }

    @Test("every fault is reported at once, each with its pointer")
    func faults() throws {
        let document: JSONValue = [
            "policy": "Has Spaces", "version": 0, "colour": "red",
            "applies_to": ["kind": "boat", "products": [7]],
            "window": [
                "mode": "forever", "length": "PT5H", "basis": "birth",
                "basis_fallback": ["after": "P1WD", "use": "first_use"], "counting": "loose",
                "time_zone": "Mars/Base", "tolling": ["rain"], "replacement": ["min": "P1.5D"],
                "report_within_window": "decision",
            ],
            "one_time": ["ends_on": ["used"], "disclosure_required": "no"],
            "promise": ["min_shelf_life": "soon", "face_value": "about"],
            "coverage": ["states": ["ok_unused", "bad"], "exclusions": ["no_refund_clause"]],
            "sla": ["hard": 48, "review_start": 3],
            "remedies": [
                "order": ["apology"], "delay": ["value": 101],
                "auto_limit": ["amount_minor": .decimal("1.0e3"), "currency": "yuan"],
            ],
            "disclosure": ["text_sha256": "abc"],
        ]
        let error = try #require(throws: InvalidDocument.self) {
            try WarrantyPolicy(jsonValue: document)
        }
        #expect(
            Set(error.issues.map(\.pointer)) == [
                "/policy", "/version", "/colour", "/applies_to/kind", "/applies_to/products/0",
                "/window/mode", "/window/length", "/window/basis", "/window/basis_fallback/after",
                "/window/basis_fallback/use", "/window/counting", "/window/time_zone",
                "/window/tolling/0", "/window/replacement/min", "/window/report_within_window",
                "/one_time/ends_on", "/one_time/disclosure_required", "/promise/min_shelf_life",
                "/promise/face_value", "/coverage/states", "/coverage/states/1",
                "/coverage/exclusions/0", "/sla/hard", "/sla/review_start", "/remedies/order/0",
                "/remedies/delay/value", "/remedies/auto_limit/amount_minor",
                "/remedies/auto_limit/per_day_minor", "/remedies/auto_limit/currency",
                "/disclosure/text_sha256",
            ]
        )
    }

    @Test(
        "required fields that are missing are named",
        arguments: [JSONValue](arrayLiteral: [:], .null, 3, ["window": nil])
    )
    func missing(document: JSONValue) throws {
        let error = try #require(throws: InvalidDocument.self) {
            try WarrantyPolicy(jsonValue: document)
        }
        let pointers = Set(error.issues.map(\.pointer))
        #expect(pointers.isSuperset(of: ["/policy", "/version", "/window"]))
    }

    @Test(
        "a policy without warranty needs no length; a fallback from delivery to delivery is refused"
    )
    func windowRules() throws {
        let none = try WarrantyPolicy(jsonValue: [
            "policy": "as-is", "version": 1, "window": ["mode": "none"],
        ])
        #expect(none.window.mode == .none)
        #expect(try WarrantyPolicy(jsonValue: none.jsonValue) == none)
        #expect(throws: InvalidDocument.self) {
            try WarrantyPolicy(jsonValue: [
                "policy": "x", "version": 1,
                "window": ["length": "P7D", "basis_fallback": ["after": "P1D"]],
            ])
        }
    }
}

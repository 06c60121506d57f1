import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyPolicy, below the platform's minimum")
struct PolicyMinimumTests {
    private static let minimum = WarrantyPolicy.platformMinimum

    private static func weaknesses(
        _ change: (inout WarrantyPolicy) -> Void
    ) -> [PolicyWeakness] {
        var policy = minimum
        change(&policy)
        return policy.weaknesses(below: minimum)
    }

    @Test("no policy that ships is weaker than the minimum that ships (M2-31)")
    func shipped() throws {
        for policy in WarrantyPolicy.presets {
            #expect(policy.weaknesses(below: Self.minimum).isEmpty, "\(policy.id)")
            try policy.requireProtection(of: Self.minimum)
        }
        #expect(
            Self.minimum.weaknesses(below: .fifteenDays).map(\.pointer) == [
                "/window/mode", "/window/length",
            ])
    }

    /// One field made worse, and where that is found.
    private static let worse:
        [(pointer: String, change: @Sendable (inout WarrantyPolicy) -> Void)] = [
            ("/window/mode", { $0.window = .init(mode: .none, days: 0) }),
            ("/window/length", { $0.window.days = 6 }),
            ("/window/tolling", { $0.window.tolling.remove(.indeterminate) }),
            ("/window/replacement/min", { $0.window.replacement.leastDays = 6 }),
            ("/one_time/disclosure_required", { $0.oneTime.isDisclosureRequired = false }),
            ("/promise/face_value", { $0.promise.isFaceValueExact = false }),
            ("/coverage/states", { $0.coverage.states.remove(.expired) }),
            ("/sla/first_response", { $0.serviceLevels.firstResponse = .minutes(3) }),
            ("/sla/review_start/max", { $0.serviceLevels.reviewStartMaximum = .workingDays(4) }),
            ("/sla/remedy_answer_within", { $0.serviceLevels.remedyAnswerWithin = .hours(23) }),
            ("/sla/replace_within", { $0.serviceLevels.replaceWithin = .hours(25) }),
            ("/sla/appeal_within", { $0.serviceLevels.appealWithin = .days(6) }),
            ("/sla/buyer_evidence_within", { $0.serviceLevels.buyerEvidenceWithin = .hours(1) }),
            ("/sla/platform_decides_within", { $0.serviceLevels.platformDecidesWithin = nil }),
            ("/sla/most_extensions", { $0.serviceLevels.mostExtensions = 3 }),
            ("/remedies/order", { $0.remedies.order = [.refundOriginal] }),
            ("/remedies/choice", { $0.remedies.choice = .policy }),
            ("/deposit/backstop", { $0.deposit.backstop = false }),
        ]

    @Test(
        "a field made worse is found under its pointer, and nothing else is",
        arguments: worse.indices)
    func eachField(index: Int) throws {
        let (pointer, change) = Self.worse[index]
        let found = Self.weaknesses(change)
        #expect(found.map(\.pointer) == [pointer])
        var policy = Self.minimum
        change(&policy)
        let error = try #require(throws: InvalidDocument.self) {
            try policy.requireProtection(of: Self.minimum)
        }
        #expect(error.issues.map(\.reason) == [.belowMinimum])
        #expect(Self.minimum.weaknesses(below: policy).isEmpty)
    }

    @Test("what the minimum leaves out it does not ask for; what it asks for must be there")
    func leftOut() {
        let offers: [(String, @Sendable (inout WarrantyPolicy) -> Void)] = [
            ("/promise/deliver_within", { $0.promise.deliverWithin = .minutes(1) }),
            ("/promise/region", { $0.promise.region = "cn" }),
            ("/promise/min_shelf_life", { $0.promise.minimumShelfLifeDays = 90 }),
            ("/promise/min_balance_validity", { $0.promise.minimumBalanceValidityDays = 90 }),
            ("/remedies/delay", { $0.remedies.delayPercent = 10 }),
            ("/no_reason_return", { $0.noReasonReturn = .days(7) }),
            ("/window/counting", { $0.window.counting = .localDays }),
            ("/coverage/exclusions", { $0.coverage.exclusions.remove(.userLeak) }),
            ("/one_time/ends_on", { $0.oneTime.endsOnActivation = false }),
            (
                "/arbitration/quorum_amount",
                { $0.arbitration.quorumAmount = Money(minorUnits: 1, currency: "CNY") }
            ),
            ("/window/basis", { $0.window.basis = .firstUse }),
        ]
        for (pointer, change) in offers {
            var better = Self.minimum
            change(&better)
            #expect(better.weaknesses(below: Self.minimum).isEmpty, "\(pointer)")
            #expect(Self.minimum.weaknesses(below: better).map(\.pointer) == [pointer])
        }
    }

    @Test("working days against hours count as weaker, unless the hours surely fit into the days")
    func comparing() throws {
        let days = try #require(
            Self.weaknesses { $0.serviceLevels.hardLimit = .workingDays(1) }.first
        )
        #expect(days.kind == .notComparable)
        #expect(
            days.text(in: .en)
                == "Limit that no extension moves: the minimum says P2D, the policy P1WD;"
                + " they cannot be compared, which counts as weaker."
        )
        #expect(
            days.text(in: .zhCN)
                == "处理的最终时限：平台底线为 P2D，本政策为 P1WD，两者无法比较，视为低于底线。"
        )
        #expect(Self.weaknesses { $0.serviceLevels.escalateWithoutProgress = .hours(72) }.isEmpty)
        let hours = Self.weaknesses { $0.serviceLevels.escalateWithoutProgress = .hours(73) }
        #expect(hours.map(\.kind) == [.notComparable])
        var yuan = Self.minimum
        yuan.arbitration.quorumAmount = Money(minorUnits: 1, currency: "CNY")
        var dollars = yuan
        dollars.arbitration.quorumAmount = Money(minorUnits: 1, currency: "USD")
        #expect(dollars.weaknesses(below: yuan).map(\.kind) == [.notComparable])
    }

    @Test("a weakness says in both languages what each of the two says")
    func texts() throws {
        let shorter = try #require(Self.weaknesses { $0.window.days = 3 }.first)
        #expect(shorter.minimum == "P7D" && shorter.policy == "P3D")
        #expect(shorter.text(in: .zhCN) == "质保期长度：平台底线为 P7D，本政策为 P3D。")
        #expect(
            shorter.text(in: .en)
                == "Length of the warranty: the minimum says P7D, the policy P3D."
        )
        let missing = try #require(Self.weaknesses { $0.coverage.states = [.used] }.first)
        #expect(missing.text(in: .en).hasPrefix("States covered: account_compromised, "))
        #expect(missing.text(in: .zhCN).hasPrefix("质保范围：缺少平台底线要求的 account_compromised、"))
        var narrow = Self.minimum
        narrow.coverage.exclusions = []
        let excess = try #require(Self.minimum.weaknesses(below: narrow).first)
        #expect(excess.kind == .excess(Exclusion.Kind.allCases.map(\.rawValue).sorted()))
    }

    @Test("a one-time rule is weaker than a period, and its own terms do not matter to a period")
    func modes() {
        var policy = WarrantyPolicy.sevenDays
        policy.oneTime.isDisclosureRequired = false
        #expect(policy.weaknesses(below: Self.minimum).isEmpty)
        #expect(
            WarrantyPolicy.oneTimeVerification.weaknesses(below: .sevenDays).map(\.pointer)
                == ["/window/mode"]
        )
    }

    @Test("a policy that names another minimum than the one in force is told so")
    func reference() throws {
        var policy = WarrantyPolicy.sevenDays
        policy.legalMinimum = "cn-platform-minimum@1"
        try policy.requireProtection(of: Self.minimum)
        policy.legalMinimum = "cn-platform-minimum@2"
        let error = try #require(throws: InvalidDocument.self) {
            try policy.requireProtection(of: Self.minimum)
        }
        #expect(error.issues.map(\.pointer) == ["/legal_minimum"])
        let objection = try #require(Self.minimum.objection(toLegalMinimum: policy.legalMinimum))
        #expect(error.issues.map(\.detail) == [objection.en])
        for named in [nil, Self.minimum.reference] {
            #expect(Self.minimum.objection(toLegalMinimum: named) == nil)
        }
    }
}

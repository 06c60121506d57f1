import Testing
import WireFormat

@testable import CardModel

@Suite("ReviewChecklist and ReviewPlace")
struct ReviewChecklistTests {
    private static let placed = Instant(secondsSinceEpoch: 1_795_248_000)

    private func facts() throws -> ReviewFacts {
        var profile = MerchantProfile(id: "m-1")
        profile.identity = LegalIdentity(name: "Card shop", registrationNumber: "9131")
        profile.qualifications = [
            Qualification(
                kind: .businessLicence, number: "L-1",
                validUntil: CalendarDate(iso8601: "2026-12-31"))
        ]
        return ReviewFacts(
            verdict: Verdict(state: .used, timing: .unknown, certainty: .claimed),
            standing: Verdict(state: .unsupported, certainty: .local),
            order: ReviewFacts.Order(
                placedAt: Self.placed, paid: Money(minorUnits: 5_000, currency: "CNY"),
                termsDisclosedAt: Self.placed, deliveredAt: Self.placed + .seconds(60)),
            merchant: ReviewFacts.Merchant(
                profile: profile, required: [.businessLicence],
                day: try #require(CalendarDate(iso8601: "2026-12-31"))),
            evidence: [
                ReviewFacts.Evidence(
                    slot: "issuer_answer", name: LocalisedText(zhCN: "答复", en: "answer"),
                    isFilled: true, isIssuersAnswer: true),
                ReviewFacts.Evidence(
                    slot: "communication", name: LocalisedText(zhCN: "沟通", en: "messages"),
                    isFilled: false, isIssuersAnswer: false),
            ]
        )
    }

    private func status(
        _ item: String, _ change: (inout ReviewFacts) throws -> Void = { _ in }
    ) throws -> ReviewChecklist.Status {
        var facts = try facts()
        try change(&facts)
        return try #require(ReviewChecklist(facts).rows.first { $0.item == item }).status
    }

    @Test("the list is filled in from order, merchant and evidence, in this order (M3-40)")
    func sources() throws {
        let rows = ReviewChecklist(try facts()).rows
        #expect(
            rows.map(\.item) == [
                "order", "paid", "terms_disclosed", "hand_over", "identity", "business_licence",
                "issuer_answer", "communication",
            ])
        let order = ReviewChecklist.Source.allCases
        #expect(
            rows.map(\.source)
                == rows.map(\.source).sorted {
                    (order.firstIndex(of: $0) ?? 0) < (order.firstIndex(of: $1) ?? 0)
                })
        #expect(rows.dropLast().allSatisfy { $0.status == .present })
        #expect(rows.last?.status == .missing)
        for row in rows { #expect(!row.detail.zhCN.isEmpty && !row.detail.en.isEmpty) }
    }

    @Test("what the platform did not say is missing (M3-40)")
    func missingOrderData() throws {
        #expect(try status("order") { $0.order.placedAt = nil } == .missing)
        #expect(try status("paid") { $0.order.paid = nil } == .missing)
        #expect(try status("terms_disclosed") { $0.order.termsDisclosedAt = nil } == .missing)
        #expect(try status("hand_over") { $0.order.deliveredAt = nil } == .missing)
    }

    @Test("terms that were shown after the order contradict, to the millisecond")
    func lateTerms() throws {
        let late = Self.placed + .milliseconds(1)
        #expect(try status("terms_disclosed") { $0.order.termsDisclosedAt = late } == .contradicts)
        #expect(
            try status("terms_disclosed") { $0.order.termsDisclosedAt = Self.placed } == .present)
    }

    @Test("a hand-over on record contradicts that nothing came")
    func handedOver() throws {
        let verdict = Verdict(state: .notDelivered, certainty: .claimed)
        #expect(try status("hand_over") { $0.verdict = verdict } == .contradicts)
        #expect(
            try status("hand_over") {
                $0.verdict = verdict
                $0.order.deliveredAt = nil
            } == .missing)
    }

    @Test("a merchant nobody knows is missing, a licence that ran out contradicts (M3-40)")
    func merchant() throws {
        #expect(try status("identity") { $0.merchant.profile = nil } == .missing)
        #expect(try status("business_licence") { $0.merchant.profile = nil } == .missing)
        let after = try #require(CalendarDate(iso8601: "2027-01-01"))
        #expect(try status("business_licence") { $0.merchant.day = after } == .contradicts)
        let rows = ReviewChecklist(try facts()).rows
        #expect(!rows.contains { $0.item == "trade_permit" })
    }

    @Test("an issuer who says that the code is good contradicts a claim that it is not")
    func refuted() throws {
        let good = Verdict(state: .okUnused, certainty: .authoritative)
        #expect(try status("issuer_answer") { $0.standing = good } == .contradicts)
        let doubtful = Verdict(state: .okUnused, certainty: .conflict)
        #expect(try status("issuer_answer") { $0.standing = doubtful } == .present)
    }

    @Test(
        "what no issuer sees his good answer does not contradict (M3-40)",
        arguments: [
            VerdictState.wrongProduct, .wrongRegion, .wrongVersion, .shortShelfLife,
            .accountMismatch,
        ])
    func notSeenByIssuers(state: VerdictState) throws {
        let good = Verdict(state: .okUnused, certainty: .authoritative)
        #expect(
            try status("issuer_answer") {
                $0.verdict = Verdict(state: state, certainty: .claimed)
                $0.standing = good
            } == .present)
    }

    @Test("a good answer contradicts a finding that nobody reports, such as a duplicate")
    func refutedFinding() throws {
        #expect(
            try status("issuer_answer") {
                $0.verdict = Verdict(state: .duplicateDelivery, certainty: .derived)
                $0.standing = Verdict(state: .okUnused, certainty: .authoritative)
            } == .contradicts)
    }

    // MARK: The queue

    private func place(
        _ dueSeconds: Int, complete: Bool = false, score: Int = 0, filed: Int = 0
    ) -> ReviewPlace {
        ReviewPlace(
            dueAt: Self.placed + .seconds(dueSeconds), filedAt: Self.placed + .seconds(filed),
            isComplete: complete, score: score, zone: .utc)
    }

    @Test("of one day complete cases come first, and no case waits a day for its gaps (M3-38)")
    func completeFirst() {
        let day = 86_400
        let midnight = day - Int(1_795_248_000 % 86_400)
        let sorted = [
            place(midnight, complete: false, score: 90), place(60, complete: true, score: 10),
            place(120, complete: true, score: 80), place(midnight + 1, complete: true, score: 100),
            place(30, complete: false, score: 20), place(60, complete: false, score: 20),
        ].sorted()
        #expect(
            sorted == [
                place(120, complete: true, score: 80), place(60, complete: true, score: 10),
                place(midnight, complete: false, score: 90),
                place(30, complete: false, score: 20), place(60, complete: false, score: 20),
                place(midnight + 1, complete: true, score: 100),
            ])
    }

    @Test("what came first is looked at first where all else is the same (M3-38)")
    func firstFiled() {
        #expect(place(60, filed: 1) < place(60, filed: 2))
        #expect(!(place(60, filed: 1) < place(60, filed: 1)))
    }

    @Test("only states in which people decide are in the queue")
    func reviewed() {
        #expect(
            ClaimState.allCases.filter(\.isReviewed) == [
                .reviewQueued, .review, .liability, .appeal, .holdRisk,
            ])
        for state in ClaimState.allCases where state.isReviewed {
            #expect(state.defaultOwner == .platform || state.defaultOwner == .arbiter)
        }
    }
}

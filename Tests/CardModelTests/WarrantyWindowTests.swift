import Testing
import WireFormat

@testable import CardModel

@Suite("WarrantyWindow")
struct WarrantyWindowTests {
    private let delivered = Instant(secondsSinceEpoch: 1_795_248_000)
    private let day: Duration = .seconds(86_400)

    private func window(
        _ policy: WarrantyPolicy,
        now: Instant? = nil,
        _ change: (inout WindowFacts) -> Void = { _ in }
    ) -> WarrantyWindow {
        var facts = WindowFacts(deliveredAt: delivered)
        change(&facts)
        return WarrantyWindow(policy: policy, facts: facts, now: now ?? delivered)
    }

    private func at(_ text: String) throws -> Instant {
        try #require(Instant(rfc3339: text))
    }

    @Test("the window is half-open to the millisecond (M3-15)", arguments: [7, 15, 30])
    func boundaries(days: Int) throws {
        let policy = try #require(WarrantyPolicy.presets.first { $0.window.days == days })
        let window = window(policy)
        let end = delivered + .seconds(days * 86_400)
        let cases: [(Instant, Bool)] = [
            (delivered - .milliseconds(1), false), (delivered, true),
            (delivered + .milliseconds(1), true), (end - .milliseconds(1), true), (end, false),
            (end + .milliseconds(1), false), (end - .seconds(1), true), (end + .seconds(1), false),
        ]
        for (instant, isInside) in cases { #expect(window.contains(instant) == isInside) }
    }

    @Test(
        "local days end with the local day, the start's day being day 0",
        arguments: [
            // Shanghai: 23:59:59.999 is still day 0, midnight is the next day.
            ("Asia/Shanghai", "2026-11-20T15:59:59.999Z", 7, "2026-11-27T16:00:00Z"),
            ("Asia/Shanghai", "2026-11-20T16:00:00Z", 7, "2026-11-28T16:00:00Z"),
            // Berlin: summer time ends within, and begins within.
            ("Europe/Berlin", "2026-10-20T10:00:00Z", 7, "2026-10-27T23:00:00Z"),
            ("Europe/Berlin", "2026-03-25T10:00:00Z", 7, "2026-04-01T22:00:00Z"),
            ("America/New_York", "2026-10-31T12:00:00Z", 1, "2026-11-02T05:00:00Z"),
        ]
    )
    func localDays(zone: String, start: String, days: Int, end: String) throws {
        var policy = WarrantyPolicy.sevenDays
        policy.window.days = days
        policy.window.counting = .localDays
        policy.window.zone = try #require(LocalZone(identifier: zone))
        let start = try at(start)
        let end = try at(end)
        let window = window(policy) { $0.deliveredAt = start }
        #expect(window.span?.end == end)
        #expect(window.contains(end - .milliseconds(1)))
        #expect(!window.contains(end))
    }

    @Test("exact counting knows no summer time: seven days are 168 hours")
    func exactAcrossSummerTime() throws {
        var policy = WarrantyPolicy.sevenDays
        policy.window.zone = try #require(LocalZone(identifier: "Europe/Berlin"))
        let start = try at("2026-10-20T10:00:00Z")
        #expect(
            try window(policy) { $0.deliveredAt = start }.span?.end == at("2026-10-27T10:00:00Z")
        )
    }

    @Test("a one-time warranty ends at the buyer's own first good check (M3-17)")
    func oneTime() {
        let check = delivered + .seconds(3_600)
        let window = window(.oneTimeVerification) {
            $0.placedAt = delivered - day
            $0.termsDisclosedAt = delivered - day
            $0.buyerSawGoodAt = check
        }
        #expect(window.span?.ending == .buyerCheck)
        #expect(window.contains(check - .milliseconds(1)))
        #expect(!window.contains(check))
    }

    @Test("the gateway's own checks end nothing: without the buyer's, the period bounds it")
    func oneTimeUnchecked() {
        let window = window(.oneTimeVerification) {
            $0.placedAt = delivered
            $0.termsDisclosedAt = delivered
        }
        #expect(window.span?.ending == .period)
        #expect(window.span?.end == delivered + .seconds(7 * 86_400))
    }

    @Test("a check after the period does not prolong it")
    func oneTimeLate() {
        let window = window(.oneTimeVerification) {
            $0.placedAt = delivered
            $0.termsDisclosedAt = delivered
            $0.buyerSawGoodAt = delivered + .seconds(8 * 86_400)
        }
        #expect(window.span?.end == delivered + .seconds(7 * 86_400))
        #expect(window.span?.ending == .period)
    }

    @Test(
        "terms count when disclosed at the latest with the order; else the period holds (M3-18)",
        arguments: [(0, true), (-1, true), (1, false)]
    )
    func disclosure(offsetMilliseconds: Int64, isInTime: Bool) {
        let window = window(.oneTimeVerification) {
            $0.placedAt = delivered - day
            $0.termsDisclosedAt = delivered - day + .milliseconds(offsetMilliseconds)
            $0.buyerSawGoodAt = delivered + .seconds(60)
        }
        #expect(window.span?.ending == (isInTime ? .buyerCheck : .periodForWantOfDisclosure))
        #expect(window.contains(delivered + day) == !isInTime)
    }

    @Test("terms never disclosed, or an order without a time, fall back to the period (M3-18)")
    func noDisclosure() {
        for change in [
            { (facts: inout WindowFacts) in facts.placedAt = nil },
            { (facts: inout WindowFacts) in facts.termsDisclosedAt = nil },
        ] {
            let window = window(.oneTimeVerification) {
                $0.placedAt = delivered
                $0.termsDisclosedAt = delivered
                $0.buyerSawGoodAt = delivered + .seconds(60)
                change(&$0)
            }
            #expect(window.span?.ending == .periodForWantOfDisclosure)
        }
        var free = WarrantyPolicy.oneTimeVerification
        free.oneTime.isDisclosureRequired = false
        #expect(
            window(free) { $0.buyerSawGoodAt = delivered + .seconds(60) }.span?.ending
                == .buyerCheck
        )
    }

    @Test(
        "activation ends a one-time window only beyond the margin, at the issuer's time",
        arguments: [(119_999, false), (120_000, false), (120_001, true)]
    )
    func activation(offsetMilliseconds: Int64, ends: Bool) {
        let activatedAt = delivered + .milliseconds(offsetMilliseconds)
        let window = window(.oneTimeVerification) {
            $0.placedAt = delivered
            $0.termsDisclosedAt = delivered
            $0.activatedAt = activatedAt
        }
        #expect(window.span?.ending == (ends ? .activation : .period))
        #expect((window.span?.end == activatedAt) == ends)
    }

    @Test("the earlier of the buyer's check and the activation ends it")
    func earlierEnd() {
        for (check, activation, ending) in [
            (600, 300, WarrantyWindow.Ending.activation), (300, 600, .buyerCheck),
        ] {
            let window = window(.oneTimeVerification) {
                $0.placedAt = delivered
                $0.termsDisclosedAt = delivered
                $0.buyerSawGoodAt = delivered + .seconds(check)
                $0.activatedAt = delivered + .seconds(activation)
            }
            #expect(window.span?.ending == ending)
            #expect(window.span?.end == delivered + .seconds(300))
        }
    }

    @Test("no warranty, no hand-over and no basis event are three different answers")
    func withoutSpan() {
        var none = WarrantyPolicy.sevenDays
        none.window.mode = .none
        #expect(window(none) == .none)
        #expect(window(.sevenDays) { $0.deliveredAt = nil } == .unstarted(.delivery))
        var firstUse = WarrantyPolicy.sevenDays
        firstUse.window.basis = .firstUse
        #expect(window(firstUse) == .unstarted(.basis))
        #expect(!window(firstUse).contains(delivered))
    }

    @Test(
        "each basis starts the window with its own event",
        arguments: WarrantyPolicy.Basis.allCases
    )
    func basis(basis: WarrantyPolicy.Basis) {
        var policy = WarrantyPolicy.sevenDays
        policy.window.basis = basis
        let span = window(policy) {
            $0.firstViewAt = delivered + .seconds(1)
            $0.firstVerificationAt = delivered + .seconds(2)
            $0.activatedAt = delivered + .seconds(3)
            $0.usedAt = delivered + .seconds(4)
        }.span
        let offsets: [WarrantyPolicy.Basis: Int] = [
            .delivery: 0, .firstView: 1, .firstVerification: 2, .firstActivation: 3, .firstUse: 4,
        ]
        #expect(span?.start == offsets[basis].map { delivered + .seconds($0) })
    }

    @Test("a use before the hand-over starts the window at the hand-over, not before")
    func basisBeforeDelivery() {
        var policy = WarrantyPolicy.sevenDays
        policy.window.basis = .firstUse
        #expect(window(policy) { $0.usedAt = delivered - day }.span?.start == delivered)
    }

    @Test("a fallback starts the window when the basis never comes, and does not restart later")
    func fallback() {
        var policy = WarrantyPolicy.sevenDays
        policy.window.basis = .firstUse
        policy.window.fallback = WarrantyPolicy.BasisFallback(after: .elapsed(seconds: 30 * 86_400))
        let due = delivered + .seconds(30 * 86_400)
        #expect(window(policy, now: due - .milliseconds(1)) == .unstarted(.basis))
        #expect(window(policy, now: due).span?.start == due)
        let early = window(policy, now: due) { $0.usedAt = due - day }
        #expect(early.span?.start == due - day)
        let late = window(policy, now: due + day) { $0.usedAt = due + day }
        #expect(late.span?.start == due)
    }
}

import Foundation
import Testing
import WireFormat

@testable import CardModel

/// What happened to one item, and which of its incidents really concern it.
private struct WindowStory: CustomStringConvertible {
    var policy: WarrantyPolicy
    var facts: WindowFacts
    var concerning: [Incident]
    var now: Instant

    var description: String { "\(policy.window), \(policy.oneTime), \(facts), now \(now)" }

    /// The model: whether the time that counts, from the start to `instant`, is less than the
    /// length. Between two of the marks nothing begins or ends.
    func isOpen(at instant: Instant) -> Bool {
        let terms = policy.window
        guard terms.mode != .none, let delivered = facts.deliveredAt else { return false }
        let event = terms.basis == .delivery ? delivered : facts.firstViewAt
        let late = terms.fallback?.after.duration.map { delivered + $0 }
        let starts = [event.map { max($0, delivered) }, late].compactMap { $0 }
        guard let start = starts.filter({ $0 <= max(now, delivered) }).min(), instant >= start
        else { return false }
        let stops = concerning.map { ($0.startedAt, $0.endedAt ?? now) }
        let marks = Set([start, instant] + stops.flatMap { [$0.0, $0.1] })
            .filter { start <= $0 && $0 <= instant }.sorted()
        let counted = zip(marks, marks.dropFirst())
            .filter { from, to in !stops.contains { $0.0 <= from && to <= $0.1 } }
            .reduce(Duration.zero) { $0 + $1.1.duration(since: $1.0) }
        let end = facts.replacesEndingAt.map { max($0, day(terms.replacement.leastDays, start)) }
        let length = (end ?? day(terms.days, start)).duration(since: start)
        return counted < length && !(isOneTime && verifications.contains { $0 <= instant })
    }

    private var isOneTime: Bool {
        guard policy.window.mode == .oneTimeVerification else { return false }
        let isInTime = facts.termsDisclosedAt.flatMap { shown in facts.placedAt.map { shown <= $0 }
        }
        return isInTime == true || !policy.oneTime.isDisclosureRequired
    }

    private var verifications: [Instant] {
        let limit = (facts.deliveredAt ?? now) + facts.skewMargin
        let activation = facts.activatedAt.flatMap { $0 > limit ? $0 : nil }
        return [facts.buyerSawGoodAt, policy.oneTime.endsOnActivation ? activation : nil]
            .compactMap { $0 }
    }

    /// `count` days after an instant, by the calendar of Foundation.
    private func day(_ count: Int, _ start: Instant) -> Instant {
        guard policy.window.counting == .localDays else { return start + .seconds(count * 86_400) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: policy.window.zone.identifier) ?? .gmt
        let first = Date(timeIntervalSince1970: Double(start.millisecondsSinceEpoch) / 1_000)
        let midnight = calendar.startOfDay(for: first)
        let last = calendar.date(byAdding: .day, value: count + 1, to: midnight) ?? first
        return Instant(secondsSinceEpoch: Int64(last.timeIntervalSince1970))
    }
}

extension WindowStory {
    private static let subject = IncidentSubject(platform: "shop", product: "p", issuer: "cmcc")

    init(zone: LocalZone, around middle: Instant, using generator: inout SeededGenerator) {
        func hours(_ range: ClosedRange<Int>) -> Duration {
            .seconds(Int.random(in: range, using: &generator) * 3_600)
                + .milliseconds([0, 0, 1, -1].randomElement(using: &generator) ?? 0)
        }
        func maybe(_ instant: Instant) -> Instant? {
            Bool.random(using: &generator) ? instant : nil
        }
        let delivered = middle + hours(-200...50)
        now = delivered + hours(0...900)
        policy = .sevenDays
        policy.window.mode =
            [.period, .period, .oneTimeVerification, .none].randomElement(using: &generator)
            ?? .period
        policy.window.days = Int.random(in: 0...9, using: &generator)
        policy.window.counting = Bool.random(using: &generator) ? .exact : .localDays
        policy.window.zone = zone
        policy.window.basis = Bool.random(using: &generator) ? .delivery : .firstView
        policy.window.fallback =
            Bool.random(using: &generator) ? .init(after: .days(5)) : nil
        policy.window.tolling = Set(
            TollingKind.allCases.filter { _ in Bool.random(using: &generator) }
        )
        policy.window.replacement.leastDays = Int.random(in: 0...4, using: &generator)
        policy.oneTime.endsOnActivation = Bool.random(using: &generator)
        policy.oneTime.isDisclosureRequired = Bool.random(using: &generator)
        facts = WindowFacts(
            placedAt: maybe(delivered - .seconds(60)),
            termsDisclosedAt: maybe(delivered - .seconds(60) + hours(-1...1)),
            deliveredAt: Int.random(in: 0..<20, using: &generator) == 0 ? nil : delivered,
            firstViewAt: maybe(min(now, delivered + hours(-10...300))),
            buyerSawGoodAt: maybe(delivered + hours(-5...300)),
            activatedAt: maybe(
                delivered
                    + [hours(-5...300), .seconds(120), .milliseconds(120_001)][
                        Int.random(in: 0..<3, using: &generator)]
            ),
            subject: Self.subject,
            replacesEndingAt: maybe(delivered + hours(-50...300))
        )
        concerning = []
        addIncidents(around: delivered, using: &generator)
    }

    private mutating func addIncidents(
        around delivered: Instant,
        using generator: inout SeededGenerator
    ) {
        let scopes: [(IncidentScope, Bool)] = [
            (.item, true), (.issuer("cmcc"), true), (.issuer("unicom"), false),
            (.product("p"), true), (.product("q"), false), (.platform("shop"), true),
            (.platform("other"), false),
        ]
        for _ in 0..<Int.random(in: 0...5, using: &generator) {
            let (scope, isConcerned) = scopes[Int.random(in: 0..<scopes.count, using: &generator)]
            let kind = TollingKind.allCases[Int.random(in: 0..<3, using: &generator)]
            let started = delivered + .seconds(Int.random(in: -40...260, using: &generator) * 3_600)
            let length: Duration = .seconds(Int.random(in: -2...90, using: &generator) * 3_600)
            let incident = Incident(
                kind: kind,
                scope: scope,
                startedAt: started,
                endedAt: Bool.random(using: &generator) ? started + length : nil
            )
            facts.incidents.append(incident)
            if isConcerned, policy.window.tolling.contains(kind) { concerning.append(incident) }
        }
    }

    /// Where something may change, each with its neighbours.
    func moments(_ window: WarrantyWindow) -> [Instant] {
        let known = [
            facts.deliveredAt, facts.firstViewAt, facts.buyerSawGoodAt, facts.activatedAt,
            facts.replacesEndingAt, now, window.span?.start, window.span?.end,
            window.span?.untolledEnd,
        ]
        let all =
            known.compactMap { $0 } + facts.incidents.map(\.startedAt)
            + facts.incidents.compactMap(\.endedAt)
        return all.flatMap { [$0 - .milliseconds(1), $0, $0 + .milliseconds(1)] }
    }
}

@Suite("WarrantyWindow: whole windows against a model")
struct WarrantyModelTests {
    /// Half a year without a change of the clock, and the weeks of both changes.
    private static let places: [(zone: String, middle: String)] = [
        ("Asia/Shanghai", "2027-01-04T00:00:00Z"), ("Europe/Berlin", "2027-03-28T01:00:00Z"),
        ("Europe/Berlin", "2026-10-25T01:00:00Z"),
    ]

    @Test(
        "a window is open exactly while the time that counts is below its length (M3-15, M3-30)",
        arguments: places.indices
    )
    func agreesWithModel(place: Int) throws {
        let seed = UInt64(2_718_281 + place)
        var generator = SeededGenerator(seed: seed)
        let zone = try #require(LocalZone(identifier: Self.places[place].zone))
        let middle = try #require(Instant(rfc3339: Self.places[place].middle))
        var open = 0
        var moved = 0
        for round in 0..<2_000 {
            let story = WindowStory(zone: zone, around: middle, using: &generator)
            let window = WarrantyWindow(policy: story.policy, facts: story.facts, now: story.now)
            if let span = window.span, span.end > span.untolledEnd { moved += 1 }
            for instant in story.moments(window) {
                let expected = story.isOpen(at: instant)
                if expected { open += 1 }
                guard window.contains(instant) != expected else { continue }
                Issue.record("seed \(seed), round \(round), at \(instant): \(window), \(story)")
                return
            }
        }
        // The stories reach what they are about.
        #expect(open > 5_000)
        #expect(moved > 200)
    }
}

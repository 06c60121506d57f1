public import WireFormat

/// The time in which a defect is covered (质保期): half-open, `start ≤ t < end`.
///
/// The filing time counts, not the time of the decision. Windows know no skew margin; only the
/// issuer's evidence of activation must lie beyond it.
public enum WarrantyWindow: Sendable, Hashable {
    /// The policy gives no warranty.
    case none
    /// The clock has not started.
    case unstarted(Wait)
    case running(Span)

    /// What an unstarted window waits for.
    public enum Wait: String, Sendable, Hashable {
        case delivery
        /// The basis event of the policy; there is no fallback, or it is not due yet.
        case basis
    }

    /// A window with a start.
    public struct Span: Sendable, Hashable {
        public let start: Instant
        public let end: Instant

        /// The end if no incident had stopped the clock: where re-asking is measured from.
        public let untolledEnd: Instant

        /// The kinds of incident that moved the end, in the order of ``TollingKind``.
        public let tolledBy: [TollingKind]
        public let ending: Ending

        /// The zone in which both are shown (M3-13).
        public let zone: LocalZone
    }

    /// What ends a window.
    public enum Ending: String, Sendable, Hashable {
        case period
        /// A one-time rule that was not disclosed before the order: the period holds (M3-18).
        case periodForWantOfDisclosure = "period_for_want_of_disclosure"
        /// The first check the buyer asked for that showed a good code (M3-17).
        case buyerCheck = "buyer_check"
        /// The issuer's evidence of activation after the hand-over.
        case activation
    }

    /// The window of an item under the policy its order pinned, as known at `now`: an incident
    /// that is still open stops the clock up to `now`.
    public init(policy: WarrantyPolicy, facts: WindowFacts, now: Instant) {
        let terms = policy.window
        guard terms.mode != .none else {
            self = .none
            return
        }
        switch Self.start(terms, facts, now) {
        case .failure(let wait): self = .unstarted(wait.reason)
        case .success(let start): self = .running(Self.span(policy, facts, start, now))
        }
    }

    /// Whether a claim filed at `instant` is in time.
    public func contains(_ instant: Instant) -> Bool {
        switch self {
        case .none, .unstarted: false
        case .running(let span): span.start <= instant && instant < span.end
        }
    }

    /// The span; `nil` where the window has no start.
    public var span: Span? {
        switch self {
        case .none, .unstarted: nil
        case .running(let span): span
        }
    }
}

extension WarrantyWindow {
    private struct NotStarted: Error {
        let reason: Wait
    }

    /// The basis event, or else the fallback: its length after the hand-over. An event that comes
    /// after the fallback has started the window does not start it again.
    private static func start(
        _ terms: WarrantyPolicy.WindowTerms,
        _ facts: WindowFacts,
        _ now: Instant
    ) -> Result<Instant, NotStarted> {
        guard let deliveredAt = facts.deliveredAt else {
            return .failure(NotStarted(reason: .delivery))
        }
        // A use before the hand-over was not the buyer's: it may not let the window run out early.
        let event = facts.instant(of: terms.basis).map { max($0, deliveredAt) }
        let fallback = terms.fallback.flatMap(\.after.duration).map { deliveredAt + $0 }
        switch (event, fallback) {
        case (let event?, let fallback?): return .success(min(event, fallback))
        case (let event?, nil): return .success(event)
        case (nil, let fallback?) where fallback <= now: return .success(fallback)
        case (nil, _): return .failure(NotStarted(reason: .basis))
        }
    }

    private static func span(
        _ policy: WarrantyPolicy,
        _ facts: WindowFacts,
        _ start: Instant,
        _ now: Instant
    ) -> Span {
        let terms = policy.window
        let untolled = untolledEnd(terms, facts, start)
        let tolled = tolledEnd(
            untolled,
            start: start,
            now: now,
            incidents: facts.incidents.filter { $0.tolls(facts.subject, under: terms) }
        )
        let bound = oneTimeEnd(policy, facts, start)
        let isOneTimeWithoutDisclosure =
            terms.mode == .oneTimeVerification && !isOneTimeRuleInForce(policy, facts)
        guard let bound, bound.instant < tolled.end else {
            return Span(
                start: start,
                end: tolled.end,
                untolledEnd: untolled,
                tolledBy: kinds(of: tolled.incidents),
                ending: isOneTimeWithoutDisclosure ? .periodForWantOfDisclosure : .period,
                zone: terms.zone
            )
        }
        return Span(
            start: start,
            end: bound.instant,
            untolledEnd: min(untolled, bound.instant),
            tolledBy: kinds(of: bound.instant > untolled ? tolled.incidents : []),
            ending: bound.ending,
            zone: terms.zone
        )
    }

    /// The length after the start; a replacement has what was left to the code it replaces, at
    /// least the policy's minimum after its own start.
    private static func untolledEnd(
        _ terms: WarrantyPolicy.WindowTerms,
        _ facts: WindowFacts,
        _ start: Instant
    ) -> Instant {
        guard let rest = facts.replacesEndingAt else {
            return end(of: terms.days, after: start, terms)
        }
        return max(rest, end(of: terms.replacement.leastDays, after: start, terms))
    }

    /// start + N × 24 h, or the end of local day N, the start's day being day 0.
    private static func end(
        of days: Int,
        after start: Instant,
        _ terms: WarrantyPolicy.WindowTerms
    ) -> Instant {
        switch terms.counting {
        case .exact: start + .seconds(days * 86_400)
        case .localDays: terms.zone.endOfDay(terms.zone.day(of: start).adding(days: days))
        }
    }

    /// Moves the end by the overlap of the incidents with [start, current end), to the fixed
    /// point: an incident that begins inside ends inside, because the end moves along with it.
    private static func tolledEnd(
        _ untolled: Instant,
        start: Instant,
        now: Instant,
        incidents: [Incident]
    ) -> (end: Instant, incidents: [Incident]) {
        var end = untolled
        var covered = start
        var counted: [Incident] = []
        for incident in incidents.sorted(by: { $0.startedAt < $1.startedAt }) {
            // A window without any length has no overlap, also with what began before it.
            let from = max(incident.startedAt, covered)
            guard from < end else { break }
            let until = incident.endedAt ?? now
            guard until > from else { continue }
            end = end + until.duration(since: from)
            covered = until
            counted.append(incident)
        }
        return (end, counted)
    }

    private static func kinds(of incidents: [Incident]) -> [TollingKind] {
        TollingKind.allCases.filter { kind in incidents.contains { $0.kind == kind } }
    }

    private static func isOneTimeRuleInForce(
        _ policy: WarrantyPolicy,
        _ facts: WindowFacts
    ) -> Bool {
        policy.window.mode == .oneTimeVerification
            && (!policy.oneTime.isDisclosureRequired || facts.areTermsDisclosedInTime)
    }

    /// Where a one-time verification ends the window, never before its start.
    private static func oneTimeEnd(
        _ policy: WarrantyPolicy,
        _ facts: WindowFacts,
        _ start: Instant
    ) -> (instant: Instant, ending: Ending)? {
        guard isOneTimeRuleInForce(policy, facts) else { return nil }
        let activation = policy.oneTime.endsOnActivation ? activationAfterDelivery(facts) : nil
        switch (facts.buyerSawGoodAt, activation) {
        case (let check?, let activation?) where activation < check:
            return (max(activation, start), .activation)
        case (let check?, _): return (max(check, start), .buyerCheck)
        case (nil, let activation?): return (max(activation, start), .activation)
        case (nil, nil): return nil
        }
    }

    /// The issuer's activation time where it lies after the hand-over beyond the margin.
    private static func activationAfterDelivery(_ facts: WindowFacts) -> Instant? {
        guard let activatedAt = facts.activatedAt,
            Timing.decide(
                eventAt: activatedAt,
                deliveredAt: facts.deliveredAt,
                skewMargin: facts.skewMargin
            )
                == .afterDelivery
        else { return nil }
        return activatedAt
    }
}

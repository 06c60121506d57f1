public import WireFormat

/// What becomes of a claim if nobody does anything: every clock that rings, and when (D-21).
public struct ClaimForecast: Sendable {
    public let steps: [Step]

    /// One clock that rings, and where the claim stands then.
    public struct Step: Sendable, Hashable {
        public let at: Deadline

        /// `nil` for the opening.
        public let timer: ClaimTimer?
        public let round: Int
        public let state: ClaimState
        public let owner: ClaimActor?
        public let effects: [ClaimEffect]
    }

    /// Steps of one forecast: repeating clocks go on for as long as nobody looks.
    public static let mostSteps = 1_000

    /// - Parameters:
    ///   - claim: just detected.
    ///   - end: nothing after it is told.
    public init(of claim: Claim, under rules: ClaimRules, until end: Instant) {
        var steps: [Step] = []
        var current = claim
        func note(_ transition: ClaimTransition, _ at: Deadline, _ timer: ClaimTimer?, _ round: Int)
        {
            guard let next = transition.claim else { return }
            current = next
            steps.append(
                Step(
                    at: at, timer: timer, round: round, state: next.state, owner: next.owner,
                    effects: transition.effects))
        }
        note(
            current.transition(
                on: .coverageConfirmed, by: .system, at: claim.filedAt, under: rules),
            Deadline(claim.filedAt), nil, 1)
        while steps.count < Self.mostSteps,
            let ring = current.pendingRings(rules.calendar).first, ring.at.instant < end
        {
            let before = steps.count
            note(
                current.transition(
                    on: .timerRung(ring.timer), by: .system, at: ring.at.instant, under: rules),
                ring.at, ring.timer, ring.round)
            guard steps.count > before else { break }
        }
        self.steps = steps
    }
}

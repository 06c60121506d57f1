public import WireFormat

/// Where a claim stands in the queue of the platform's people (审核队列, M3-38): by the day on which
/// they owe something; of one day first what can be decided at once, because nothing is missing.
///
/// Days and not instants, because working days end together; so nobody's claim waits a day longer
/// for its gaps.
public struct ReviewPlace: Sendable, Hashable, Comparable {
    public let dueDay: CalendarDate
    /// Whether the case has all that one about its defect cannot do without.
    public let isComplete: Bool
    /// 0 to 100: how full the case is.
    public let score: Int
    public let dueAt: Instant
    public let filedAt: Instant

    /// - Parameter zone: in which the platform's working days are counted.
    public init(
        dueAt: Instant,
        filedAt: Instant,
        isComplete: Bool,
        score: Int,
        zone: LocalZone
    ) {
        // The end of a day is the last instant of it, and not the first of the next.
        dueDay = zone.day(of: dueAt - .milliseconds(1))
        self.dueAt = dueAt
        self.filedAt = filedAt
        self.isComplete = isComplete
        self.score = score
    }

    /// Fuller cases come before emptier ones, then what is due earlier, then what came earlier.
    public static func < (left: ReviewPlace, right: ReviewPlace) -> Bool {
        if left.dueDay != right.dueDay { return left.dueDay < right.dueDay }
        if left.isComplete != right.isComplete { return left.isComplete }
        if left.score != right.score { return left.score > right.score }
        if left.dueAt != right.dueAt { return left.dueAt < right.dueAt }
        return left.filedAt < right.filedAt
    }
}

extension ClaimState {
    /// Whether people of the platform, or an arbiter, look into the case: what a reviewer's queue
    /// and his list of points are for.
    public var isReviewed: Bool {
        switch self {
        case .reviewQueued, .review, .liability, .appeal, .holdRisk: true
        case .detected, .open, .evidence, .remedyOffered, .waitingThirdParty, .executing,
            .verifyRemedy, .escalateTier2, .escalateTier3, .escalateTier4, .closedNotCovered,
            .closedWithdrawn, .closedAbandoned, .closedRecovered, .closedRemedied, .closedFinal,
            .closedFraud, .closedRefundedExternal:
            false
        }
    }
}

public import WireFormat

/// A clock of a service level (时限): how long somebody has, since when, and when it stood still.
///
/// It stores the budget and the suspensions and never the instant they lead to, so that a pause is
/// never forgotten and a new calendar moves every deadline that rests on it. A message that nobody
/// wrote by hand, or a receipt that something was read, has no way to stop it (M2-02, M2-03).
public struct ServiceClock: Sendable, Hashable {
    public let budget: PolicyDuration
    public let startedAt: Instant

    /// In order and without overlap; the last one may be open.
    public private(set) var suspensions: [Suspension]

    /// A time in which the clock stands.
    public struct Suspension: Sendable, Hashable {
        public let reason: Reason
        public let from: Instant

        /// `nil` while the clock stands.
        public internal(set) var until: Instant?

        public init(reason: Reason, from: Instant, until: Instant?) {
            self.reason = reason
            self.from = from
            self.until = until
        }
    }

    /// Whom the clock waits for.
    public enum Reason: String, Sendable, Hashable, CaseIterable {
        case buyer
        case thirdParty = "third_party"
    }

    /// Suspensions of one clock: a claim that goes to and fro more often is paused no more.
    public static let mostSuspensions = 1_000

    public init(budget: PolicyDuration, startedAt: Instant) {
        self.budget = budget
        self.startedAt = startedAt
        suspensions = []
    }

    /// A clock as it was stored; nil for suspensions that are out of order, overlap, or are open
    /// before the last one.
    public init?(budget: PolicyDuration, startedAt: Instant, suspensions: [Suspension]) {
        var earliest = startedAt
        for (index, suspension) in suspensions.enumerated() {
            guard suspension.from >= earliest, index <= Self.mostSuspensions,
                suspension.until.map({ $0 >= suspension.from }) ?? (index == suspensions.count - 1)
            else { return nil }
            earliest = suspension.until ?? suspension.from
        }
        self.budget = budget
        self.startedAt = startedAt
        self.suspensions = suspensions
    }

    public var isSuspended: Bool { suspensions.last.map { $0.until == nil } ?? false }

    /// Stands still while `reason` is not nil, and runs while it is. Waiting on for the same person
    /// is one suspension, however often it is said.
    mutating func wait(for reason: Reason?, at instant: Instant) {
        if isSuspended, suspensions.last?.reason == reason { return }
        resume(at: instant)
        if let reason { suspend(reason, at: instant) }
    }

    /// Stands still from `instant` on; one that stands already stays as it is. A wall clock that
    /// was set back never makes suspensions overlap.
    mutating func suspend(_ reason: Reason, at instant: Instant) {
        guard !isSuspended, suspensions.count < Self.mostSuspensions else { return }
        let from = max(instant, suspensions.last?.until ?? startedAt)
        suspensions.append(Suspension(reason: reason, from: from, until: nil))
    }

    mutating func resume(at instant: Instant) {
        guard let last = suspensions.indices.last, suspensions[last].until == nil else { return }
        suspensions[last].until = max(instant, suspensions[last].from)
    }

    /// When the time is over; `nil` while the clock stands.
    ///
    /// - Parameter calendar: for a budget of working days.
    public func deadline(_ calendar: WorkCalendar) -> Deadline? {
        var deadline = unsuspendedDeadline(calendar)
        for suspension in suspensions {
            // What began after the time was over gives nobody more of it.
            guard suspension.from < deadline.instant else { break }
            guard let until = suspension.until else { return nil }
            deadline = shifted(deadline, by: suspension.from..<until, calendar)
        }
        return deadline
    }

    private func unsuspendedDeadline(_ calendar: WorkCalendar) -> Deadline {
        switch budget {
        case .elapsed(let seconds): Deadline(startedAt + .seconds(seconds))
        case .workingDays(let count): calendar.deadline(workingDays: count, after: startedAt)
        }
    }

    /// What was left when the clock stopped runs on from when it goes again.
    private func shifted(
        _ deadline: Deadline,
        by pause: Range<Instant>,
        _ calendar: WorkCalendar
    ) -> Deadline {
        switch budget {
        case .elapsed:
            let left = deadline.instant.duration(since: pause.lowerBound)
            return Deadline(pause.upperBound + left, isProvisional: deadline.isProvisional)
        case .workingDays:
            let counted = max(pause.lowerBound, calendar.countingStart(after: startedAt))
            guard pause.upperBound > counted else { return deadline }
            let left = calendar.workingTime(from: counted, to: deadline.instant)
            let moved = calendar.instant(after: left, of: pause.upperBound)
            return Deadline(
                moved.instant,
                isProvisional: moved.isProvisional || deadline.isProvisional
            )
        }
    }
}

extension PolicyDuration {
    /// Which way a time protects the buyer.
    enum Preference: Sendable {
        /// Somebody owes the buyer something.
        case shorter
        /// The buyer has the time.
        case longer
    }

    /// Whether the time is no longer than `other`, whatever the calendar says. N working days last
    /// N times 24 hours at least, for the day on which they begin is not counted; how much longer,
    /// nobody can say without a calendar.
    func fits(into other: PolicyDuration) -> Bool {
        switch (self, other) {
        case (.elapsed(let seconds), .elapsed(let others)): seconds <= others
        case (.workingDays(let days), .workingDays(let others)): days <= others
        case (.elapsed(let seconds), .workingDays(let others)): seconds <= Int64(others) * 86_400
        case (.workingDays, .elapsed): false
        }
    }

    /// The longest time that fits into both.
    func shorter(_ other: PolicyDuration) -> PolicyDuration {
        switch (self, other) {
        case (.elapsed(let seconds), .elapsed(let others)): .elapsed(seconds: min(seconds, others))
        case (.workingDays(let days), .workingDays(let others)): .workingDays(min(days, others))
        case (.elapsed(let seconds), .workingDays(let days)),
            (.workingDays(let days), .elapsed(let seconds)):
            .elapsed(seconds: min(seconds, Int64(days) * 86_400))
        }
    }

    /// The shortest time that both fit into.
    func longer(_ other: PolicyDuration) -> PolicyDuration {
        switch (self, other) {
        case (.elapsed(let seconds), .elapsed(let others)): .elapsed(seconds: max(seconds, others))
        case (.workingDays(let days), .workingDays(let others)): .workingDays(max(days, others))
        case (.elapsed(let seconds), .workingDays(let days)),
            (.workingDays(let days), .elapsed(let seconds)):
            .workingDays(max(days, Int((seconds + 86_399) / 86_400)))
        }
    }
}

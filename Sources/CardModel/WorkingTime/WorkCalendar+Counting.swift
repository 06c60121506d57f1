public import WireFormat

/// Working time runs during the whole of each working day and stands still on every other day.
///
/// A span of working days is counted as the Civil Code of China counts days (articles 201 to 203):
/// the day of the event is not counted, and the last day ends at 24:00.
extension WorkCalendar {
    /// Where counting begins for an event: the end of its local day.
    func countingStart(after event: Instant) -> Instant {
        zone.endOfDay(zone.day(of: event))
    }

    /// The end of the `count`-th working day after the day of `event`; the end of that day itself
    /// for none.
    public func deadline(workingDays count: Int, after event: Instant) -> Deadline {
        var day = zone.day(of: event)
        var isCovered = true
        var left = count
        while left > 0 {
            day = day.adding(days: 1)
            isCovered = isCovered && covers(day)
            if isWorkingDay(day) { left -= 1 }
        }
        return Deadline(zone.endOfDay(day), isProvisional: !isCovered)
    }

    /// The working time between two instants; zero when the second is not later.
    func workingTime(from start: Instant, to end: Instant) -> Duration {
        var sum = Duration.zero
        var cursor = start
        while cursor < end {
            let day = zone.day(of: cursor)
            let until = min(zone.endOfDay(day), end)
            if isWorkingDay(day) { sum += until.duration(since: cursor) }
            cursor = until
        }
        return sum
    }

    /// The first instant by which `length` of working time has run since `start`.
    func instant(after length: Duration, of start: Instant) -> Deadline {
        var left = length
        var cursor = start
        var isCovered = true
        while left > .zero {
            let day = zone.day(of: cursor)
            isCovered = isCovered && covers(day)
            let end = zone.endOfDay(day)
            guard isWorkingDay(day) else {
                cursor = end
                continue
            }
            let run = min(left, end.duration(since: cursor))
            cursor = cursor + run
            left -= run
        }
        return Deadline(cursor, isProvisional: !isCovered)
    }
}

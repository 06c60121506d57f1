import WireFormat

/// The two lists of a calendar document.
extension WorkCalendar {
    static func readHolidays(
        _ reader: ObjectReader,
        in range: ClosedRange<CalendarDate>?
    ) -> Set<CalendarDate> {
        var holidays: Set<CalendarDate> = []
        for (index, value) in entries("holidays", reader) {
            let place = "holidays/\(index)"
            guard let span = span(value, place, reader),
                isInside(span, range, place, reader)
            else { continue }
            for number in span.lowerBound.dayNumber...span.upperBound.dayNumber {
                let day = CalendarDate(dayNumber: number)
                guard holidays.insert(day).inserted else {
                    reader.note(place, .contradiction, "\(day.iso8601) stands twice")
                    break
                }
            }
        }
        return holidays
    }

    static func readMakeUpDays(
        _ reader: ObjectReader,
        in range: ClosedRange<CalendarDate>?,
        weekend: Set<Weekday>?,
        holidays: Set<CalendarDate>
    ) -> Set<CalendarDate> {
        var days: Set<CalendarDate> = []
        for (index, value) in entries("make_up_days", reader) {
            let place = "make_up_days/\(index)"
            guard let day = value.date else {
                reader.note(place, .unknownValue, "expected \(date)")
                continue
            }
            guard isInside(day...day, range, place, reader) else { continue }
            if holidays.contains(day) {
                reader.note(place, .contradiction, "\(day.iso8601) is a holiday as well")
            } else if let weekend, !weekend.contains(Weekday(of: day)) {
                reader.note(
                    place, .contradiction,
                    "\(day.iso8601) is a \(Weekday(of: day).name), on which people work anyway")
            } else if !days.insert(day).inserted {
                reader.note(place, .contradiction, "\(day.iso8601) stands twice")
            }
        }
        return days
    }

    private static func entries(
        _ name: String,
        _ reader: ObjectReader
    ) -> [(index: Int, value: JSONValue)] {
        guard let elements = reader.elements(name) else { return [] }
        guard elements.count <= mostEntries else {
            reader.note(name, .outOfRange, "at most \(mostEntries) entries")
            return []
        }
        return elements
    }

    /// A date, or `{from, to}` with both days in it.
    private static func span(
        _ value: JSONValue,
        _ place: String,
        _ reader: ObjectReader
    ) -> ClosedRange<CalendarDate>? {
        if let day = value.date { return day...day }
        guard value.objectValue != nil, let section = reader.element(value, at: place) else {
            reader.note(place, .unknownValue, "expected \(date), or `{from, to}`")
            return nil
        }
        let first = section.required("from", expected: date) { $0.date }
        let last = section.required("to", expected: date) { $0.date }
        section.refuseOthers()
        guard let first, let last else { return nil }
        guard first <= last else {
            reader.note(place + "/to", .contradiction, "not before `from`")
            return nil
        }
        return first...last
    }

    /// A range that could not be read is no reason to refuse what should lie in it.
    private static func isInside(
        _ span: ClosedRange<CalendarDate>,
        _ range: ClosedRange<CalendarDate>?,
        _ place: String,
        _ reader: ObjectReader
    ) -> Bool {
        guard let range else {
            return span.upperBound.dayNumber - span.lowerBound.dayNumber < mostDays
        }
        guard range.lowerBound <= span.lowerBound, span.upperBound <= range.upperBound else {
            reader.note(place, .outOfRange, "not within `valid_from` and `valid_to`")
            return false
        }
        return true
    }
}

public import WireFormat

/// ```yaml
/// calendar: cn-2026
/// time_zone: Asia/Shanghai
/// valid_from: 2026-01-01
/// valid_to: 2026-12-31
/// weekend: [saturday, sunday]
/// holidays: [2026-01-01, {from: 2026-10-01, to: 2026-10-07}]
/// make_up_days: [2026-10-10]
/// ```
extension WorkCalendar {
    /// Reads a calendar document; every member is required but the two lists.
    ///
    /// - Throws: ``InvalidDocument`` with every fault at once, each with its JSON pointer. A day
    ///   that stands twice, in both lists, or beyond the range is a fault, and so is a make-up day
    ///   on which people work anyway: it is a mistyped date.
    public init(jsonValue: JSONValue) throws(InvalidDocument) {
        let issues = ObjectReader.IssueList()
        let reader = ObjectReader.document(jsonValue, issues: issues)
        let calendar = Self.read(reader)
        reader.refuseOthers()
        guard issues.issues.isEmpty, let calendar else {
            throw InvalidDocument(issues: issues.issues)
        }
        self = calendar
    }

    /// Bytes of an id.
    static let longestIdentifier = 64

    /// Days from the first to the last that one calendar speaks of: ten years.
    static let mostDays = 3_660

    /// Members of a list: an authority names some dozen spans a year.
    static let mostEntries = 1_000

    private static func read(_ reader: ObjectReader) -> WorkCalendar? {
        let id = identifier(reader)
        let zone = reader.required("time_zone", expected: "a zone such as Asia/Shanghai") {
            $0.stringValue.flatMap { LocalZone(identifier: $0) }
        }
        let range = readRange(reader)
        let weekend = readWeekend(reader)
        guard let range, let weekend else {
            // Read all the same, for the faults they have in themselves.
            _ = readHolidays(reader, in: nil)
            _ = readMakeUpDays(reader, in: nil, weekend: nil, holidays: [])
            return nil
        }
        let holidays = readHolidays(reader, in: range)
        let makeUpDays = readMakeUpDays(reader, in: range, weekend: weekend, holidays: holidays)
        guard let id, let zone else { return nil }
        return WorkCalendar(
            id: id, zone: zone, firstDay: range.lowerBound, lastDay: range.upperBound,
            weekend: weekend, holidays: holidays, makeUpDays: makeUpDays)
    }

    private static func identifier(_ reader: ObjectReader) -> String? {
        reader.required("calendar", expected: "lower-case letters, digits and dashes") { value in
            value.stringValue.flatMap { text in
                let isFit =
                    (1...longestIdentifier).contains(text.utf8.count)
                    && text.utf8.allSatisfy { byte in
                        switch byte {
                        case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"): true
                        default: false
                        }
                    }
                return isFit ? text : nil
            }
        }
    }

    private static func readRange(_ reader: ObjectReader) -> ClosedRange<CalendarDate>? {
        let first = reader.required("valid_from", expected: date) { $0.date }
        let last = reader.required("valid_to", expected: date) { $0.date }
        guard let first, let last else { return nil }
        guard first <= last else {
            reader.note("valid_to", .contradiction, "not before `valid_from`")
            return nil
        }
        guard last.dayNumber - first.dayNumber < mostDays else {
            reader.note("valid_to", .outOfRange, "at most \(mostDays) days after `valid_from`")
            return nil
        }
        return first...last
    }

    private static func readWeekend(_ reader: ObjectReader) -> Set<Weekday>? {
        guard reader.member("weekend") != nil else {
            reader.noteMissing("weekend")
            return nil
        }
        guard let elements = reader.elements("weekend") else { return nil }
        var weekend: Set<Weekday> = []
        for (index, value) in elements {
            guard let day = value.stringValue.flatMap({ Weekday(name: $0) }) else {
                reader.note("weekend/\(index)", .unknownValue, "expected `monday` to `sunday`")
                continue
            }
            if !weekend.insert(day).inserted {
                reader.note("weekend/\(index)", .contradiction, "`\(day.name)` stands twice")
            }
        }
        guard weekend.count < Weekday.allCases.count else {
            reader.note("weekend", .contradiction, "one day of the week is left to work on")
            return nil
        }
        return weekend
    }

    static let date = "a date such as 2026-10-01"
}

extension JSONValue {
    /// Exactly `YYYY-MM-DD`.
    var date: CalendarDate? { stringValue.flatMap { CalendarDate(iso8601: $0) } }
}

import CardModel
import WireFormat

/// Where a time stands in an answer, and how it is written.
struct TimeExtraction: Sendable, Hashable {
    enum Notation: String, Sendable, Hashable, CaseIterable {
        /// `2026-11-20T08:00:00Z`, any offset.
        case rfc3339
        /// `2026-11-20`
        case date
        case unixSeconds = "unix_seconds"
        case unixMilliseconds = "unix_milliseconds"
        /// `2026-11-20 08:00:00` (or with a `T`), without an offset of its own.
        case datetime
    }

    /// The offset of a `datetime`.
    enum Offset: Sendable, Hashable {
        case fixed(String)
        case setting(String)
    }

    var pointer: String
    var notation: Notation
    var offset: Offset?

    /// Nil when the value is absent, null or not written so: a fact is never guessed.
    func instant(in answer: ReadableAnswer) -> Instant? {
        guard let text = answer.text(at: pointer) else { return nil }
        switch notation {
        case .rfc3339: return Instant(rfc3339: text)
        case .date: return nil
        case .datetime:
            let offset: String? =
                switch self.offset {
                case .fixed(let text): text
                case .setting(let name): answer.settings[name]
                case nil: nil
                }
            let written = text.replacing(" ", with: "T", maxReplacements: 1)
            return offset.flatMap { Instant(rfc3339: written + $0) }
        case .unixSeconds:
            return Int64(text).flatMap { seconds in
                seconds.magnitude < UInt64(Self.largestUnixSeconds)
                    ? Instant(secondsSinceEpoch: seconds) : nil
            }
        case .unixMilliseconds:
            return Int64(text).flatMap { milliseconds in
                milliseconds.magnitude < UInt64(Self.largestUnixSeconds) * 1000
                    ? Instant(millisecondsSinceEpoch: milliseconds) : nil
            }
        }
    }

    /// The local day of the time.
    func date(in answer: ReadableAnswer, zone: LocalZone) -> CalendarDate? {
        if notation == .date {
            return answer.text(at: pointer).flatMap { CalendarDate(iso8601: $0) }
        }
        return instant(in: answer).map(zone.day)
    }

    /// Year 9999 in seconds; larger numbers are some other unit.
    private static let largestUnixSeconds: Int64 = 253_402_300_800
}

/// Until when the code is good.
struct ExpiryExtraction: Sendable, Hashable {
    var time: TimeExtraction
    /// The issuer still calls a code good after its day, and only the date tells.
    var pastMeansExpired: Bool
    /// What stands there for a code without an end.
    var never: [String]

    /// Whether the issuer says that the code has no end.
    func isEndless(in answer: ReadableAnswer) -> Bool {
        answer.text(at: time.pointer).map(never.contains) ?? false
    }
}

/// From when to when an entitlement runs.
struct TermExtraction: Sendable, Hashable {
    var start: TimeExtraction
    var end: TimeExtraction

    /// Nil unless both are told, the end after the start: a term is never guessed.
    func term(in answer: ReadableAnswer) -> MembershipTerm? {
        guard let start = start.instant(in: answer), let end = end.instant(in: answer),
            start < end
        else { return nil }
        return MembershipTerm(start: start, end: end)
    }
}

/// Where an amount of money stands, and how it is written.
struct AmountExtraction: Sendable, Hashable {
    enum Unit: String, Sendable, Hashable, CaseIterable {
        /// Whole numbers of the currency's smallest unit (分, cents).
        case minor
        /// Decimal numbers of the currency itself (元).
        case major
    }

    enum Currency: Sendable, Hashable {
        case pointer(String)
        case fixed(String)
    }

    var amount: String
    var unit: Unit
    var currency: Currency

    /// Nil when amount or currency is absent or not written as declared.
    func money(in answer: ReadableAnswer) -> Money? {
        let code: String? =
            switch currency {
            case .pointer(let pointer): answer.text(at: pointer)
            case .fixed(let text): text
            }
        guard let code, let text = answer.text(at: amount) else { return nil }
        switch unit {
        case .minor: return Int64(text).flatMap { Money(minorUnits: $0, currency: code) }
        case .major: return Money(decimal: text, currency: code)
        }
    }
}

/// What the code is worth.
struct ValueExtraction: Sendable, Hashable {
    var amount: AmountExtraction
    /// What a good code that is worth less than promised is called.
    var lowerMeans: VerdictState
    /// What a good code that is worth nothing is called; nil keeps `lowerMeans`.
    var zeroMeans: VerdictState?

    /// The state of a good code after its value was compared with what was promised; nil when
    /// nothing speaks against it. Amounts in two currencies say nothing.
    func judge(_ actual: Money, promised: Money?) -> VerdictState? {
        if actual.minorUnits == 0, let zeroMeans { return zeroMeans }
        guard let promised, actual.compared(to: promised) == .less else { return nil }
        return lowerMeans
    }
}

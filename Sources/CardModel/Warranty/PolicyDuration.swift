/// A length of time as policies write it: ISO 8601 without years and months, and working days.
///
/// `PT2M`, `PT24H`, `P7D`, `P1W`, `P1DT12H`, and `P3WD` for three working days. A day is 24 hours.
public enum PolicyDuration: Sendable, Hashable {
    case elapsed(seconds: Int64)
    /// Counted by a calendar of working days (工作日).
    case workingDays(Int)

    /// `nil` for anything else, zero components out of order and lengths above ``longestDays``.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.longestText, text.first == "P" else { return nil }
        if text.hasSuffix("WD") {
            guard let count = Self.number(text.dropFirst().dropLast(2)), count <= Self.longestDays
            else { return nil }
            self = .workingDays(Int(count))
            return
        }
        let parts = text.dropFirst().split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count <= 2, !parts.contains(where: \.isEmpty) || parts.first?.isEmpty == true,
            let days = Self.seconds(parts[0], units: [("W", 604_800), ("D", 86_400)]),
            parts.count == 1 || !parts[1].isEmpty,
            let times = Self.seconds(
                parts.count == 2 ? parts[1] : "",
                units: [("H", 3_600), ("M", 60), ("S", 1)]
            ),
            parts.count == 2 || !parts[0].isEmpty,
            days + times <= Self.longestDays * 86_400
        else { return nil }
        self = .elapsed(seconds: days + times)
    }

    public var isCountedInWorkingDays: Bool {
        switch self {
        case .elapsed: false
        case .workingDays: true
        }
    }

    public static func minutes(_ count: Int64) -> PolicyDuration { .elapsed(seconds: count * 60) }
    public static func hours(_ count: Int64) -> PolicyDuration { .elapsed(seconds: count * 3_600) }
    public static func days(_ count: Int64) -> PolicyDuration { .elapsed(seconds: count * 86_400) }

    /// A hundred years: beyond it a policy is a mistake.
    public static let longestDays: Int64 = 36_500
    private static let longestText = 32

    /// Sums `3H20M`-like components; each unit at most once and in the order given.
    private static func seconds(
        _ text: Substring,
        units: [(name: Character, seconds: Int64)]
    ) -> Int64? {
        var rest = text
        var sum: Int64 = 0
        for unit in units {
            guard let end = rest.firstIndex(of: unit.name) else { continue }
            guard let count = number(rest[..<end]) else { return nil }
            sum += count * unit.seconds
            rest = rest[rest.index(after: end)...]
        }
        return rest.isEmpty ? sum : nil
    }

    /// Up to nine digits, so that no product overflows.
    private static func number(_ text: Substring) -> Int64? {
        guard (1...9).contains(text.utf8.count),
            text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(text)
    }

    /// Whole days of 24 hours; `nil` for working days and for anything between.
    public var wholeDays: Int? {
        switch self {
        case .elapsed(let seconds) where seconds % 86_400 == 0: Int(seconds / 86_400)
        case .elapsed, .workingDays: nil
        }
    }

    /// The length as a `Duration`; `nil` for working days, which need a calendar.
    public var duration: Duration? {
        switch self {
        case .elapsed(let seconds): .seconds(seconds)
        case .workingDays: nil
        }
    }
}

extension PolicyDuration: CustomStringConvertible {
    /// The canonical spelling: days, then hours, minutes, seconds; `PT0S` for nothing.
    public var description: String {
        switch self {
        case .workingDays(let count): return "P\(count)WD"
        case .elapsed(let seconds):
            let days = seconds / 86_400
            let parts = [
                (seconds % 86_400 / 3_600, "H"), (seconds % 3_600 / 60, "M"), (seconds % 60, "S"),
            ]
            let time = parts.filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined()
            let date = days > 0 ? "\(days)D" : ""
            if date.isEmpty, time.isEmpty { return "PT0S" }
            return "P" + date + (time.isEmpty ? "" : "T" + time)
        }
    }
}

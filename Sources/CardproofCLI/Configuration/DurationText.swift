/// Durations as people write them: `500ms`, `30s`, `5m`, `2h`, `1d`.
enum DurationText {
    /// A year: longer pauses are slips.
    private static let longestMilliseconds: Int64 = 366 * 86_400_000
    private static let units: [(suffix: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// Nil for anything else, for zero and for more than a year.
    static func duration(_ text: String) -> Duration? {
        guard let unit = units.first(where: { text.hasSuffix($0.suffix) }),
            case let digits = text.dropLast(unit.suffix.count),
            (1...12).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(digits), number > 0,
            number <= longestMilliseconds / unit.milliseconds
        else { return nil }
        return .milliseconds(number * unit.milliseconds)
    }

    /// The shortest exact form of a duration of whole milliseconds.
    static func text(_ duration: Duration) -> String {
        let parts = duration.components
        let milliseconds = parts.seconds * 1_000 + parts.attoseconds / 1_000_000_000_000_000
        let unit = units.last { milliseconds % $0.milliseconds == 0 } ?? units[0]
        return "\(milliseconds / unit.milliseconds)\(unit.suffix)"
    }
}

public import WireFormat

/// When a scripted event happens.
public enum SandboxMoment: Sendable, Hashable {
    /// At a fixed instant.
    case at(Instant)
    /// Before (negative) or after the sandbox was started, so that the answer does not drift from
    /// one ask to the next.
    case sinceStart(Duration)
    /// This long after the code was asked about for the first time.
    case afterFirstAsk(Duration)

    /// The longest distance that a moment may lie from its anchor: ten years.
    private static let farthestSeconds: Int64 = 3653 * 86_400

    /// Reads an RFC 3339 date-time, `now`, `now-2d`, `now+5m`, `first_ask` or `first_ask+30s`;
    /// units are `s`, `m`, `h` and `d`. `now` is the instant of reading. Nil for anything else.
    public init?(_ text: String, now: Instant) {
        guard text.utf8.count <= SandboxLimits.wordSymbols else { return nil }
        if let instant = Instant(rfc3339: text) {
            self = .at(instant)
        } else if text.hasPrefix("now"), let offset = Self.offset(text.dropFirst(3)) {
            self = .at(now + offset)
        } else if text.hasPrefix("first_ask"), let offset = Self.offset(text.dropFirst(9)),
            offset >= .zero
        {
            self = .afterFirstAsk(offset)
        } else {
            return nil
        }
    }

    /// The instant, once the two anchors are known.
    func resolved(start: Instant, firstAsk: Instant) -> Instant {
        switch self {
        case .at(let instant): instant
        case .sinceStart(let offset): start + offset
        case .afterFirstAsk(let offset): firstAsk + offset
        }
    }

    /// `+5m`, `-2d`, or nothing at all.
    private static func offset(_ text: Substring) -> Duration? {
        guard let sign = text.first else { return .zero }
        let digits = text.dropFirst().dropLast()
        guard sign == "+" || sign == "-", (1...9).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39) ~= $0 }), let count = Int64(digits),
            let unit = text.last, let secondsPerUnit = secondsPerUnit(unit),
            count * secondsPerUnit <= farthestSeconds
        else { return nil }
        return .seconds((sign == "-" ? -1 : 1) * count * secondsPerUnit)
    }

    private static func secondsPerUnit(_ unit: Character) -> Int64? {
        switch unit {
        case "s": 1
        case "m": 60
        case "h": 3600
        case "d": 86_400
        default: nil
        }
    }
}

import WireFormat

/// The `Retry-After` field (RFC 9110 §10.2.3): seconds, or an HTTP date.
enum RetryAfter {
    /// The wait, bounded by `AdapterLimits.longestRetryAfter`; nil when absent or unreadable.
    static func parse(_ value: String?, askedAt: Instant) -> Duration? {
        guard let value else { return nil }
        let text = value.filter { $0 != "\t" }.drop { $0 == " " }
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            let seconds = Int64(text) ?? Int64(AdapterLimits.longestRetryAfter.components.seconds)
            return min(.seconds(seconds), AdapterLimits.longestRetryAfter)
        }
        guard let date = HTTPDate.instant(String(text)) else { return nil }
        let wait = date.duration(since: askedAt)
        return min(max(wait, .zero), AdapterLimits.longestRetryAfter)
    }
}

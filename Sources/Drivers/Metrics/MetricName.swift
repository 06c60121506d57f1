/// Prometheus spellings of swift-metrics labels.
///
/// Sources: https://prometheus.io/docs/concepts/data_model/ and
/// https://prometheus.io/docs/practices/naming/; `promtool check metrics` applies both.
enum MetricName {
    enum Kind: String, Sendable {
        case counter
        case gauge
        case histogram
    }

    /// `http.server.request.duration` → `http_server_request_duration_seconds` for a timer,
    /// `…_total` for a counter; a suffix that another kind owns is cut off.
    static func exposed(_ label: String, kind: Kind, unit: String? = nil) -> String {
        var name = snakeCase(label)
        while let suffix = reservedSuffixes.first(where: { name.hasSuffix($0) }),
            name.utf8.count > suffix.utf8.count
        {
            name.removeLast(suffix.utf8.count)
        }
        if let unit, !name.hasSuffix("_\(unit)") { name += "_\(unit)" }
        return kind == .counter ? name + "_total" : name
    }

    /// A label's name; `le` and `quantile` belong to histograms and summaries, names that begin
    /// with `__` to Prometheus itself.
    static func label(_ name: String) -> String {
        var text = snakeCase(name)
        while text.hasPrefix("__") { text.removeFirst() }
        return text == "le" || text == "quantile" ? "\(text)_value" : text
    }

    private static let reservedSuffixes = ["_total", "_count", "_sum", "_bucket"]

    /// Letters, digits and `_`, not beginning with a digit; `aB` becomes `a_b`.
    private static func snakeCase(_ text: String) -> String {
        var symbols: [UInt8] = []
        var followsLowerCase = false
        for symbol in text.utf8 {
            switch symbol {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                symbols.append(symbol)
                followsLowerCase = true
            case UInt8(ascii: "A")...UInt8(ascii: "Z"):
                if followsLowerCase { symbols.append(UInt8(ascii: "_")) }
                symbols.append(symbol | 0x20)
                followsLowerCase = false
            default:
                symbols.append(UInt8(ascii: "_"))
                followsLowerCase = false
            }
        }
        guard let first = symbols.first else { return "unnamed" }
        let beginsWithDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
        return (beginsWithDigit ? "_" : "") + String(decoding: symbols, as: UTF8.self)
    }
}

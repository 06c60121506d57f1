/// The Prometheus text format 0.0.4.
///
/// Source: https://prometheus.io/docs/instrumenting/exposition_formats/
enum PrometheusText {
    static func render(_ families: [String: MetricFamily]) -> String {
        var text = ""
        for (name, family) in families.sorted(by: { $0.key < $1.key }) {
            text += "# HELP \(name) \(escapedHelp(family.help))\n"
            text += "# TYPE \(name) \(family.shape.kind.rawValue)\n"
            for (labels, series) in family.series.sorted(by: { $0.key < $1.key }) {
                append(series, name: name, labels: labels, to: &text)
            }
        }
        return text
    }

    /// `a="1",b="2"` in the order of the names; the first of several dimensions whose names come
    /// out the same is kept.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (name, value) in dimensions.prefix(PrometheusExporter.labelLimit) {
            let exposed = MetricName.label(name)
            if values[exposed] == nil { values[exposed] = escapedValue(value) }
        }
        return values.sorted { $0.key < $1.key }
            .map { "\($0.key)=\"\($0.value)\"" }
            .joined(separator: ",")
    }

    private static func append(
        _ series: MetricSeries,
        name: String,
        labels: String,
        to text: inout String
    ) {
        let braced = labels.isEmpty ? "" : "{\(labels)}"
        switch series {
        case .counter(let counter):
            text += "\(name)\(braced) \(counter.value)\n"
        case .fractionalCounter(let counter):
            text += "\(name)\(braced) \(number(counter.value))\n"
        case .gauge(let gauge):
            text += "\(name)\(braced) \(number(gauge.value))\n"
        case .histogram(let histogram):
            append(histogram, name: name, labels: labels, to: &text)
        }
    }

    private static func append(
        _ histogram: HistogramSeries,
        name: String,
        labels: String,
        to text: inout String
    ) {
        let reading = histogram.reading
        let prefix = labels.isEmpty ? "" : labels + ","
        let bounds = histogram.bounds.map(number) + ["+Inf"]
        var cumulated: UInt64 = 0
        for (bound, count) in zip(bounds, reading.counts) {
            cumulated += count
            text += "\(name)_bucket{\(prefix)le=\"\(bound)\"} \(cumulated)\n"
        }
        let braced = labels.isEmpty ? "" : "{\(labels)}"
        text += "\(name)_sum\(braced) \(number(reading.sum))\n"
        text += "\(name)_count\(braced) \(cumulated)\n"
    }

    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        // Whole numbers without a fraction, as long as Double holds them exactly.
        if value == value.rounded(), abs(value) < 0x1p53 { return "\(Int64(value))" }
        return "\(value)"
    }

    private static func escapedHelp(_ text: String) -> String {
        escaped(text.utf8, quote: false)
    }

    /// Cut to the limit, at the boundary of a character.
    private static func escapedValue(_ text: String) -> String {
        var octets = Array(text.utf8.prefix(PrometheusExporter.labelValueBytesLimit))
        while String(validating: octets, as: UTF8.self) == nil { octets.removeLast() }
        return escaped(octets, quote: true)
    }

    private static func escaped(_ octets: some Sequence<UInt8>, quote: Bool) -> String {
        var escaped: [UInt8] = []
        for octet in octets {
            switch octet {
            case UInt8(ascii: "\\"): escaped += Array("\\\\".utf8)
            case UInt8(ascii: "\n"): escaped += Array("\\n".utf8)
            case UInt8(ascii: "\"") where quote: escaped += Array("\\\"".utf8)
            default: escaped.append(octet)
            }
        }
        return String(decoding: escaped, as: UTF8.self)
    }
}

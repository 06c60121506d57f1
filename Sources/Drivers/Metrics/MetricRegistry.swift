/// Finds or makes the series for a label and its dimensions.
///
/// Frameworks ask anew at every request, so the way asked before is one dictionary look-up with
/// the caller's own spelling as the key; names are put into Prometheus' form only once.
struct MetricRegistry: Sendable {
    private struct Key: Hashable {
        let shape: MetricShape
        let label: String
        let dimensions: [String]
    }

    private(set) var families: [String: MetricFamily] = [:]
    private var known: [Key: MetricSeries] = [:]
    private let descriptions: [String: String]
    private let limit: Int
    private var seriesCount = 0

    init(descriptions: [String: String], limit: Int) {
        self.descriptions = descriptions
        self.limit = limit
    }

    /// Nil when the limit is reached or the name already belongs to another type.
    mutating func series(
        _ shape: MetricShape,
        _ label: String,
        _ dimensions: [(String, String)],
        make: () -> MetricSeries
    ) -> MetricSeries? {
        let key = Key(
            shape: shape,
            label: label,
            dimensions: dimensions.flatMap { [$0.0, $0.1] }
        )
        if let series = known[key] { return series }
        let name = MetricName.exposed(label, kind: shape.kind, unit: shape.unit)
        let labels = PrometheusText.labels(dimensions)
        let family = families[name] ?? MetricFamily(shape: shape, help: help(label))
        guard family.shape == shape else { return nil }
        if let series = family.series[labels] {
            // Another spelling of a known series: kept while the spellings are few as well.
            if known.count < 2 * limit { known[key] = series }
            return series
        }
        guard seriesCount < limit else { return nil }
        let series = make()
        families[name, default: family].series[labels] = series
        known[key] = series
        seriesCount += 1
        return series
    }

    /// A counter of the exporter itself: counts towards no limit.
    mutating func addOwnCounter(_ label: String) -> CounterSeries {
        let counter = CounterSeries()
        let name = MetricName.exposed(label, kind: .counter)
        families[name] = MetricFamily(
            shape: .counter,
            help: help(label),
            series: ["": .counter(counter)]
        )
        return counter
    }

    private func help(_ label: String) -> String {
        descriptions[label] ?? "Recorded as \(label)."
    }
}

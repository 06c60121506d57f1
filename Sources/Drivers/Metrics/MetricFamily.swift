/// What a swift-metrics call asks for; decides name, type and buckets.
enum MetricShape: Sendable, Hashable {
    case counter
    case fractionalCounter
    case gauge
    case timerHistogram
    case quantityHistogram

    var kind: MetricName.Kind {
        switch self {
        case .counter, .fractionalCounter: .counter
        case .gauge: .gauge
        case .timerHistogram, .quantityHistogram: .histogram
        }
    }

    var unit: String? {
        switch self {
        case .timerHistogram: "seconds"
        case .counter, .fractionalCounter, .gauge, .quantityHistogram: nil
        }
    }
}

/// All series of one exposed name.
struct MetricFamily: Sendable {
    let shape: MetricShape
    let help: String
    /// By rendered labels, `a="1",b="2"`, so that two spellings of one set are one series.
    var series: [String: MetricSeries] = [:]
}

public import Metrics
import Synchronization

/// Collects what the process counts through swift-metrics and writes it as Prometheus text.
///
/// This room (`Drivers/Metrics`) holds the exporter, the rules of Prometheus names
/// (`MetricName`), the values themselves (`MetricSeries`) and the text format
/// (`PrometheusText`). Counters end in `_total`, timers are histograms in seconds, meters and
/// plain recorders gauges, aggregating recorders histograms.
///
/// A label value that outsiders choose could make series without end, each a little memory for
/// good: their number has a hard limit, and what comes beyond it is counted, not kept.
///
/// A series lives as long as the process: `destroy` frees nothing, since another holder of the
/// same labels may go on counting, and a counter that starts anew looks like a restart.
public final class PrometheusExporter: MetricsFactory {
    /// Series of all metrics together; a histogram is one. Beyond it nothing new is kept.
    public static let seriesLimit = 4096
    /// Labels of one series; further ones are dropped.
    public static let labelLimit = 12
    /// UTF-8 bytes of one label value; the rest is cut off.
    public static let labelValueBytesLimit = 128
    /// Upper bounds in seconds: an answer from memory to a request that waits for an issuer.
    public static let timerBounds: [Double] = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]
    /// Upper bounds of recorded quantities (bytes, items): powers of four from 1 to 16 Mi.
    public static let quantityBounds: [Double] = (0...12).map { Double(1 << (2 * $0)) }
    /// The `Content-Type` of `exposition()`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    static let droppedSeriesLabel = "cardproof.metrics.series.dropped"

    private let registry: Mutex<MetricRegistry>
    private let discarded = DiscardedSeries()
    private let droppedSeries: CounterSeries

    /// - Parameters:
    ///   - descriptions: HELP texts by swift-metrics label. A metric without one is described by
    ///     its label, because a metric must have a HELP line.
    ///   - seriesLimit: at most `PrometheusExporter.seriesLimit`, at least 1.
    public init(
        descriptions: [String: String] = [:],
        seriesLimit: Int = PrometheusExporter.seriesLimit
    ) {
        var descriptions = descriptions
        descriptions[Self.droppedSeriesLabel] =
            "Requests for a series that was not kept: too many series, or a name of another type."
        var registry = MetricRegistry(
            descriptions: descriptions,
            limit: min(max(1, seriesLimit), Self.seriesLimit)
        )
        droppedSeries = registry.addOwnCounter(Self.droppedSeriesLabel)
        self.registry = Mutex(registry)
    }

    /// Everything in the Prometheus text format 0.0.4, sorted by name and labels.
    public func exposition() -> String {
        PrometheusText.render(registry.withLock { $0.families })
    }

    public func makeCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any CounterHandler {
        let found = series(.counter, label, dimensions) { .counter(CounterSeries()) }
        guard case .counter(let series) = found else { return drop() }
        return series
    }

    public func makeFloatingPointCounter(
        label: String,
        dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        let found = series(.fractionalCounter, label, dimensions) {
            .fractionalCounter(FractionalCounterSeries())
        }
        guard case .fractionalCounter(let series) = found else { return drop() }
        return series
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        let found = series(.gauge, label, dimensions) { .gauge(GaugeSeries()) }
        guard case .gauge(let series) = found else { return drop() }
        return series
    }

    public func makeRecorder(
        label: String,
        dimensions: [(String, String)],
        aggregate: Bool
    ) -> any RecorderHandler {
        guard aggregate else {
            let found = series(.gauge, label, dimensions) { .gauge(GaugeSeries()) }
            guard case .gauge(let series) = found else { return drop() }
            return series
        }
        let found = series(.quantityHistogram, label, dimensions) {
            .histogram(HistogramSeries(bounds: Self.quantityBounds))
        }
        guard case .histogram(let series) = found else { return drop() }
        return series
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        let found = series(.timerHistogram, label, dimensions) {
            .histogram(HistogramSeries(bounds: Self.timerBounds))
        }
        guard case .histogram(let series) = found else { return drop() }
        return series
    }

    public func destroyCounter(_ handler: any CounterHandler) {}
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) {}
    public func destroyMeter(_ handler: any MeterHandler) {}
    public func destroyRecorder(_ handler: any RecorderHandler) {}
    public func destroyTimer(_ handler: any TimerHandler) {}

    private func series(
        _ shape: MetricShape,
        _ label: String,
        _ dimensions: [(String, String)],
        make: () -> MetricSeries
    ) -> MetricSeries? {
        registry.withLock { $0.series(shape, label, dimensions, make: make) }
    }

    private func drop() -> DiscardedSeries {
        droppedSeries.increment(by: 1)
        return discarded
    }
}

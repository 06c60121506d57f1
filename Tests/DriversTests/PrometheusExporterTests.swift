import Drivers
import Metrics
import Testing

@Suite("PrometheusExporter")
struct PrometheusExporterTests {
    private func samples(_ exporter: PrometheusExporter) -> [String] {
        exporter.exposition().split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") && !$0.contains("series_dropped") }
    }

    @Test("a counter ends in _total, takes no negative amount and starts at zero")
    func counter() {
        let exporter = PrometheusExporter(descriptions: ["cardproof.checks": "Checks made."])
        let counter = exporter.makeCounter(
            label: "cardproof.checks",
            dimensions: [("verdict", "used"), ("issuer", "cmcc")]
        )
        #expect(samples(exporter) == ["cardproof_checks_total{issuer=\"cmcc\",verdict=\"used\"} 0"])
        counter.increment(by: 2)
        counter.increment(by: -5)
        #expect(samples(exporter) == ["cardproof_checks_total{issuer=\"cmcc\",verdict=\"used\"} 2"])
        counter.increment(by: .max)
        counter.increment(by: 1)
        #expect(samples(exporter).first?.hasSuffix(" 9223372036854775807") == true)
        let text = exporter.exposition()
        #expect(text.contains("# HELP cardproof_checks_total Checks made.\n"))
        #expect(text.contains("# TYPE cardproof_checks_total counter\n"))
        counter.reset()
        #expect(samples(exporter).first?.hasSuffix(" 0") == true)
    }

    @Test("the same label and dimensions are one series, in any order and spelling")
    func identity() {
        let exporter = PrometheusExporter()
        exporter.makeCounter(label: "a.b", dimensions: [("x", "1"), ("y", "2")]).increment(by: 1)
        exporter.makeCounter(label: "a.b", dimensions: [("y", "2"), ("x", "1")]).increment(by: 1)
        exporter.makeCounter(label: "a_b", dimensions: [("x", "1"), ("y", "2")]).increment(by: 1)
        #expect(samples(exporter) == ["a_b_total{x=\"1\",y=\"2\"} 3"])
    }

    @Test("a timer is a histogram in seconds whose buckets cumulate")
    func timer() throws {
        let exporter = PrometheusExporter()
        let timer = exporter.makeTimer(
            label: "http.server.request.duration",
            dimensions: [("method", "GET")]
        )
        timer.recordNanoseconds(500_000)  // exactly on the first bound
        timer.recordNanoseconds(3_000_000)
        timer.recordNanoseconds(90_000_000_000)
        let lines = samples(exporter)
        let name = "http_server_request_duration_seconds"
        #expect(lines.contains("\(name)_bucket{method=\"GET\",le=\"0.0005\"} 1"))
        #expect(lines.contains("\(name)_bucket{method=\"GET\",le=\"0.0025\"} 1"))
        #expect(lines.contains("\(name)_bucket{method=\"GET\",le=\"0.005\"} 2"))
        #expect(lines.contains("\(name)_bucket{method=\"GET\",le=\"60\"} 2"))
        #expect(lines.contains("\(name)_bucket{method=\"GET\",le=\"+Inf\"} 3"))
        #expect(lines.contains("\(name)_sum{method=\"GET\"} 90.0035"))
        #expect(lines.contains("\(name)_count{method=\"GET\"} 3"))
        #expect(lines.count == PrometheusExporter.timerBounds.count + 3)
    }

    @Test("meters and plain recorders are gauges, aggregating recorders histograms")
    func gaugesAndRecorders() {
        let exporter = PrometheusExporter()
        let meter = exporter.makeMeter(label: "queue.depth", dimensions: [])
        meter.set(5 as Int64)
        meter.increment(by: 2.5)
        meter.decrement(by: 0.5)
        exporter.makeRecorder(label: "head.age", dimensions: [], aggregate: false).record(
            1.5 as Double
        )
        let sizes = exporter.makeRecorder(label: "body.bytes", dimensions: [], aggregate: true)
        sizes.record(16 as Int64)
        sizes.record(17 as Int64)
        sizes.record(Double.nan)
        exporter.makeFloatingPointCounter(label: "busy.seconds", dimensions: [])
            .increment(by: 0.25)
        let lines = samples(exporter)
        #expect(lines.contains("queue_depth 7"))
        #expect(lines.contains("head_age 1.5"))
        #expect(lines.contains("body_bytes_bucket{le=\"16\"} 1"))
        #expect(lines.contains("body_bytes_bucket{le=\"64\"} 2"))
        #expect(lines.contains("body_bytes_sum 33"))
        #expect(lines.contains("busy_seconds_total 0.25"))
    }

    @Test("names are put into Prometheus' form, and what they reserve is kept free")
    func names() {
        let exporter = PrometheusExporter()
        _ = exporter.makeCounter(label: "jobs.total", dimensions: [])
        _ = exporter.makeMeter(label: "openConnections.count", dimensions: [])
        _ = exporter.makeCounter(
            label: "9 lives",
            dimensions: [("le", "a"), ("__name__", "b"), ("a-b", "c")]
        )
        _ = exporter.makeTimer(label: "took.seconds", dimensions: [])
        let lines = samples(exporter)
        #expect(lines.contains("jobs_total 0"))
        #expect(lines.contains("open_connections 0"))
        #expect(lines.contains("_9_lives_total{_name__=\"b\",a_b=\"c\",le_value=\"a\"} 0"))
        #expect(lines.contains("took_seconds_count 0"))
    }

    @Test("label values are escaped and bounded; HELP texts stay on their line")
    func escaping() throws {
        let exporter = PrometheusExporter(descriptions: ["a": "one\ntwo \\ \"three\""])
        _ = exporter.makeCounter(label: "a", dimensions: [("v", "q\"b\\n\nx")])
        #expect(samples(exporter) == ["a_total{v=\"q\\\"b\\\\n\\nx\"} 0"])
        #expect(
            exporter.exposition().contains("# HELP a_total one\\ntwo \\\\ \"three\"\n")
        )
        _ = exporter.makeCounter(
            label: "long",
            dimensions: [("v", String(repeating: "卡", count: 1000))]
        )
        let long = try #require(samples(exporter).last)
        #expect(long == "long_total{v=\"\(String(repeating: "卡", count: 42))\"} 0")
    }

    @Test("beyond the limit new series are counted, not kept; old ones go on")
    func seriesLimit() {
        let exporter = PrometheusExporter(seriesLimit: 10)
        for number in 0..<50 {
            exporter.makeCounter(label: "c", dimensions: [("n", "\(number)")]).increment(by: 1)
        }
        exporter.makeTimer(label: "t", dimensions: []).recordNanoseconds(1)
        exporter.makeCounter(label: "c", dimensions: [("n", "3")]).increment(by: 1)
        #expect(samples(exporter).count == 10)
        #expect(samples(exporter).contains("c_total{n=\"3\"} 2"))
        #expect(
            exporter.exposition().contains("cardproof_metrics_series_dropped_total 41\n")
        )
    }

    @Test("a name keeps its first type; a second type under it is counted as dropped")
    func conflictingTypes() {
        let exporter = PrometheusExporter()
        exporter.makeMeter(label: "depth", dimensions: []).set(1 as Int64)
        exporter.makeRecorder(label: "depth", dimensions: [], aggregate: true).record(2 as Int64)
        #expect(samples(exporter) == ["depth 1"])
        #expect(exporter.exposition().contains("cardproof_metrics_series_dropped_total 1\n"))
    }

    @Test("many tasks at once lose no increment and no observation")
    func concurrency() async {
        let exporter = PrometheusExporter()
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<2000 {
                        exporter.makeCounter(label: "c", dimensions: [("t", "\(task % 2)")])
                            .increment(by: 1)
                        exporter.makeTimer(label: "t", dimensions: []).recordNanoseconds(1000)
                    }
                }
            }
        }
        let lines = samples(exporter)
        #expect(lines.contains("c_total{t=\"0\"} 8000"))
        #expect(lines.contains("c_total{t=\"1\"} 8000"))
        #expect(lines.contains("t_seconds_count 16000"))
    }

    @Test(
        "promtool finds nothing to complain about",
        .enabled(
            if: ProgramResult.executable("promtool") != nil,
            "promtool is in Debian's prometheus"
        )
    )
    func promtool() throws {
        let exporter = PrometheusExporter(
            descriptions: ["cardproof.verifications": "Verdicts by issuer."])
        exporter.makeCounter(
            label: "cardproof.verifications",
            dimensions: [("issuer", "a\"\\\n"), ("le", "x")]
        ).increment(by: 3)
        exporter.makeFloatingPointCounter(label: "busy.seconds.total", dimensions: [])
            .increment(by: 1e-7)
        exporter.makeMeter(label: "httpServer.activeRequests.count", dimensions: []).set(
            1e300 as Double
        )
        exporter.makeMeter(label: "broken", dimensions: []).set(Double.nan)
        exporter.makeTimer(label: "http.server.request.duration", dimensions: [("卡", "密")])
            .recordNanoseconds(12_345)
        exporter.makeRecorder(label: "body.bytes", dimensions: [], aggregate: true).record(
            9 as Int64
        )
        let result = try #require(
            try ProgramResult.run("promtool", ["check", "metrics"], input: exporter.exposition())
        )
        #expect(result.output == "")
        #expect(result.status == 0)
    }
}

import EvidenceLog
import Metrics
import WireFormat

/// What an operator sees of one authority. docs/metrics.md says what each series means.
struct StampMetrics: Sendable {
    enum Result: String, Sendable, CaseIterable {
        case stamped
        case unavailable
        case refused
        case unverified
        /// Stamped or not, our own store did not take it.
        case notKept = "not_kept"
    }

    private let authority: String
    private let lastStamp: Meter
    private let clockOffset: Meter

    init(authority: String) {
        self.authority = authority
        let dimensions = [("authority", authority)]
        lastStamp = Meter(
            label: "cardproof_time_stamp_last_seconds",
            dimensions: dimensions
        )
        clockOffset = Meter(label: "cardproof_clock_offset_seconds", dimensions: dimensions)
        lastStamp.set(0)
    }

    func note(_ result: Result) {
        Counter(
            label: "cardproof_time_stamps_total",
            dimensions: [("authority", authority), ("result", result.rawValue)]
        ).increment()
    }

    func note(_ issued: IssuedTimeStamp) {
        lastStamp.set(issued.stamp.genTime.secondsAndMilliseconds.seconds)
        clockOffset.set(Double(ClockReading(issued).offset.wholeMilliseconds) / 1000)
    }
}

extension StampingFailure.Cause {
    var result: StampMetrics.Result {
        switch self {
        case .unavailable: .unavailable
        case .refused: .refused
        case .unverified: .unverified
        }
    }
}

import CCurl
import CProcess
public import Gateway
import Glibc
public import WireFormat

/// The machine's clock.
public struct SystemTimeSource: TimeSource {
    public init() {}

    /// Civil time, to the millisecond.
    public func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }

    /// Sleeps for at least `duration`, which a change of the civil time does not shorten.
    ///
    /// - Throws: `CancellationError`.
    public func sleep(for duration: Duration) async throws {
        try await ContinuousClock().sleep(for: duration)
    }
}

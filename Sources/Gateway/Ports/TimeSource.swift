public import WireFormat

/// The clock. Injected everywhere, so that a test can jump and a seed can replay a run.
public protocol TimeSource: Sendable {
    /// The wall clock, in UTC.
    func now() -> Instant

    /// Waits for `duration` on the monotonic clock, which no wall-clock jump disturbs.
    /// - Throws: `CancellationError` when the task is cancelled.
    func sleep(for duration: Duration) async throws
}

/// Randomness of cryptographic quality, injected like the clock.
public protocol RandomSource: Sendable {
    func bytes(_ count: Int) -> [UInt8]
}

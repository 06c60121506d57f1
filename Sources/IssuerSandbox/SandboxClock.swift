public import WireFormat

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where the sandbox takes the time from.
public struct SandboxClock: Sendable {
    /// The current instant.
    public var now: @Sendable () -> Instant

    public init(now: @escaping @Sendable () -> Instant) {
        self.now = now
    }

    /// The machine's wall clock. The one place of this module that reads it: the sandbox is a
    /// server of its own, with no gateway above it that could hand a time source in.
    public static let system = SandboxClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Instant(
            millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
        )
    }
}

import Foundation
public import WireFormat

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
        // Reads the clock itself, for the reason above.
        Instant(millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000))
    }
}

import Gateway
import WireFormat

/// The leaves of the benchmark: leaf i is the same in every run, so that what is read back can be
/// compared byte by byte.
///
/// Each is a `health` leaf, which the store appends with no other row beside it. It counts its own
/// index, and the name of its build is as long as the leaf needs: what is measured is the store's
/// commit, not the writing of JSON before it.
struct LeafSource: Sendable {
    /// Milliseconds since the epoch of every leaf: 2026-11-20T12:00:00Z.
    private static let instant = Instant(millisecondsSinceEpoch: 1_795_176_000_000)

    let platform: PlatformNumber
    private let build: String

    /// - Parameter leafBytes: The least that a leaf has; up to 65,000, which an entry can hold.
    init(platform: PlatformNumber, leafBytes: Int) throws {
        self.platform = platform
        // Index 0 has the fewest digits, and so the shortest leaf.
        let shortest = try Self.report(at: 0, platform: platform, build: "").leaf.bytes.count
        build = String(repeating: "b", count: max(0, leafBytes - shortest))
        _ = try report(at: 1 << 40)
    }

    /// The change that appends leaf `index`.
    func report(at index: UInt64) throws -> HealthReport {
        try Self.report(at: index, platform: platform, build: build)
    }

    private static func report(
        at index: UInt64,
        platform: PlatformNumber,
        build: String
    ) throws -> HealthReport {
        try HealthReport(
            platforms: [platform],
            clock: nil,
            build: build,
            adapters: [.init(label: "bench@1", asked: Int(index), failed: 0)],
            at: instant
        )
    }
}

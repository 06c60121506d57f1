import EvidenceLog
import Gateway
import WireFormat

/// The leaves of the benchmark: leaf i is the same in every run, so that what is read back can be
/// compared byte by byte.
///
/// Each is a `health` leaf, which the store appends with no other row beside it, over as many
/// adapters as make it long enough. Its counts are made of its index.
struct LeafSource: Sendable {
    /// Milliseconds since the epoch of every leaf: 2026-11-20T12:00:00Z.
    private static let instant = Instant(millisecondsSinceEpoch: 1_795_176_000_000)
    /// Ids are 16 hexadecimal digits long, as long ones of real adapters are.
    private static let labels = (0..<1_000).map { number in
        "issuer-" + String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15 | 1 << 63, radix: 16) + "@1"
    }

    let platform: PlatformNumber
    private let adapterCount: Int

    /// - Parameter leafBytes: The least that a leaf has, up to some 30,000.
    init(platform: PlatformNumber, leafBytes: Int) throws {
        self.platform = platform
        for count in 1..<Self.labels.count {
            // Index 0 gives the shortest counts, and so the shortest leaf.
            let shortest = try Self.report(at: 0, platform: platform, adapterCount: count)
            guard shortest.leaf.bytes.count < leafBytes else {
                adapterCount = count
                return
            }
        }
        throw BenchFailure(description: "a leaf of \(leafBytes) bytes is too long")
    }

    /// The change that appends leaf `index`.
    func report(at index: UInt64) throws -> HealthReport {
        try Self.report(at: index, platform: platform, adapterCount: adapterCount)
    }

    private static func report(
        at index: UInt64,
        platform: PlatformNumber,
        adapterCount: Int
    ) throws -> HealthReport {
        try HealthReport(
            platforms: [platform],
            clock: nil,
            build: "bench",
            adapters: labels[..<adapterCount].enumerated().map { place, label in
                HealthReport.AdapterTally(
                    label: label,
                    asked: Int(index >> UInt64(place)),
                    failed: place
                )
            },
            at: instant
        )
    }
}

import Drivers
import EvidenceLog
import Foundation
import Gateway
import WireFormat

/// A log of a real store: SQLite as `cardproof serve` opens it, checkpoints signed by the
/// platform's own key.
struct LogBench: Sendable {
    /// Used through ``store`` alone, as the gateway uses it; kept for closing it.
    private let driver: SQLiteStore
    private let store: any Store
    private let platform: Platform
    private let leaves: LeafSource

    init(path: String, masterKey: MasterKeyFile, platform name: String, leafBytes: Int) async throws
    {
        let time = SystemTimeSource()
        let directory = PlatformDirectory(
            masterKey: try masterKey.read(),
            random: SystemRandomSource(),
            time: time
        )
        driver = try SQLiteStore(path: path, signer: directory, time: time)
        store = driver
        try await directory.load(from: store)
        guard let platform = directory.platform(named: name) else {
            throw BenchFailure(description: "there is no platform \(name)")
        }
        self.platform = platform
        leaves = try LeafSource(platform: platform.number, leafBytes: leafBytes)
    }

    /// Appends leaves, the next batch being prepared while one is committed: as in the gateway,
    /// where requests prepare theirs beside the store's writer.
    func append(_ count: Int, batch: Int) async throws {
        let first = try await size()
        let end = first + UInt64(count)
        var bytes = 0
        var times: [Double] = []
        let clock = ContinuousClock()
        let begun = clock.now
        var next = try prepare(first..<min(end, first + UInt64(batch)))
        while !next.isEmpty {
            let current = next
            let from = first + UInt64(times.count * batch) + UInt64(current.count)
            async let following = prepare(from..<min(end, from + UInt64(batch)))
            let submitted = clock.now
            let outcomes = try await store.commit(current)
            times.append((clock.now - submitted) / .milliseconds(1))
            guard outcomes.allSatisfy(Self.isCommitted) else {
                throw BenchFailure(description: "the store refused a leaf before \(from)")
            }
            BenchProgram.say("\(from)")
            bytes += current.reduce(0) { $0 + Self.leafByteCount($1) }
            next = try await following
        }
        let seconds = (clock.now - begun) / .seconds(1)
        times.sort()
        BenchProgram.say(
            """
            {"entries": \(count), "seconds": \(seconds), "leaf_bytes": \(bytes / max(1, count)), \
            "p50_ms": \(times[times.count / 2]), "p99_ms": \(times[times.count * 99 / 100])}
            """
        )
    }

    /// Reads every leaf back, compares it, and grows the tree again under the signed checkpoint.
    func check(atLeast acknowledged: UInt64) async throws {
        guard let head = try await store.logHead(of: platform.number) else {
            throw BenchFailure(description: "the platform has no log")
        }
        let signed = try SignedCheckpoint(bytes: head.checkpoint)
        let size = signed.checkpoint.size
        guard size >= acknowledged, signed.verify(logKey: platform.logVerifierKey).holds else {
            throw BenchFailure(
                description: "\(size) entries are signed for, \(acknowledged) were acknowledged"
            )
        }
        var range = CompactRange()
        while range.size < size {
            let piece = range.size..<min(size, range.size + 4_096)
            let entries = try await store.entries(of: platform.number, in: piece)
            guard entries.count == piece.count else {
                throw BenchFailure(description: "entries from \(piece.lowerBound) on are missing")
            }
            for entry in entries {
                let expected = try leaves.report(at: range.size).leaf
                guard entry.leaf == expected.bytes else {
                    throw BenchFailure(description: "entry \(range.size) is another one")
                }
                range.append(expected.hash)
            }
        }
        guard range.root == signed.checkpoint.root else {
            throw BenchFailure(description: "the entries do not lead to the signed root")
        }
        BenchProgram.say("{\"entries\": \(size), \"acknowledged\": \(acknowledged)}")
    }

    func close() throws { try driver.close() }

    private func size() async throws -> UInt64 {
        try await store.logHead(of: platform.number)?.range.size ?? 0
    }

    private func prepare(_ range: Range<UInt64>) throws -> [Change] {
        try range.map { .recordHealth(try leaves.report(at: $0)) }
    }

    private static func isCommitted(_ outcome: CommitOutcome) -> Bool {
        if case .committed = outcome { true } else { false }
    }

    private static func leafByteCount(_ change: Change) -> Int {
        if case .recordHealth(let report) = change { report.leaf.bytes.count } else { 0 }
    }
}

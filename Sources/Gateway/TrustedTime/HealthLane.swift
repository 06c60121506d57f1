import AdapterKit
import EvidenceLog
import Logging
import Synchronization
import WireFormat

/// Writes how the gateway is into the logs that grew, now and then.
final class HealthLane: Sendable {
    /// What was said before.
    private struct State {
        /// Entries of each platform when its last health leaf was written.
        var sizes: [PlatformNumber: UInt64] = [:]
        var tallies: [String: IssuerGate.Tally] = [:]
        var isStopping = false
    }

    private let interval: Duration
    private let build: String
    private let parts: DeliveryGateway.Parts
    private let gates: [String: IssuerGate]
    private let committer: Committer
    private let clock: @Sendable () -> ClockReading?
    private let wakeUp = WakeUp()
    private let state = Mutex(State())

    /// - Parameter clock: the newest reading of an authority's clock.
    init(
        interval: Duration,
        build: String,
        parts: DeliveryGateway.Parts,
        gates: [String: IssuerGate],
        committer: Committer,
        clock: @escaping @Sendable () -> ClockReading?
    ) {
        self.interval = interval
        self.build = build
        self.parts = parts
        self.gates = gates
        self.committer = committer
        self.clock = clock
    }

    func stop() {
        state.withLock { $0.isStopping = true }
        wakeUp.raise()
    }

    private var isEnding: Bool { state.withLock { $0.isStopping } || Task.isCancelled }

    func run() async {
        // What stood before this start was another process's to tell.
        let sizes = (try? await self.sizes()) ?? [:]
        state.withLock { $0.sizes = sizes }
        while !isEnding {
            await sleep()
            guard !isEnding else { return }
            do {
                try await report()
            } catch {
                parts.logger.warning(
                    "the health of the gateway was not written",
                    metadata: ["reason": "\(type(of: error))"]
                )
            }
        }
    }

    private func report() async throws {
        let before = state.withLock { ($0.sizes, $0.tallies) }
        let sizes = try await sizes()
        let growth = LogGrowth(store: parts.store)
        var grown: [PlatformNumber] = []
        for (platform, size) in sizes.sorted(by: { $0.key < $1.key })
        where try await growth.hasGrown(platform, from: before.0[platform] ?? 0, to: size) {
            grown.append(platform)
        }
        guard !grown.isEmpty else { return }
        let tallies = gates.mapValues(\.tally)
        let report = try HealthReport(
            platforms: grown,
            clock: clock(),
            build: build,
            adapters: tallies.sorted { $0.key < $1.key }.compactMap { id, tally in
                adapterTally(id, tally, since: before.1[id] ?? IssuerGate.Tally())
            },
            at: parts.time.now()
        )
        _ = try await committer.submit(.recordHealth(report))
        state.withLock { state in
            for platform in grown { state.sizes[platform] = sizes[platform] }
            state.tallies = tallies
        }
    }

    /// Nil for an adapter that was not asked: most of a registry's never are.
    private func adapterTally(
        _ id: String,
        _ tally: IssuerGate.Tally,
        since before: IssuerGate.Tally
    ) -> HealthReport.AdapterTally? {
        let asked = tally.asked - before.asked
        guard asked > 0, let adapter = parts.registry.adapter(id) else { return nil }
        return HealthReport.AdapterTally(
            label: adapter.descriptor.label,
            asked: asked,
            failed: tally.failed - before.failed
        )
    }

    private func sizes() async throws -> [PlatformNumber: UInt64] {
        var sizes: [PlatformNumber: UInt64] = [:]
        for platform in parts.directory.all {
            sizes[platform.number] = try await parts.store.logHead(of: platform.number)?.end
        }
        return sizes
    }

    private func sleep() async {
        let end = parts.time.now() + interval
        while !isEnding {
            let left = end.duration(since: parts.time.now())
            guard left > .zero, left <= interval else { return }
            await wakeUp.sleep(upTo: left, time: parts.time)
        }
    }
}

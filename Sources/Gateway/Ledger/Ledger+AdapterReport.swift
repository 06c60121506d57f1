import CardModel
import Crypto
import EvidenceLog
import WireFormat

extension Ledger {
    func makeReasksDue(of adapter: String, at instant: Instant) throws -> PendingOutcome {
        try transaction.makeReasksDue(of: adapter, at: instant)
        return PendingOutcome(.committed(Receipt()))
    }

    /// Writes down that an adapter is degraded or itself again: a leaf that everybody can read in
    /// the log of each platform that uses it, an event for each that listens. On its return
    /// everything that waits to be asked again is due: the lane's pace spreads it.
    ///
    /// A report of what stands already changes nothing.
    mutating func report(_ report: AdapterReport) throws -> PendingOutcome {
        let degraded = try transaction.degradedAdapter(report.adapter)
        var receipt = Receipt()
        switch (report.state, degraded) {
        case (.degraded, nil):
            try transaction.insert(
                DegradedAdapter(
                    adapter: report.adapter,
                    canaries: report.canaries,
                    since: report.at
                )
            )
        case (.recovered, .some):
            try transaction.removeDegradedAdapter(report.adapter)
            try transaction.makeReasksDue(of: report.adapter, at: report.at)
        case (.degraded, .some), (.recovered, nil):
            return PendingOutcome(.committed(receipt))
        }
        for platform in report.platforms {
            let leaf = try EvidenceLeaf.disclosed(
                .health,
                members: [
                    ("adapter", .string(report.label)), ("state", .string(report.state.rawValue)),
                ],
                at: report.at
            )
            let sealed = SealedLeaf(bytes: leaf.bytes, hash: leaf.hash, sealedRecord: [])
            _ = try append(sealed, of: .log, platform: platform)
            try announce(
                .adapterDegraded,
                [
                    "adapter": .string(report.adapter), "version": .string(report.label),
                    "state": .string(report.state.rawValue),
                    "canaries": .array(report.canaries.map { .string($0) }),
                    "since": .string((degraded?.since ?? report.at).rfc3339),
                ],
                platform: platform,
                at: report.at,
                // Only identifiers are drawn: nothing of a public leaf is sealed.
                drafting: LeafDrafting(seed: report.seed, dataKey: SymmetricKey(size: .bits256)),
                label: "adapter \(platform.rawValue)",
                &receipt
            )
        }
        return PendingOutcome(.committed(receipt))
    }
}

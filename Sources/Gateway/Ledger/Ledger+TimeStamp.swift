import EvidenceLog
import WireFormat

extension Ledger {
    /// Keeps a stamp with its `anchor` leaf, in each log that it is over.
    ///
    /// A checkpoint that the authority has stamped, or an older one, brings nothing.
    mutating func record(_ report: TimeStampReport) throws -> PendingOutcome {
        var receipt = Receipt()
        receipt.isRepeat = true
        for record in report.records {
            let stamped = try transaction.stampedEnd(
                of: record.platform,
                by: record.authority
            )
            guard stamped.map({ $0 < record.end }) ?? true else { continue }
            var kept = record
            kept.anchorIndex = try append(
                .public(leaf(of: record, at: report.at)),
                of: .log,
                platform: record.platform
            )
            try transaction.insert(kept)
            receipt.isRepeat = false
        }
        return PendingOutcome(.committed(receipt))
    }

    /// Writes a `health` leaf into each of the report's logs.
    mutating func record(_ report: HealthReport) throws -> PendingOutcome {
        for platform in report.platforms {
            let leaf = try report.leaf(outcomes: try outcomeCount(of: platform))
            _ = try append(leaf, of: .log, platform: platform)
        }
        return PendingOutcome(.committed(Receipt()))
    }
}

extension SealedLeaf {
    /// A leaf that everybody can read: nothing of it is sealed.
    static func `public`(_ leaf: PreparedLeaf) -> SealedLeaf {
        SealedLeaf(bytes: leaf.bytes, hash: leaf.hash, sealedRecord: [])
    }
}

extension Ledger {
    /// The `anchor` of a stamp. One over a log that has ended stands in the log after it, and says
    /// of which it is.
    private func leaf(of record: TimeStampRecord, at time: Instant) throws -> PreparedLeaf {
        let open = try transaction.logHead(of: record.platform).log
        let stamped = try SignedCheckpoint(bytes: record.checkpoint).checkpoint.origin
        return try EvidenceLeaf.anchor(
            record.statement,
            ofLog: stamped == open.origin ? nil : stamped,
            at: time
        )
    }
}

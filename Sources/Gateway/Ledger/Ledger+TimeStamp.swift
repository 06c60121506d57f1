import EvidenceLog

extension Ledger {
    /// Keeps a stamp with its `anchor` leaf, in each log that it is over.
    ///
    /// A checkpoint that the authority has stamped, or an older one, brings nothing.
    mutating func record(_ report: TimeStampReport) throws -> PendingOutcome {
        var receipt = Receipt()
        receipt.isRepeat = true
        for record in report.records {
            let stamped = try transaction.stampedSize(
                of: record.platform,
                by: record.authority
            )
            guard stamped.map({ $0 < record.size }) ?? true else { continue }
            var kept = record
            kept.anchorIndex = try append(
                .public(EvidenceLeaf.anchor(record.statement, at: report.at)),
                notice: nil,
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
            _ = try append(report.leaf, notice: nil, platform: platform)
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

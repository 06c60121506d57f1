/// What became of an index.
public struct SoldIndexSummary: Sendable, Equatable {
    /// Codes of the files, also those that are there several times.
    public var codes = 0
    /// Lines of the files that could not be read as a code.
    public var malformed = 0
    /// Codes that were not in the index before.
    public var added = 0
    /// Codes in the index now.
    public var total = 0
    /// Set when reading broke off; nothing was written then.
    public var interruption: StockInterruption?
}

extension StockAudit {
    /// Puts the codes of `history` into an index, beside those of an earlier one.
    ///
    /// Fingerprints are scattered over partitions by their highest bits, as in an audit, and go to
    /// scratch beyond the memory limit; partition after partition is then sorted, merged with the
    /// same stretch of the earlier index and written. So the new file is made in one pass over the
    /// old one, and is the same as if all files had been given at once.
    ///
    /// - Parameters:
    ///   - earlier: what the index held until now.
    ///   - target: published only when all files were read to their end and hold a code.
    /// - Throws: what `target`, `earlier` or the scratch space throws; nothing is published then.
    public func index(
        _ history: [StockInput],
        under fingerprinting: LastingFingerprinting,
        continuing earlier: SoldIndex? = nil,
        into target: any SoldIndexTarget,
        progress: (StockAuditProgress) -> Void = { _ in }
    ) async throws -> SoldIndexSummary {
        let workers = makeWorkers(fingerprinting)
        var tally = StockAuditTally()
        let reader = StockBlockReader(inputs: history)
        try await absorb(reader, as: .history(in: nil), by: workers) { findings in
            tally.addHistory(findings)
            progress(tally.progress)
        }
        if let interruption = await reader.interruption { tally.interrupt(interruption) }
        let read = tally.summary(values: StockValueCounts(asOf: options.asOf), spilledBytes: 0)
        var summary = SoldIndexSummary(
            codes: read.historyCodes,
            malformed: read.historyMalformed,
            total: earlier?.count ?? 0,
            interruption: read.interruption
        )
        guard summary.interruption == nil, summary.codes > 0 else { return summary }
        var writer = try SoldIndexWriter(target, key: fingerprinting.blockKey)
        try await merge(await kept(by: workers), with: earlier, into: &writer)
        try writer.finish(
            fingerprinting,
            normalForm: LastingFingerprinting.normalForm(of: options.format)
        )
        summary.added = writer.count - summary.total
        summary.total = writer.count
        return summary
    }

    /// Sorts as many partitions at a time as there are workers, and writes them in their order.
    private func merge(
        _ kept: KeptFingerprints,
        with earlier: SoldIndex?,
        into writer: inout SoldIndexWriter
    ) async throws {
        for first in stride(from: 0, to: FingerprintPartition.count, by: options.workerCount) {
            let batch = first..<min(first + options.workerCount, FingerprintPartition.count)
            let merged = try await withThrowingTaskGroup(of: (Int, [SoldFingerprint]).self) {
                group in
                for partition in batch {
                    group.addTask {
                        let new = try SortedFingerprints(kept.sold(of: partition), of: partition)
                            .fingerprints
                        let range = FingerprintPartition.highWords(of: partition)
                        let old = try earlier?.fingerprints(in: range) ?? []
                        return (partition, Self.union(old, new))
                    }
                }
                var merged: [[SoldFingerprint]] = Array(repeating: [], count: batch.count)
                for try await (partition, fingerprints) in group {
                    merged[partition - first] = fingerprints
                }
                return merged
            }
            for fingerprints in merged { try writer.append(fingerprints) }
        }
    }

    /// Of two ascending lists one, each fingerprint once.
    static func union(
        _ left: [SoldFingerprint],
        _ right: [SoldFingerprint]
    ) -> [SoldFingerprint] {
        if left.isEmpty { return right }
        if right.isEmpty { return left }
        var both: [SoldFingerprint] = []
        both.reserveCapacity(left.count + right.count)
        var (next, other) = (0, 0)
        while next < left.count, other < right.count {
            let (one, two) = (left[next], right[other])
            both.append(min(one, two))
            if one <= two { next += 1 }
            if two <= one { other += 1 }
        }
        both += left[next...]
        both += right[other...]
        return both
    }
}

extension FingerprintPartition {
    /// The high words of the fingerprints of `partition`: its number stands in their highest bits.
    static func highWords(of partition: Int) -> ClosedRange<UInt64> {
        let shift = UInt64(64 - bits)
        let least = UInt64(partition) << shift
        return least...(least | (1 << shift - 1))
    }
}

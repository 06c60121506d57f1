/// The audit of a stock file before its codes are sold (售前审核, custody point t0).
///
/// This folder holds the whole decision and no file, clock or network: bytes come in through
/// ``StockInput``, spilled fingerprints go out through ``ScratchSpace``, defects leave one by one,
/// sorted by line. A run has three phases.
///
/// 1. *Read.* One ``StockBlockReader`` cuts the input at record ends and numbers the lines; one
///    ``StockAuditWorker`` a thread parses, normalises and checks the records of its blocks and
///    scatters keyed fingerprints over partitions by their highest bits.
/// 2. *Resolve.* Each partition is small enough for the processor's cache; equal fingerprints in
///    it are duplicates, sold codes and conflicts. No decision depends on the order of arrival, so
///    the result is the same for every thread count and memory limit.
/// 3. *Report.* Rows are merged in line order.
///
/// Fingerprints are multilinear hashes under a random key of the run, so nobody can prepare codes
/// that collide; ``FingerprintEntry`` states the chance of a false answer, which is below 10⁻¹⁸ for
/// ten million codes with ten million of history. The key never leaves the process. A run that is
/// held against ``SoldCodes`` makes its fingerprints as they do, so that they can be compared.
public struct StockAudit: Sendable {
    /// What the run checks, and within which bounds.
    public let options: StockAuditOptions
    let hashKey: SipHashKey
    let scratch: any ScratchSpace
    private let sold: SoldCodes?

    /// - Parameters:
    ///   - hashKey: 16 random bytes of this run; the same key gives the same partitions.
    ///   - scratch: where fingerprints go that do not fit into `options.memoryBytes`.
    ///   - sold: codes already sold beside those of history files. Codes then have their
    ///     fingerprints as these sources make them, not under `hashKey`.
    public init(
        options: StockAuditOptions,
        hashKey: SipHashKey,
        scratch: any ScratchSpace,
        sold: SoldCodes? = nil
    ) {
        self.options = options
        self.hashKey = hashKey
        self.scratch = scratch
        self.sold = sold
    }

    /// Audits `stock` against itself and `history`.
    ///
    /// A source that breaks off ends the reading, not the run: what was read is reported and the
    /// summary says ``StockAuditSummary/interruption``.
    ///
    /// - Parameters:
    ///   - stock: the files in the order given; lines are numbered from 1 in each.
    ///   - history: codes already sold, in any grammar.
    ///   - progress: called after each block, on the caller's task.
    ///   - shouldStop: asked before each block; once it says yes, reading ends there and the
    ///     summary's interruption says ``StockInterruption/isRequested``.
    ///   - report: called once per defect, sorted by file, line and class.
    /// - Throws: what `report` or the scratch space throws.
    public func run(
        stock: [StockInput],
        history: [StockInput] = [],
        progress: (StockAuditProgress) -> Void = { _ in },
        shouldStop: @escaping @Sendable () -> Bool = { false },
        report: (StockDefect) throws -> Void
    ) async throws -> StockAuditSummary {
        let workers = makeWorkers(sold?.fingerprinting)
        let rows = DefectSorter(scratch: scratch, rowLimit: options.sortedRowLimit)
        var tally = StockAuditTally()
        let stockReader = StockBlockReader(inputs: stock, shouldStop: shouldStop)
        try await absorb(stockReader, as: .stock, by: workers) { findings in
            let marks = tally.addStock(findings)
            try rows.add(findings.rows + marks)
            progress(tally.progress)
        }
        if let interruption = await stockReader.interruption { tally.interrupt(interruption) }
        if !history.isEmpty {
            let seen = try await seenCodes(tally.codes, kept: await kept(by: workers))
            let reader = StockBlockReader(inputs: history, shouldStop: shouldStop)
            try await absorb(reader, as: .history(in: seen), by: workers) { findings in
                tally.addHistory(findings)
                progress(tally.progress)
            }
            for worker in workers { await worker.finishHistory(in: seen) }
            if let interruption = await reader.interruption {
                tally.interrupt(interruption, ofHistory: true)
            }
        }
        try await resolve(await kept(by: workers), into: rows)
        let numbering = StockLineNumbering(
            names: stock.map(\.name),
            fileStarts: await stockReader.fileStarts,
            asOf: options.asOf,
            minimumRemainingDays: options.minimumRemainingDays
        )
        try rows.drain { row in
            guard let kind = row.defect else { return tally.enter(group: Int(row.value)) }
            let defect = StockDefect(row: row, kind, numbering: numbering)
            tally.count(defect, line: row.line)
            try report(defect)
        }
        return try await summary(of: tally, workers, rows.spilledBytes)
    }

    func makeWorkers(_ lasting: LastingFingerprinting?) -> [StockAuditWorker] {
        let budget = ArenaBudget(mostBytes: options.arenaBytes, arenas: options.workerCount)
        return (0..<options.workerCount).map { _ in
            StockAuditWorker(
                options: options,
                hashKey: hashKey,
                lasting: lasting,
                scratch: scratch,
                budget: budget
            )
        }
    }

    private func summary(
        of tally: StockAuditTally,
        _ workers: [StockAuditWorker],
        _ spilledRowBytes: Int
    ) async throws -> StockAuditSummary {
        var values = StockValueCounts(asOf: options.asOf)
        var spilled = spilledRowBytes
        for worker in workers {
            values.add(await worker.valueCounts)
            spilled += await worker.spilledBytes
        }
        return tally.summary(values: values, spilledBytes: spilled)
    }

    func absorb(
        _ reader: StockBlockReader,
        as role: StockBlockRole,
        by workers: [StockAuditWorker],
        take: (StockBlockFindings) throws -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, StockBlockFindings)?.self) { group in
            func assign(_ index: Int) {
                let worker = workers[index]
                group.addTask {
                    guard let block = await reader.next(into: worker.buffer) else { return nil }
                    return (index, try await worker.absorb(block, as: role))
                }
            }
            for index in workers.indices { assign(index) }
            while let finished = try await group.next() {
                guard let (index, findings) = finished else { continue }
                assign(index)
                try take(findings)
            }
        }
    }

    func kept(by workers: [StockAuditWorker]) async -> KeptFingerprints {
        var all = KeptFingerprints()
        for worker in workers { all.add(await worker.kept) }
        return all
    }

    /// The codes of the stock as a filter for its history.
    private func seenCodes(_ codes: Int, kept: KeptFingerprints) async throws -> SeenCodes {
        let seen = SeenCodes(codes: codes, mostBytes: options.filterBytes)
        try await forEachPartition { partition in
            try kept.codes(of: partition).forEach { seen.add($0, of: partition) }
        }
        return seen
    }

    /// Finds equal fingerprints, partition by partition.
    private func resolve(_ kept: KeptFingerprints, into rows: DefectSorter) async throws {
        try await forEachPartition { partition in
            var resolver = PartitionResolver(into: rows)
            if !options.isReusable {
                let codes = kept.codes(of: partition)
                var codesSold = kept.sold(of: partition)
                if let sold { codesSold.others = try sold.entries(among: codes, of: partition) }
                try resolver.resolve(codes, sold: codesSold)
            }
            try resolver.resolve(kept.serials(of: partition))
        }
    }

    /// Calls `body` for each partition, as many at a time as there are workers.
    private func forEachPartition(_ body: @escaping @Sendable (Int) throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for partition in 0..<FingerprintPartition.count {
                if partition >= options.workerCount { try await group.next() }
                group.addTask { try body(partition) }
            }
            try await group.waitForAll()
        }
    }
}

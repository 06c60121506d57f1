/// The audit of a stock file before its codes are sold (售前审核, custody point t0).
///
/// This folder holds the whole decision and no file, clock or network: bytes come in through
/// ``StockInput``, spilled fingerprints go out through ``ScratchSpace``, defects leave one by one,
/// sorted by line. A run has three phases.
///
/// 1. *Read.* One ``StockBlockReader`` cuts the input at record ends and numbers the lines; one
///    ``StockAuditWorker`` a thread parses, normalises and checks the records of its blocks and
///    scatters 128-bit keyed fingerprints over partitions by their highest bits.
/// 2. *Resolve.* Each partition is small enough for the processor's cache; equal fingerprints in
///    it are duplicates, sold codes and conflicts. No decision depends on the order of arrival, so
///    the result is the same for every thread count and memory limit.
/// 3. *Report.* Rows are merged in line order.
///
/// Fingerprints are SipHash-1-3-128 under a random key of the run, so nobody can prepare codes that
/// collide; among n codes the chance of any false duplicate is below n² / 2¹²⁹, which is 10⁻²⁴ for
/// ten million codes with ten million of history. The key never leaves the process.
public struct StockAudit: Sendable {
    /// What the run checks, and within which bounds.
    public let options: StockAuditOptions
    let hashKey: SipHashKey
    let scratch: any ScratchSpace

    /// - Parameters:
    ///   - hashKey: 16 random bytes of this run; the same key gives the same partitions.
    ///   - scratch: where fingerprints go that do not fit into `options.memoryBytes`.
    public init(options: StockAuditOptions, hashKey: SipHashKey, scratch: any ScratchSpace) {
        self.options = options
        self.hashKey = hashKey
        self.scratch = scratch
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
    ///   - report: called once per defect, sorted by file, line and class.
    /// - Throws: what `report` or the scratch space throws.
    public func run(
        stock: [StockInput],
        history: [StockInput] = [],
        progress: (StockAuditProgress) -> Void = { _ in },
        report: (StockDefect) throws -> Void
    ) async throws -> StockAuditSummary {
        let workers = makeWorkers()
        var rows = DefectSorter(scratch: scratch, rowLimit: options.sortedRowLimit)
        var tally = StockAuditTally()
        let stockReader = StockBlockReader(inputs: stock)
        try await absorb(
            from: stockReader,
            role: .stock,
            by: workers,
            rows: &rows,
            tally: &tally,
            progress: progress
        )
        try await absorb(
            from: StockBlockReader(inputs: history),
            role: .history,
            by: workers,
            rows: &rows,
            tally: &tally,
            progress: progress
        )
        try await resolve(workers, into: &rows)

        let numbering = StockLineNumbering(
            names: stock.map(\.name),
            fileStarts: await stockReader.fileStarts
        )
        try rows.drain { row in
            let defect = StockDefect(row: row, numbering: numbering)
            tally.count(defect)
            try report(defect)
        }
        return tally.summary(spilledBytes: await spilledBytes(of: workers) + rows.spilledBytes)
    }

    private func makeWorkers() -> [StockAuditWorker] {
        let share = options.arenaBytes / options.workerCount
        return (0..<options.workerCount).map { _ in
            StockAuditWorker(
                options: options,
                hashKey: hashKey,
                scratch: scratch,
                arenaBytes: share
            )
        }
    }

    private func absorb(
        from reader: StockBlockReader,
        role: StockBlockRole,
        by workers: [StockAuditWorker],
        rows: inout DefectSorter,
        tally: inout StockAuditTally,
        progress: (StockAuditProgress) -> Void
    ) async throws {
        try await withThrowingTaskGroup(of: (Int, StockBlockFindings)?.self) { group in
            func assign(_ index: Int) {
                let worker = workers[index]
                group.addTask {
                    guard let block = await reader.next() else { return nil }
                    return (index, try await worker.absorb(block, as: role))
                }
            }
            for index in workers.indices { assign(index) }
            while let finished = try await group.next() {
                guard let (index, findings) = finished else { continue }
                assign(index)
                try rows.add(findings.rows)
                tally.add(findings, role: role)
                progress(tally.progress)
            }
        }
        if let interruption = await reader.interruption { tally.interrupt(interruption) }
    }

    /// Finds equal fingerprints, partition by partition, one a worker at a time.
    private func resolve(_ workers: [StockAuditWorker], into rows: inout DefectSorter) async throws
    {
        try await withThrowingTaskGroup(of: [DefectRow].self) { group in
            var next = 0
            func assign() {
                guard next < FingerprintPartitions.count else { return }
                let partition = next
                next += 1
                group.addTask { try await resolve(partition, of: workers) }
            }
            for _ in workers { assign() }
            while let found = try await group.next() {
                assign()
                try rows.add(found)
            }
        }
    }

    private func resolve(
        _ partition: Int,
        of workers: [StockAuditWorker]
    ) async throws -> [DefectRow] {
        var entries = PartitionEntries()
        for worker in workers { entries.append(try await worker.entries(in: partition)) }
        return PartitionResolver.rows(of: entries, isReusable: options.isReusable)
    }

    private func spilledBytes(of workers: [StockAuditWorker]) async -> Int {
        var sum = 0
        for worker in workers { sum += await worker.spilledBytes }
        return sum
    }
}

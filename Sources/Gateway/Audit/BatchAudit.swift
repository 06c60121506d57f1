import CardModel
import EvidenceLog
import WireFormat

/// Holds a batch of registered stock against itself and its leaf: every line opens and gives the
/// hash that is kept of it, the hashes give the tree and its root, the leaf commits to that root
/// and to the counts.
struct BatchAudit<Inspection: StoreInspection> {
    /// Lines that are hashed up the tree at once.
    private static var stretch: Int { 4_096 }

    let inspection: Inspection
    let platform: Platform
    let batch: StockBatchRecord
    private var tree = CompactRange()
    private var nodeCount: UInt64 = 0
    private var standing = BatchStanding()
    private var classCounts: [StockLineClass: Int] = [:]
    private var lastLine = 0

    init(_ inspection: Inspection, platform: Platform, batch: StockBatchRecord) {
        self.inspection = inspection
        self.platform = platform
        self.batch = batch
    }

    mutating func run(_ report: inout AuditReport) throws(InspectionFailure) {
        report.extent.batches += 1
        guard let keys = try? platform.keys(of: batch) else {
            report.add(
                .dataKey, place("wrapped_data_key"), "does not open under the platform's key")
            return
        }
        try checkLines(keys, &report)
        if tree != batch.range {
            report.add(.batch, place("range"), "is not the tree over the batch's lines")
        }
        let stored = try inspection.stockNodeCount(of: batch.number)
        if stored != nodeCount {
            report.add(
                .node, StorePlace("stock_nodes", key: batch.id.text),
                "\(stored) rows instead of \(nodeCount)")
        }
        checkCounts(&report)
        try checkLeaf(keys, &report)
    }

    private func place(_ column: String) -> StorePlace {
        StorePlace("stock_batches", key: batch.id.text, column: column)
    }

    private func place(_ code: StockCodeRecord, _ column: String) -> StorePlace {
        StorePlace("stock_codes", key: "\(batch.id.text)/\(code.position)", column: column)
    }

    // MARK: Lines

    private mutating func checkLines(
        _ keys: BatchKeys,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let codes = try inspection.stockCodes(of: batch.number)
        var hashes: [TreeHash] = []
        var position = 0
        while let inspected = try codes() {
            guard let code = report.row(inspected, .code) else { continue }
            report.extent.stockLines += 1
            if code.position != position || code.line <= lastLine {
                report.add(.code, place(code, "line"), "is not in the order of the file")
            }
            position += 1
            lastLine = code.line
            check(code, keys, &report)
            count(code)
            hashes.append(code.hash)
            if hashes.count == Self.stretch { try absorb(&hashes, &report) }
        }
        try absorb(&hashes, &report)
    }

    private func check(_ code: StockCodeRecord, _ keys: BatchKeys, _ report: inout AuditReport) {
        if code.platform != batch.platform {
            report.add(.code, place(code, "platform"), "is not the batch's")
        }
        let line: StockLine?
        do { line = try code.opened(by: keys) } catch {
            return report.add(
                .code, place(code, "sealed_code"), "does not open under the batch's data key")
        }
        // Of an erased order only the hash is left.
        guard let line else { return }
        let hash = try? line.record(at: code.position, secret: keys.secret).hash
        if hash != code.hash {
            report.add(.code, place(code, "hash"), "is not the hash of the line's record")
        }
    }

    private mutating func count(_ code: StockCodeRecord) {
        if code.rank != nil { standing.goodCount += 1 }
        switch code.outcome {
        case .good: standing.verifiedCount += 1
        case .bad: standing.badCount += 1
        case nil: break
        }
        for word in code.classes { classCounts[word, default: 0] += 1 }
    }

    private mutating func absorb(
        _ hashes: inout [TreeHash],
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let grown = TreeBatch(before: tree, leaves: hashes)
        hashes.removeAll(keepingCapacity: true)
        tree = grown.after
        var level = 1
        while grown.after.size >> UInt64(TileCoordinate.height * level) > 0 {
            for node in grown.completedNodes(tileLevel: level) {
                nodeCount += 1
                let stored = try inspection.stockNode(
                    of: batch.number, level: level, index: node.index
                ).flatMap { report.row($0, .node) }
                guard stored != node.hash else { continue }
                report.add(
                    .node,
                    StorePlace(
                        "stock_nodes", key: "\(batch.id.text)/\(level)/\(node.index)",
                        column: "hash"),
                    "is not the hash of the lines under it"
                )
            }
            level += 1
        }
    }

    private func checkCounts(_ report: inout AuditReport) {
        let own = batch.standing
        let isSame =
            own.goodCount == standing.goodCount && own.verifiedCount == standing.verifiedCount
            && own.badCount == standing.badCount
            && StockLineClass.allCases.allSatisfy {
                batch.classCounts[$0] ?? 0 == classCounts[$0] ?? 0
            }
        if !isSame { report.add(.batch, place("record"), "counts other lines than there are") }
    }

    // MARK: The leaf

    private func checkLeaf(
        _ keys: BatchKeys,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        guard let leaf = batch.leaf else {
            // One that was given up while its lines came in has none.
            let isSealed = batch.history.contains { $0.act == BatchAct.seal.word }
            if isSealed || [.held, .released, .quarantined].contains(batch.standing.state) {
                report.add(.batch, place("record"), "is sealed, and names no leaf")
            }
            return
        }
        guard
            let entry = try inspection.entry(of: platform.number, at: leaf.index).flatMap({
                report.row($0, .leaf)
            }), entry.record.owner == .batch(batch.number), entry.record.hash == leaf.hash
        else { return report.add(.batch, place("record"), "names a leaf that is not its own") }
        let recordPlace = StorePlace(
            "entries", key: "\(platform.name)/\(leaf.index)", column: "sealed_record")
        guard
            let record = try? EvidenceRecord(
                sealed: entry.record.sealedRecord, hash: leaf.hash, dataKey: keys.dataKey),
            let opened = try? EvidenceLeaf(bytes: entry.record.leaf).open(record.disclosures())
        else {
            return report.add(.record, recordPlace, "is not what its leaf commits to")
        }
        report.extent.records += 1
        let wanted = LeafContents.audit(of: batch, platform: platform.name)
        // What a deployment calls the platform may change; all else stands.
        for field in wanted where field.name != "platform" {
            // As it is written into a disclosure: the order of members means nothing.
            let committed = opened.first { $0.name == field.name }?.value
            guard (try? committed?.canonical()) != (try? field.value.canonical()) else {
                continue
            }
            report.add(.batch, place("record"), "\(field.name) is not what the leaf commits to")
        }
    }
}

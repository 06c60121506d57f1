public import EvidenceLog
import WireFormat

/// Hashes a log again from its leaves, and holds every stored node and checkpoint, and the head of
/// the open one, against the result. In memory are the leaves between two checkpoints, at most
/// ``mostLeaves``.
struct TreeAudit<Inspection: StoreInspection> {
    /// Leaves that are hashed at once where checkpoints lie further apart.
    private static var mostLeaves: Int { 1_024 }

    let inspection: Inspection
    let platform: Platform
    /// What is audited; rows have running indexes, the tree its own.
    let log: LogRecord
    let key: NoteVerifierKey
    /// Checkpoints of this log that were seen outside, by size.
    let old: [OldCheckpoint]

    private(set) var range = CompactRange()
    /// The log's first and last leaf as they are stored.
    private(set) var firstLeaf: [UInt8]?
    private(set) var lastLeaf: [UInt8]?
    /// What the log's newest `health` leaf says of published outcomes.
    private(set) var statedOutcomes: StatedOutcomes?
    /// The running indexes of the leaves that tell of declared outages.
    private(set) var incidentLeaves: [UInt64] = []
    private var waiting: [TreeHash] = []
    private(set) var nodeCount: UInt64 = 0
    private var entry: InspectedEntry?
    private var entries: RowWalk<InspectedEntry>
    /// An entry is missing or cannot be read: no root can be computed from there on.
    private(set) var isBroken = false
    private var compared: [(OldCheckpoint, AuditReport.Standing)] = []
    private var previous: (checkpoint: InspectedCheckpoint, isGood: Bool)?

    init(
        _ inspection: Inspection,
        platform: Platform,
        log: LogRecord,
        key: NoteVerifierKey,
        old: [OldCheckpoint]
    ) throws(InspectionFailure) {
        self.inspection = inspection
        self.platform = platform
        self.log = log
        self.key = key
        self.old = old.sorted { $0.size < $1.size }
        entries = try inspection.entries(
            of: platform.number, in: log.firstIndex..<max(log.firstIndex, log.end ?? .max))
    }

    /// Walks the whole log.
    mutating func run(_ report: inout AuditReport) throws(InspectionFailure) {
        try takeEntry(&report)
        // The first log has a checkpoint of size 0; one at the end of a log is not the next one's.
        let least = log.firstIndex == 0 ? 0 : log.firstIndex + 1
        let checkpoints = try inspection.checkpoints(
            of: platform.number, in: least...max(least, log.end ?? .max))
        var outside = old[...]
        while let inspected = try checkpoints() {
            report.extent.checkpoints += 1
            guard var checkpoint = report.row(inspected, .checkpoint) else { continue }
            checkpoint.size -= log.firstIndex
            try compare(&outside, upTo: checkpoint.size, &report)
            try grow(to: checkpoint.size, &report)
            check(checkpoint, &report)
        }
        try compare(&outside, upTo: nil, &report)
        try finish(&report)
    }

    // MARK: Growing

    private mutating func takeEntry(_ report: inout AuditReport) throws(InspectionFailure) {
        entry = nil
        while entry == nil, let inspected = try entries() {
            guard var row = report.row(inspected, .leaf) else {
                isBroken = true
                continue
            }
            row.index -= log.firstIndex
            entry = row
        }
    }

    /// Appends stored entries until the tree has `size` leaves, or there are no more.
    private mutating func grow(
        to size: UInt64,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        while range.size + UInt64(waiting.count) < size, let next = entry {
            let index = range.size + UInt64(waiting.count)
            if next.index != index, !isBroken {
                report.add(.leaf, place(index), "is not there; the next entry is \(next.index)")
                isBroken = true
            }
            check(next, &report)
            waiting.append(next.record.hash)
            try takeEntry(&report)
            if waiting.count == Self.mostLeaves { try hash(&report) }
        }
        try hash(&report)
    }

    private mutating func hash(_ report: inout AuditReport) throws(InspectionFailure) {
        guard !waiting.isEmpty else { return }
        let batch = TreeBatch(before: range, leaves: waiting)
        waiting = []
        range = batch.after
        var level = 1
        while batch.after.size >> UInt64(8 * level) > 0 {
            for node in batch.completedNodes(tileLevel: level) {
                nodeCount += 1
                try check(node, level: level, &report)
            }
            level += 1
        }
    }

    // MARK: Comparing

    private mutating func check(_ entry: InspectedEntry, _ report: inout AuditReport) {
        report.extent.leaves += 1
        let record = entry.record
        if entry.index == 0 { firstLeaf = record.leaf }
        lastLeaf = record.leaf
        if record.hash != .leaf(of: record.leaf) {
            report.add(.leaf, place(entry.index, "hash"), "is not the hash of the entry's leaf")
        }
        do {
            let leaf = try EvidenceLeaf(bytes: record.leaf)
            let leafIndex = log.firstIndex + entry.index
            statedOutcomes = StatedOutcomes(leaf, at: leafIndex) ?? statedOutcomes
            if case .disclosed(.incident, _) = leaf.content { incidentLeaves.append(leafIndex) }
            let isPublic = if case .disclosed = leaf.content { true } else { false }
            if isPublic, record.owner != .log || !record.sealedRecord.isEmpty {
                report.add(.leaf, place(entry.index), "a public leaf has a private record")
            }
            if !isPublic, record.owner == .log {
                report.add(
                    .leaf, place(entry.index, "notice"),
                    "a sealed leaf names no notice and no batch")
            }
        } catch {
            report.add(.leaf, place(entry.index, "leaf"), "\(error)")
        }
    }

    private func check(
        _ node: (index: UInt64, hash: TreeHash),
        level: Int,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let place = StorePlace(
            "nodes",
            key: "\(platform.name)/\(level)/\(log.firstNode(level: level) + node.index)",
            column: "hash"
        )
        let stored = try inspection.node(
            of: platform.number,
            level: level,
            index: log.firstNode(level: level) + node.index
        )
        guard let stored else { return report.add(.node, place, "is not there") }
        guard let hash = report.row(stored, .node), hash != node.hash, !isBroken else { return }
        report.add(.node, place, "is not the hash over its children")
    }

    private mutating func check(
        _ checkpoint: InspectedCheckpoint,
        _ report: inout AuditReport
    ) {
        var isGood = true
        func fault(_ column: String, _ detail: String) {
            isGood = false
            let key = "\(platform.name)/\(log.firstIndex + checkpoint.size)"
            report.add(
                .checkpoint, StorePlace("checkpoints", key: key, column: column), detail)
        }
        do throws(EvidenceError) {
            let signed = try SignedCheckpoint(bytes: checkpoint.note)
            _ = try signed.note.verified(by: [key])
            let head = signed.checkpoint
            if head.origin != log.origin {
                fault("note", "is of the log \(head.origin)")
            }
            if head.size != checkpoint.size {
                fault("size", "the note is of size \(head.size)")
            }
            if range.size < checkpoint.size {
                fault("size", "the log has \(range.size) entries")
            } else if !isBroken, head.root != range.root {
                let first = previous.flatMap { $0.isGood ? $0.checkpoint.size : nil }
                let span = first.map { "entry \($0) to \(checkpoint.size - 1)" }
                fault("note", "its root is not that of the entries: \(span ?? "see above")")
            }
        } catch {
            fault("note", "\(error)")
        }
        if let earlier = previous?.checkpoint, earlier.signedAt > checkpoint.signedAt {
            fault("signed_at", "is before that of size \(earlier.size)")
        }
        previous = (checkpoint, isGood)
    }

    /// Holds checkpoints from outside against the tree of their size.
    private mutating func compare(
        _ outside: inout ArraySlice<OldCheckpoint>,
        upTo size: UInt64?,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        while let next = outside.first, size.map({ next.size <= $0 }) ?? true {
            outside.removeFirst()
            try grow(to: next.size, &report)
            let standing: AuditReport.Standing =
                if isBroken { .undecided } else if range.size < next.size {
                    .rolledBack
                } else if range.root != next.root {
                    .forked
                } else {
                    .continued
                }
            compared.append((next, standing))
        }
    }

    private mutating func finish(_ report: inout AuditReport) throws(InspectionFailure) {
        let published = previous?.checkpoint.size ?? 0
        if let entry, !isBroken {
            report.add(
                .leaf, place(entry.index), "lies beyond the newest checkpoint, of size \(published)"
            )
        }
        try grow(to: CompactRange.largestSize, &report)
        for (checkpoint, standing) in compared {
            report.add(checkpoint, standing, stored: range.size)
        }
        guard log.end == nil else {
            if log.finalSize != published {
                report.add(
                    .log, StorePlace("logs", key: log.origin, column: "end_index"),
                    "the log's newest checkpoint is of size \(published)")
            }
            return
        }
        let place = StorePlace("log_heads", key: platform.name)
        guard let inspected = try inspection.head(of: platform.number) else {
            return report.add(.head, place, "is not there")
        }
        guard let head = report.row(inspected, .head) else { return }
        if head.size != published {
            report.add(
                .head, place, "is of size \(head.size), the newest checkpoint of \(published)")
        } else if !isBroken, head.range != range.serialized {
            report.add(.head, place, "is not the tree of the log's entries")
        }
    }

    private func place(_ index: UInt64, _ column: String = "") -> StorePlace {
        StorePlace(
            "entries", key: "\(platform.name)/\(log.firstIndex + index)", column: column)
    }
}

/// A checkpoint that was seen outside of the store, signed by one of its logs.
public struct OldCheckpoint: Sendable {
    /// How findings call it: the file's name.
    public let name: String
    public let signed: SignedCheckpoint

    public init(name: String, signed: SignedCheckpoint) {
        self.name = name
        self.signed = signed
    }

    var size: UInt64 { signed.checkpoint.size }
    var root: TreeHash { signed.checkpoint.root }
}

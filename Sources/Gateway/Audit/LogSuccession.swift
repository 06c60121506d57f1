import EvidenceLog
import WireFormat

/// Holds a platform's list of logs against what the logs themselves say: the last leaf of each
/// names the next one's origin and key, the first leaf of each how the one before it ended.
///
/// So nobody can put another key or another past in the list's place: the open log's key is the
/// platform's, and each earlier one is named under the later log's signature.
struct LogSuccession {
    let platform: Platform
    /// The log before, as its tree is, and the leaf that it ends with.
    private var previous: (log: LogRecord, range: CompactRange, lastLeaf: [UInt8]?)?
    /// A tree could not be computed: nothing is said of what depends on it.
    private(set) var isBroken = false

    init(of platform: Platform) {
        self.platform = platform
    }

    /// The key of the next log of the list; nil, and a finding, when the row cannot be.
    mutating func key(of log: LogRecord, _ report: inout AuditReport) -> NoteVerifierKey? {
        let fault: String? =
            if log.ordinal != (previous?.log.ordinal ?? 0) + 1 {
                "is not the log that comes next"
            } else if log.firstIndex != previous?.log.end ?? 0 {
                "does not begin where the log before it ended"
            } else if let end = log.end, end <= log.firstIndex {
                "ends before it begins"
            } else if log.end == nil, log.ordinal != platform.record.logOrdinal {
                "is open, and is not the platform's open log"
            } else {
                nil
            }
        if let fault {
            add(log, fault, &report)
            isBroken = true
            return nil
        }
        guard let key = try? NoteVerifierKey(vkey: log.vkey), key.name == log.origin else {
            add(log, "its key is none of its origin", &report)
            isBroken = true
            return nil
        }
        return key
    }

    /// Takes the tree of that log, and holds its first leaf against the log before it.
    mutating func follow(_ tree: TreeAudit<some StoreInspection>, _ report: inout AuditReport) {
        defer { previous = (tree.log, tree.range, tree.lastLeaf) }
        if tree.isBroken { isBroken = true }
        guard !isBroken else { return }
        guard let previous else {
            if tree.log.begunAt != platform.record.createdAt {
                add(tree.log, "did not begin when its platform was added", &report)
            }
            return
        }
        if Self.change(previous.lastLeaf)
            != .next(origin: tree.log.origin, vkey: tree.log.vkey)
        {
            add(previous.log, "its last entry does not name the log that follows", &report)
        }
        let past = KeyChange.previous(
            origin: previous.log.origin,
            size: previous.range.size,
            root: previous.range.root,
            vkey: previous.log.vkey
        )
        if Self.leaf(tree.firstLeaf)?.time != tree.log.begunAt {
            add(tree.log, "did not begin at the time of its first entry", &report)
        }
        if Self.change(tree.firstLeaf) != past {
            add(tree.log, "its first entry does not name the log before it as it ended", &report)
        }
    }

    /// The list ends with the open log, under the platform's key.
    mutating func finish(_ report: inout AuditReport) {
        guard !isBroken else { return }
        guard let open = previous?.log, open.end == nil else {
            report.add(.log, StorePlace("logs", key: platform.name), "the open log is not there")
            return
        }
        if open.origin != platform.record.origin || open.vkey != platform.logVerifierKey.vkey {
            add(open, "is not the log that the platform's key signs", &report)
        }
    }

    private static func leaf(_ bytes: [UInt8]?) -> EvidenceLeaf? {
        bytes.flatMap { try? EvidenceLeaf(bytes: $0) }
    }

    private static func change(_ bytes: [UInt8]?) -> KeyChange? {
        leaf(bytes).flatMap { KeyChange($0) }
    }

    private func add(_ log: LogRecord, _ detail: String, _ report: inout AuditReport) {
        report.add(.log, StorePlace("logs", key: log.origin), detail)
    }
}

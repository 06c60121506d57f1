import EvidenceLog
import Gateway
import Synchronization
import WireFormat

/// Verifies whole logs from their leaves, and remembers every checkpoint it has seen: a log that
/// once said something may never say anything else.
final class LogAudit: Sendable {
    private struct Seen: Hashable {
        let origin: String
        let size: UInt64
    }

    private let seen = Mutex<[Seen: [UInt8]]>([:])

    /// What is wrong with a platform's logs; everything is read from the store and hashed again.
    func findings(of platform: Platform, in store: any Store) async throws -> [String] {
        guard let head = try await store.logHead(of: platform.number),
            let open = try await store.logs(of: platform.number).last
        else {
            return ["platform \(platform.name) has no log"]
        }
        var findings: [String] = []
        if open != head.log || open.vkey != platform.logVerifierKey.vkey || open.end != nil {
            findings.append("the open log is not the one that the platform's key signs")
        }
        let checkpoint = try signed(head.checkpoint, by: open)
        if head.range.size != checkpoint.size || head.range.root != checkpoint.root {
            findings.append("the head is not the tree that its checkpoint signs")
        }
        remember(head.checkpoint, size: checkpoint.size, of: open.origin)
        var rows: [TreeHash] = []
        for log in try await store.logs(of: platform.number) {
            let size = log.finalSize ?? checkpoint.size
            let (found, tiles) = try await self.findings(of: log, size: size, in: store)
            findings += found
            rows += tiles
        }
        // Those of level 1 of all logs together: no row too many and none too few.
        let stored = try await store.nodes(
            of: platform.number, level: 1, in: 0..<UInt64(rows.count + 16))
        return stored == rows ? findings : findings + ["the tiles are not those of the leaves"]
    }

    /// - Returns: what is wrong, and the roots of each 256 leaves of the log.
    private func findings(
        of log: LogRecord,
        size: UInt64,
        in store: any Store
    ) async throws -> (findings: [String], rows: [TreeHash]) {
        let first = log.firstIndex
        let range = first..<(log.end ?? first + size + 1)
        let entries = try await store.entries(of: log.platform, in: range)
        var findings: [String] = []
        if UInt64(entries.count) != size {
            findings.append("\(entries.count) entries under a checkpoint of \(size)")
        }
        for (index, entry) in entries.enumerated() where entry.hash != .leaf(of: entry.leaf) {
            findings.append("the hash of entry \(index) is not its leaf's")
        }
        for (index, entry) in entries.enumerated() {
            if (try? EvidenceLeaf(bytes: entry.leaf)) == nil {
                findings.append("entry \(index) is not a well-formed leaf")
            }
        }
        findings += try await checkpointFindings(entries, log, store)
        return (findings, Self.rows(entries.map(\.hash)))
    }

    /// What is wrong with a receipt: its `.tlog-proof` as a file must verify by the key alone.
    func findings(in proof: ReceiptProof, of platforms: [Platform]) throws -> [String] {
        let file = try LogProof(bytes: try proof.serialized)
        let origin = file.checkpoint.checkpoint.origin
        guard let platform = platforms.first(where: { $0.record.origin == origin }) else {
            return ["a receipt of \(origin), which is nobody's log"]
        }
        remember(
            file.checkpoint.serialized,
            size: file.checkpoint.checkpoint.size,
            of: origin
        )
        let report = file.verify(logKey: platform.logVerifierKey)
        guard report.holds, report.isAuthenticated else {
            return ["the proof of entry \(file.index) does not verify: \(report.findings)"]
        }
        return file.extra == proof.leaf.bytes ? [] : ["a receipt does not carry its leaf"]
    }

    private func signed(_ note: [UInt8], by log: LogRecord) throws -> Checkpoint {
        let signed = try SignedCheckpoint(bytes: note)
        _ = try signed.note.verified(by: [try NoteVerifierKey(vkey: log.vkey)])
        return signed.checkpoint
    }

    private func remember(_ note: [UInt8], size: UInt64, of origin: String) {
        let key = Seen(origin: origin, size: size)
        seen.withLock { if $0[key] == nil { $0[key] = note } }
    }

    /// Every checkpoint ever seen of a log, against the root of the leaves that are there now.
    private func checkpointFindings(
        _ entries: [LogEntryRecord],
        _ log: LogRecord,
        _ store: any Store
    ) async throws -> [String] {
        let notes = seen.withLock { $0.filter { $0.key.origin == log.origin } }
        var range = CompactRange()
        var roots: [UInt64: TreeHash] = [0: range.root]
        let sizes = Set(notes.keys.map(\.size))
        for entry in entries {
            range.append(entry.hash)
            if sizes.contains(range.size) { roots[range.size] = range.root }
        }
        var findings: [String] = []
        for (seen, note) in notes {
            let checkpoint = try signed(note, by: log)
            if roots[seen.size] != checkpoint.root {
                findings.append("the log does not continue its checkpoint of \(seen.size)")
            }
            let end = log.firstIndex + seen.size
            let published = try await store.checkpoint(of: log.platform, atLeast: end)
            if published?.size != end || published?.note != note {
                findings.append("the checkpoint of \(seen.size) is not kept as published")
            }
        }
        return findings
    }

    /// The roots of each 256 leaves.
    private static func rows(_ leaves: [TreeHash]) -> [TreeHash] {
        let width = TileCoordinate.fullWidth
        return (0..<leaves.count / width).map { tile in
            var range = CompactRange()
            for leaf in leaves[tile * width..<(tile + 1) * width] { range.append(leaf) }
            return range.root
        }
    }
}

import EvidenceLog
import Gateway
import Synchronization
import WireFormat

/// Verifies a whole log from its leaves, and remembers every checkpoint it has seen: a log that
/// once said something may never say anything else.
final class LogAudit: Sendable {
    private struct Seen: Hashable {
        let platform: PlatformNumber
        let size: UInt64
    }

    private let seen = Mutex<[Seen: [UInt8]]>([:])

    /// What is wrong with a platform's log; everything is read from the store and hashed again.
    func findings(of platform: Platform, in store: any Store) async throws -> [String] {
        guard let head = try await store.logHead(of: platform.number) else {
            return ["platform \(platform.name) has no log"]
        }
        let checkpoint = try signed(head.checkpoint, by: platform)
        remember(head.checkpoint, size: checkpoint.size, of: platform)
        let entries = try await store.entries(of: platform.number, in: 0..<checkpoint.size + 1)
        var findings: [String] = []
        if UInt64(entries.count) != checkpoint.size {
            findings.append("\(entries.count) entries under a checkpoint of \(checkpoint.size)")
        }
        if head.range.size != checkpoint.size || head.range.root != checkpoint.root {
            findings.append("the head is not the tree that its checkpoint signs")
        }
        for (index, entry) in entries.enumerated() where entry.hash != .leaf(of: entry.leaf) {
            findings.append("the hash of entry \(index) is not its leaf's")
        }
        for (index, entry) in entries.enumerated() {
            if (try? EvidenceLeaf(bytes: entry.leaf)) == nil {
                findings.append("entry \(index) is not a well-formed leaf")
            }
        }
        findings += try await checkpointFindings(entries, platform, store)
        return try await findings + tileFindings(entries.map(\.hash), platform, store)
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
            of: platform
        )
        let report = file.verify(logKey: platform.logVerifierKey)
        guard report.holds, report.isAuthenticated else {
            return ["the proof of entry \(file.index) does not verify: \(report.findings)"]
        }
        return file.extra == proof.leaf.bytes ? [] : ["a receipt does not carry its leaf"]
    }

    private func signed(_ note: [UInt8], by platform: Platform) throws -> Checkpoint {
        let signed = try SignedCheckpoint(bytes: note)
        _ = try signed.note.verified(by: [platform.logVerifierKey])
        return signed.checkpoint
    }

    private func remember(_ note: [UInt8], size: UInt64, of platform: Platform) {
        let key = Seen(platform: platform.number, size: size)
        seen.withLock { if $0[key] == nil { $0[key] = note } }
    }

    /// Every checkpoint ever seen, against the root of the leaves that are there now.
    private func checkpointFindings(
        _ entries: [LogEntryRecord],
        _ platform: Platform,
        _ store: any Store
    ) async throws -> [String] {
        let notes = seen.withLock { $0.filter { $0.key.platform == platform.number } }
        var range = CompactRange()
        var roots: [UInt64: TreeHash] = [0: range.root]
        let sizes = Set(notes.keys.map(\.size))
        for entry in entries {
            range.append(entry.hash)
            if sizes.contains(range.size) { roots[range.size] = range.root }
        }
        var findings: [String] = []
        for (seen, note) in notes {
            let checkpoint = try signed(note, by: platform)
            if roots[seen.size] != checkpoint.root {
                findings.append("the log does not continue its checkpoint of \(seen.size)")
            }
            let published = try await store.checkpoint(of: platform.number, atLeast: seen.size)
            if published?.size != seen.size || published?.note != note {
                findings.append("the checkpoint of \(seen.size) is not kept as published")
            }
        }
        return findings
    }

    /// The rows of level 1, each the root of 256 leaves; no row too many and none too few.
    private func tileFindings(
        _ leaves: [TreeHash],
        _ platform: Platform,
        _ store: any Store
    ) async throws -> [String] {
        let width = TileCoordinate.fullWidth
        let complete = leaves.count / width
        let rows = try await store.nodes(
            of: platform.number,
            level: 1,
            in: 0..<UInt64(complete + 1)
        )
        let roots = (0..<complete).map { tile in
            var range = CompactRange()
            for leaf in leaves[tile * width..<(tile + 1) * width] { range.append(leaf) }
            return range.root
        }
        return rows == roots ? [] : ["the tiles of level 1 are not those of the leaves"]
    }
}

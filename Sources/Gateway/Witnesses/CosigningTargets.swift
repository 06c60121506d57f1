import EvidenceLog
import Synchronization

/// A checkpoint that all witnesses are shown, and the log that it is of.
struct CosigningTarget: Sendable {
    let log: LogRecord
    let checkpoint: SignedCheckpoint

    var size: UInt64 { checkpoint.checkpoint.size }
}

/// The checkpoints that all witnesses are shown.
///
/// A busy log has a new checkpoint many times a second. Each witness asked on its own about the
/// newest one would cosign others than its neighbours, and no single checkpoint would ever reach a
/// quorum. So there is one target a log, and it moves on once an interval. The target of a log that
/// has ended is its last checkpoint, for good.
final class CosigningTargets: Sendable {
    private let targets = Mutex<[LogName: CosigningTarget]>([:])

    var all: [CosigningTarget] {
        targets.withLock { targets in
            targets.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    func target(of log: LogName) -> CosigningTarget? {
        targets.withLock { $0[log] }
    }

    /// Takes the logs' heads as they are now; logs that cannot be read keep their targets.
    /// - Returns: whether any target moved.
    func move(of platforms: [PlatformNumber], in store: any StoreReading) async -> Bool {
        var hasMoved = false
        for platform in platforms {
            guard let head = try? await store.logHead(of: platform) else { continue }
            if target(of: head.log.name)?.size != head.range.size,
                take(head.checkpoint, of: head.log)
            {
                hasMoved = true
            }
            if await moveEnded(before: head.log, in: store) { hasMoved = true }
        }
        return hasMoved
    }

    /// Logs that have ended, whose last checkpoints are not targets yet.
    private func moveEnded(before open: LogRecord, in store: any StoreReading) async -> Bool {
        let ordinals = 1..<max(open.ordinal, 1)
        let isSettled = ordinals.allSatisfy {
            target(of: LogName(platform: open.platform, ordinal: $0))?.log.end != nil
        }
        guard !isSettled, let logs = try? await store.logs(of: open.platform) else { return false }
        var hasMoved = false
        for log in logs where target(of: log.name)?.log.end == nil {
            guard let end = log.end,
                let last = try? await store.checkpoint(of: log.platform, atLeast: end)
            else { continue }
            if take(last.note, of: log) { hasMoved = true }
        }
        return hasMoved
    }

    private func take(_ note: [UInt8], of log: LogRecord) -> Bool {
        guard let signed = try? SignedCheckpoint(bytes: note) else { return false }
        targets.withLock { $0[log.name] = CosigningTarget(log: log, checkpoint: signed) }
        return true
    }
}

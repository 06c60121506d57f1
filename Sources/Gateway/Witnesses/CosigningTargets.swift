import EvidenceLog
import Synchronization

/// The checkpoints that all witnesses are shown.
///
/// A busy log has a new checkpoint many times a second. Each witness asked on its own about the
/// newest one would cosign others than its neighbours, and no single checkpoint would ever reach a
/// quorum. So there is one target a log, and it moves on once an interval.
final class CosigningTargets: Sendable {
    private let targets = Mutex<[PlatformNumber: SignedCheckpoint]>([:])

    var all: [(platform: PlatformNumber, checkpoint: SignedCheckpoint)] {
        targets.withLock { targets in
            targets.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        }
    }

    func target(of platform: PlatformNumber) -> SignedCheckpoint? {
        targets.withLock { $0[platform] }
    }

    /// Takes the logs' heads as they are now; logs that cannot be read keep their targets.
    /// - Returns: whether any target moved.
    func move(of platforms: [PlatformNumber], in store: any StoreReading) async -> Bool {
        var hasMoved = false
        for platform in platforms {
            guard let head = try? await store.logHead(of: platform),
                target(of: platform)?.checkpoint.size != head.range.size,
                let signed = try? SignedCheckpoint(bytes: head.checkpoint)
            else { continue }
            targets.withLock { $0[platform] = signed }
            hasMoved = true
        }
        return hasMoved
    }
}

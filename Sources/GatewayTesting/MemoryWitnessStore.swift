import Crypto
public import EvidenceLog
public import Gateway
import Synchronization

/// A witness's memory that ends with the process.
public final class MemoryWitnessStore: WitnessStore {
    private let logs = Mutex<[[UInt8]: WitnessedCheckpoint]>([:])

    public init() {}

    public func advance(
        origin: String,
        _ decide: @escaping @Sendable (WitnessedHead?) throws -> WitnessedCheckpoint
    ) async throws -> WitnessedCheckpoint {
        let hash = Array(SHA256.hash(data: Array(origin.utf8)))
        return try logs.withLock { logs in
            let decided = try decide(logs[hash]?.head)
            logs[hash] = decided
            return decided
        }
    }

    public func checkpoint(originHash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        logs.withLock { $0[originHash]?.note }
    }
}

import EvidenceLog
public import Gateway

extension MemoryStore {
    public func beginLog(_ log: LogRecord) async throws(StoreError) {
        let platform = log.platform
        guard reading({ $0.heads[platform] == nil }) else { return }
        let empty = CompactRange()
        guard
            let note = try? signer.signCheckpoint(of: log.name, size: 0, root: empty.root)
                .serialized
        else {
            throw .unavailable("the checkpoint could not be signed")
        }
        changing { rows in
            guard rows.heads[platform] == nil else { return }
            rows.logs.append(log)
            rows.heads[platform] = LogHead(log: log, range: empty, checkpoint: note)
            rows.checkpoints[platform] = [(0, note)]
        }
    }

    public func rotateLog(_ rotation: LogRotation) async throws(StoreError) -> LogRecord? {
        let result = changing { rows in
            Result { () throws -> LogRecord? in
                guard !rows.logs.contains(where: { $0.origin == rotation.origin }) else {
                    return nil
                }
                let transaction = MemoryTransaction(rows)
                var ledger = Ledger(transaction: transaction, signer: signer)
                let begun = try ledger.rotateLog(rotation)
                rows = transaction.rows
                return begun
            }
        }
        do { return try result.get() } catch let error as StoreError {
            throw error
        } catch {
            throw .unavailable("\(error)")
        }
    }
}

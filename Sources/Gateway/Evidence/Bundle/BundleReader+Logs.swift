import EvidenceLog

/// An entry of a platform, before it is known in which log's bundle it comes.
struct RunningEntry {
    /// The running one.
    let index: UInt64
    let bytes: [UInt8]
    /// Nil when its data key was erased.
    let record: EvidenceRecord?
}

extension BundleReader {
    /// The log that a bundle is of, and those after it up to the one whose key the platform has.
    /// - Returns: none when there is no such log.
    func logs(
        from ordinal: Int?,
        or index: UInt64?,
        _ platform: Platform
    ) async throws -> [LogRecord] {
        let all = try await store.logs(of: platform.number)
        let first =
            ordinal.map { wanted in all.first { $0.ordinal == wanted } }
            ?? index.flatMap { index in all.first { $0.holds(index) } }
        guard let first else { return [] }
        // A log that began while this was read is signed for by a platform that is read again.
        guard first.ordinal <= platform.openLog.ordinal else {
            throw StoreError.unavailable("the platform's log is being changed")
        }
        return all.filter { first.ordinal...platform.openLog.ordinal ~= $0.ordinal }
    }

    static func entries(_ all: [RunningEntry], in log: LogRecord) -> [MaterialEntry] {
        all.filter { log.holds($0.index) }
            .map {
                MaterialEntry(
                    index: $0.index - log.firstIndex, bytes: $0.bytes, record: $0.record)
            }
            .sorted { $0.index < $1.index }
    }

    /// The other logs that entries are in.
    func ordinals(of indexes: [UInt64], but log: LogRecord) async throws -> [Int] {
        let others = indexes.filter { !log.holds($0) }
        guard !others.isEmpty else { return [] }
        return try await store.logs(of: log.platform)
            .filter { other in others.contains { other.holds($0) } }.map(\.ordinal)
    }

    /// The proofs of the last leaves of logs that have ended, each of which names the next key.
    /// - Parameter head: of the first log: its last checkpoint, if it has ended.
    func succession(
        _ logs: [LogRecord],
        under head: SignedCheckpoint
    ) async throws -> [[UInt8]] {
        var proofs: [[UInt8]] = []
        for ended in logs.dropLast() {
            guard let end = ended.end,
                let found = try await log.checkpoint(holding: end - 1, of: ended)
            else { throw StoreError.broken("log \(ended.origin) has no last checkpoint") }
            let under = proofs.isEmpty ? head : try SignedCheckpoint(bytes: found.note)
            guard let proof = try await log.proof(ofEntry: end - 1, under: under, of: ended) else {
                throw StoreError.broken("log \(ended.origin) has no last entry")
            }
            proofs.append(proof)
        }
        return proofs
    }
}

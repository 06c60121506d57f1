public import EvidenceLog
import WireFormat

/// Serves a platform's logs in the shapes of C2SP tlog-tiles, checkpoints and `.tlog-proof`.
///
/// An entry of a platform is asked for by its running index; sizes, tiles and proofs are those of
/// one log, which counts from 0 (``LogRecord``).
public struct LogReader: Sendable {
    private let store: any StoreReading
    private let quorum: WitnessQuorum?

    /// - Parameter quorum: whose cosignatures proofs carry once they are there; nil without
    ///   witnesses.
    public init(store: any StoreReading, quorum: WitnessQuorum? = nil) {
        self.store = store
        self.quorum = quorum
    }

    // MARK: Logs

    /// The platform's logs, by ordinal; all but the last have ended.
    public func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord] {
        try await store.logs(of: platform)
    }

    /// The log that an entry lies in, or would lie in; nil when the platform has no log.
    public func log(
        holding index: UInt64,
        of platform: PlatformNumber
    ) async throws(StoreError) -> LogRecord? {
        try await store.logs(of: platform).last { $0.firstIndex <= index }
    }

    /// The newest signed checkpoint of the open log, with those cosignatures that are there
    /// already; nil when there is no such log. Never an older one that has more of them: a log
    /// shows all it has.
    public func checkpoint(
        of platform: PlatformNumber
    ) async throws(StoreError) -> [UInt8]? {
        guard let head = try await store.logHead(of: platform) else { return nil }
        return try await note(of: head)
    }

    /// The newest signed checkpoint of one log: of one that has ended, its last.
    public func checkpoint(of log: LogRecord) async throws(StoreError) -> [UInt8]? {
        if let head = try await head(of: log) { return try await note(of: head) }
        guard let end = try await end(of: log),
            let last = try await store.checkpoint(of: log.platform, atLeast: end)
        else { return nil }
        guard quorum != nil else { return last.note }
        return try await note(last.note, of: log.platform, end: end)
    }

    /// Entries of all the platform's logs; nil when there is no such platform.
    public func entryCount(of platform: PlatformNumber) async throws(StoreError) -> UInt64? {
        try await store.logHead(of: platform)?.end
    }

    /// Entries of one log.
    public func size(of log: LogRecord) async throws(StoreError) -> UInt64 {
        if let head = try await head(of: log) { return head.range.size }
        let end = try await end(of: log) ?? log.firstIndex
        return end - min(end, log.firstIndex)
    }

    /// The head of a log that is open now; nil when it has ended, also since its record was read.
    private func head(of log: LogRecord) async throws(StoreError) -> LogHead? {
        guard log.end == nil, let head = try await store.logHead(of: log.platform) else {
            return nil
        }
        return head.log.name == log.name ? head : nil
    }

    private func end(of log: LogRecord) async throws(StoreError) -> UInt64? {
        if let end = log.end { return end }
        return try await store.logs(of: log.platform).first { $0.name == log.name }?.end
    }

    private func note(of head: LogHead) async throws(StoreError) -> [UInt8] {
        guard quorum != nil else { return head.checkpoint }
        return try await note(head.checkpoint, of: head.log.platform, end: head.end)
    }

    /// A checkpoint with its cosignatures: they are signature lines, so they come after the note's
    /// own (https://c2sp.org/signed-note).
    private func note(
        _ note: [UInt8],
        of platform: PlatformNumber,
        end: UInt64
    ) async throws(StoreError) -> [UInt8] {
        try await store.cosignatures(of: platform, size: end).reduce(note) { $0 + $1.line }
    }

    // MARK: Tiles

    /// A hash tile or an entry bundle; nil past the end of what was published.
    ///
    /// Any width up to the tree's is served: a published checkpoint may need each of them.
    /// - Parameter size: of the log, or what it was a moment ago: behind an end lie other logs.
    public func tile(
        _ path: TilePath,
        of log: LogRecord,
        size: UInt64
    ) async throws(StoreError) -> [UInt8]? {
        switch path {
        case .hashes(let coordinate):
            guard let row = Self.row(coordinate, of: log, size: size) else { return nil }
            let hashes = try await store.nodes(
                of: log.platform,
                level: coordinate.level,
                in: row
            )
            guard hashes.count == coordinate.width else { return nil }
            return hashes.flatMap(\.bytes)
        case .entries(let coordinate):
            guard let row = Self.row(coordinate.tile, of: log, size: size) else { return nil }
            let entries = try await store.entries(of: log.platform, in: row)
            guard entries.count == coordinate.width else { return nil }
            var bytes: [UInt8] = []
            for entry in entries { EntryBundle.append(entry.leaf, to: &bytes) }
            return bytes
        }
    }

    /// The nodes of a tile, among all of the platform's; nil when a tree of `size` has not all of
    /// them.
    private static func row(
        _ tile: TileCoordinate,
        of log: LogRecord,
        size: UInt64
    ) -> Range<UInt64>? {
        let complete = size >> UInt64(TileCoordinate.height * tile.level)
        let fullWidth = UInt64(TileCoordinate.fullWidth)
        guard tile.index <= complete / fullWidth else { return nil }
        let start = tile.index * fullWidth
        guard start + UInt64(tile.width) <= complete else { return nil }
        let first = log.firstNode(level: tile.level) + start
        return first..<first + UInt64(tile.width)
    }

    private func rows(
        _ tiles: [TileCoordinate],
        of log: LogRecord,
        size: UInt64
    ) async throws(StoreError) -> [TileCoordinate: [TreeHash]] {
        var rows: [TileCoordinate: [TreeHash]] = [:]
        for tile in tiles {
            guard let row = Self.row(tile, of: log, size: size) else { continue }
            rows[tile] = try await store.nodes(of: log.platform, level: tile.level, in: row)
        }
        return rows
    }

    // MARK: Proofs

    /// The `.tlog-proof` of an entry, whose `extra` holds the exact leaf so that one file is
    /// complete, under the smallest checkpoint that holds it and that the quorum of witnesses has
    /// cosigned; until there is one, under the smallest published, which is what its receipt said.
    /// Nil past the end.
    public func proof(
        ofEntry index: UInt64,
        platform: PlatformNumber
    ) async throws -> [UInt8]? {
        guard let log = try await log(holding: index, of: platform),
            let (_, note) = try await checkpoint(holding: index, of: log)
        else { return nil }
        return try await proof(ofEntry: index, under: SignedCheckpoint(bytes: note), of: log)
    }

    /// The `.tlog-proof` of an entry under a checkpoint of its log that holds it.
    /// - Parameter index: the running one; the proof has that of the log.
    func proof(
        ofEntry index: UInt64,
        under checkpoint: SignedCheckpoint,
        of log: LogRecord
    ) async throws -> [UInt8]? {
        let size = checkpoint.checkpoint.size
        let entries = try await store.entries(of: log.platform, in: index..<index + 1)
        guard log.holds(index), let entry = entries.first else { return nil }
        let own = index - log.firstIndex
        let needed = InclusionProof.neededTiles(index: own, size: size)
        let inclusion = try InclusionProof(
            index: own,
            size: size,
            tiles: await rows(needed, of: log, size: size)
        )
        return try LogProof(
            extra: entry.leaf,
            proof: inclusion,
            checkpoint: checkpoint
        ).serialized
    }

    /// The `.tlog-proof` of entries under one checkpoint of their log that holds them all, by
    /// index. Each tile is read once, however many entries it serves.
    /// - Parameter entries: by index in the log.
    func proofs(
        of entries: [(index: UInt64, leaf: [UInt8])],
        under checkpoint: SignedCheckpoint,
        of log: LogRecord
    ) async throws -> [UInt64: [UInt8]] {
        let size = checkpoint.checkpoint.size
        let needed = Set(
            entries.flatMap { InclusionProof.neededTiles(index: $0.index, size: size) })
        let tiles = try await rows(Array(needed), of: log, size: size)
        var proofs: [UInt64: [UInt8]] = [:]
        for entry in entries {
            proofs[entry.index] = try LogProof(
                extra: entry.leaf,
                proof: InclusionProof(index: entry.index, size: size, tiles: tiles),
                checkpoint: checkpoint
            ).serialized
        }
        return proofs
    }

    /// The smallest published checkpoint of a log that holds an entry and has the cosignatures that
    /// are asked for; without such a one, the smallest with those it has.
    /// - Parameter index: the running one.
    /// - Returns: the note, and the running index after its last entry.
    func checkpoint(
        holding index: UInt64,
        of log: LogRecord
    ) async throws(StoreError) -> (end: UInt64, note: [UInt8])? {
        guard log.holds(index) else { return nil }
        let platform = log.platform
        if let quorum {
            let cosigned = try await store.cosignedCheckpoint(
                of: platform, atLeast: index + 1, by: quorum)
            // One beyond the end of the log is of the next.
            if let cosigned, log.end.map({ cosigned.size <= $0 }) ?? true {
                return (cosigned.size, cosigned.note)
            }
        }
        guard let plain = try await store.checkpoint(of: platform, atLeast: index + 1) else {
            return nil
        }
        guard quorum != nil else { return (plain.size, plain.note) }
        return (plain.size, try await note(plain.note, of: platform, end: plain.size))
    }

    /// The proof that the tree of `new` entries of a log continues that of `old`; both at most the
    /// log's size.
    /// - Throws: ``StoreError``, or `EvidenceError` when `old` is the larger one or the log does
    ///   not reach so far.
    public func consistencyProof(
        of log: LogRecord,
        from old: UInt64,
        to new: UInt64
    ) async throws -> ConsistencyProof {
        let needed = ConsistencyProof.neededTiles(from: old, to: new)
        let tiles = try await rows(needed, of: log, size: new)
        return try ConsistencyProof(from: old, to: new, tiles: tiles)
    }
}

extension ReceiptProof {
    /// The `.tlog-proof` of the receipt: no store is read for it.
    public var serialized: [UInt8] {
        get throws {
            try LogProof(
                extra: leaf.bytes,
                proof: batch.inclusionProof(forIndex: index - log.firstIndex),
                checkpoint: checkpoint
            ).serialized
        }
    }
}

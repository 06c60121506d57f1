public import EvidenceLog
import WireFormat

/// Serves a platform's log in the shapes of C2SP tlog-tiles, checkpoints and `.tlog-proof`.
public struct LogReader: Sendable {
    private let store: any StoreReading
    private let quorum: WitnessQuorum?

    /// - Parameter quorum: whose cosignatures proofs carry once they are there; nil without
    ///   witnesses.
    public init(store: any StoreReading, quorum: WitnessQuorum? = nil) {
        self.store = store
        self.quorum = quorum
    }

    /// The newest signed checkpoint, with those cosignatures that are there already; nil when
    /// there is no such log. Never an older one that has more of them: a log shows all it has.
    public func checkpoint(
        of platform: PlatformNumber
    ) async throws(StoreError) -> [UInt8]? {
        guard let head = try await store.logHead(of: platform) else { return nil }
        guard quorum != nil else { return head.checkpoint }
        return try await note(head.checkpoint, of: platform, size: head.range.size)
    }

    /// Entries of the log; nil when there is no such log.
    public func size(of platform: PlatformNumber) async throws(StoreError) -> UInt64? {
        try await store.logHead(of: platform)?.range.size
    }

    /// A checkpoint with its cosignatures: they are signature lines, so they come after the note's
    /// own (https://c2sp.org/signed-note).
    private func note(
        _ note: [UInt8],
        of platform: PlatformNumber,
        size: UInt64
    ) async throws(StoreError) -> [UInt8] {
        try await store.cosignatures(of: platform, size: size).reduce(note) { $0 + $1.line }
    }

    /// A hash tile or an entry bundle; nil past the end of what was published.
    ///
    /// Any width up to the tree's is served: a published checkpoint may need each of them.
    public func tile(
        _ path: TilePath,
        of platform: PlatformNumber
    ) async throws(StoreError) -> [UInt8]? {
        switch path {
        case .hashes(let coordinate):
            guard let row = Self.row(coordinate) else { return nil }
            let hashes = try await store.nodes(
                of: platform,
                level: coordinate.level,
                in: row
            )
            guard hashes.count == coordinate.width else { return nil }
            return hashes.flatMap(\.bytes)
        case .entries(let coordinate):
            guard let row = Self.row(coordinate.tile) else { return nil }
            let entries = try await store.entries(of: platform, in: row)
            guard entries.count == coordinate.width else { return nil }
            var bytes: [UInt8] = []
            for entry in entries { EntryBundle.append(entry.leaf, to: &bytes) }
            return bytes
        }
    }

    /// The nodes of a tile; nil for an index that no tree can have.
    private static func row(_ tile: TileCoordinate) -> Range<UInt64>? {
        guard tile.index < CompactRange.largestSize >> UInt64(TileCoordinate.height) else {
            return nil
        }
        let first = tile.index * UInt64(TileCoordinate.fullWidth)
        return first..<first + UInt64(tile.width)
    }

    /// The `.tlog-proof` of an entry, whose `extra` holds the exact leaf so that one file is
    /// complete, under the smallest checkpoint that holds it and that the quorum of witnesses has
    /// cosigned; until there is one, under the smallest published, which is what its receipt said.
    /// Nil past the end.
    public func proof(
        ofEntry index: UInt64,
        platform: PlatformNumber
    ) async throws -> [UInt8]? {
        guard let (_, note) = try await checkpoint(holding: index, of: platform) else { return nil }
        return try await proof(
            ofEntry: index,
            under: SignedCheckpoint(bytes: note),
            platform: platform
        )
    }

    /// The `.tlog-proof` of an entry under a checkpoint that holds it.
    func proof(
        ofEntry index: UInt64,
        under checkpoint: SignedCheckpoint,
        platform: PlatformNumber
    ) async throws -> [UInt8]? {
        let size = checkpoint.checkpoint.size
        guard let entry = try await store.entries(of: platform, in: index..<index + 1).first else {
            return nil
        }
        let needed = InclusionProof.neededTiles(index: index, size: size)
        let inclusion = try InclusionProof(
            index: index,
            size: size,
            tiles: await rows(needed, of: platform)
        )
        return try LogProof(
            extra: entry.leaf,
            proof: inclusion,
            checkpoint: checkpoint
        ).serialized
    }

    /// The `.tlog-proof` of entries under one checkpoint that holds them all, by index. Each tile
    /// is read once, however many entries it serves.
    func proofs(
        of entries: [(index: UInt64, leaf: [UInt8])],
        under checkpoint: SignedCheckpoint,
        platform: PlatformNumber
    ) async throws -> [UInt64: [UInt8]] {
        let size = checkpoint.checkpoint.size
        let needed = Set(
            entries.flatMap { InclusionProof.neededTiles(index: $0.index, size: size) })
        let tiles = try await rows(Array(needed), of: platform)
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

    /// The smallest published checkpoint that holds an entry and has the cosignatures that are
    /// asked for; without such a one, the smallest with those it has.
    func checkpoint(
        holding index: UInt64,
        of platform: PlatformNumber
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        guard let quorum else {
            return try await store.checkpoint(of: platform, atLeast: index + 1)
        }
        if let cosigned = try await store.cosignedCheckpoint(
            of: platform,
            atLeast: index + 1,
            by: quorum
        ) {
            return cosigned
        }
        guard let plain = try await store.checkpoint(of: platform, atLeast: index + 1) else {
            return nil
        }
        return (plain.size, try await note(plain.note, of: platform, size: plain.size))
    }

    /// The proof that the tree of `new` entries continues that of `old`; both at most the log's
    /// size.
    /// - Throws: ``StoreError``, or `EvidenceError` when `old` is the larger one or the log does
    ///   not reach so far.
    public func consistencyProof(
        of platform: PlatformNumber,
        from old: UInt64,
        to new: UInt64
    ) async throws -> ConsistencyProof {
        let needed = ConsistencyProof.neededTiles(from: old, to: new)
        return try ConsistencyProof(from: old, to: new, tiles: await rows(needed, of: platform))
    }

    private func rows(
        _ tiles: [TileCoordinate],
        of platform: PlatformNumber
    ) async throws(StoreError) -> [TileCoordinate: [TreeHash]] {
        var rows: [TileCoordinate: [TreeHash]] = [:]
        for tile in tiles {
            let first = tile.index * UInt64(TileCoordinate.fullWidth)
            rows[tile] = try await store.nodes(
                of: platform,
                level: tile.level,
                in: first..<first + UInt64(tile.width)
            )
        }
        return rows
    }
}

extension ReceiptProof {
    /// The `.tlog-proof` of the receipt: no store is read for it.
    public var serialized: [UInt8] {
        get throws {
            try LogProof(
                extra: leaf.bytes,
                proof: batch.inclusionProof(forIndex: index),
                checkpoint: checkpoint
            ).serialized
        }
    }
}

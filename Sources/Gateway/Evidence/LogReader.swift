public import EvidenceLog
import WireFormat

/// Serves a platform's log in the shapes of C2SP tlog-tiles, checkpoints and `.tlog-proof`.
public struct LogReader: Sendable {
    private let store: any StoreReading

    public init(store: any StoreReading) {
        self.store = store
    }

    /// The newest signed checkpoint; nil when there is no such log.
    public func checkpoint(
        of platform: PlatformNumber
    ) async throws(StoreError) -> [UInt8]? {
        try await store.logHead(of: platform)?.checkpoint
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
    /// complete, under the smallest published checkpoint that holds it, which
    /// is what its receipt said; nil past the end.
    public func proof(
        ofEntry index: UInt64,
        platform: PlatformNumber
    ) async throws -> [UInt8]? {
        guard let (_, note) = try await store.checkpoint(of: platform, atLeast: index + 1) else {
            return nil
        }
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
        var tiles: [TileCoordinate: [TreeHash]] = [:]
        for tile in InclusionProof.neededTiles(index: index, size: size) {
            let first = tile.index * UInt64(TileCoordinate.fullWidth)
            tiles[tile] = try await store.nodes(
                of: platform,
                level: tile.level,
                in: first..<first + UInt64(tile.width)
            )
        }
        let inclusion = try InclusionProof(index: index, size: size, tiles: tiles)
        return try LogProof(
            extra: entry.leaf,
            proof: inclusion,
            checkpoint: checkpoint
        ).serialized
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

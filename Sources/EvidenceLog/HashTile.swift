/// A hash tile with the inner nodes that its hashes complete, computed once.
///
/// A path through a tile needs up to 247 of the hashes that a full tile does not store; whoever
/// builds many proofs keeps the full tiles he has seen as values of this type.
/// Source: https://c2sp.org/tlog-tiles.
public struct HashTile: Sendable {
    public let coordinate: TileCoordinate

    /// Rows of 256, 128, … 1 complete nodes (fewer in a partial tile), one after the other.
    private let nodes: [TreeHash]

    /// - Parameter hashes: as many as the coordinate is wide.
    /// - Throws: ``EvidenceError`` with code `malformedTile` when there are more or fewer.
    public init(_ coordinate: TileCoordinate, hashes: [TreeHash]) throws(EvidenceError) {
        guard hashes.count == coordinate.width else {
            throw EvidenceError(
                .malformedTile,
                at: coordinate.path,
                "holds \(hashes.count) hashes instead of \(coordinate.width)"
            )
        }
        self.coordinate = coordinate
        nodes = Self.completed(hashes)
    }

    /// The file's bytes: exactly 32 for each hash, nothing before and nothing after.
    /// - Throws: ``EvidenceError`` with code `malformedTile` for any other length.
    public init(_ coordinate: TileCoordinate, bytes: [UInt8]) throws(EvidenceError) {
        try self.init(coordinate, hashes: Self.hashes(coordinate, bytes: bytes))
    }

    /// The row as stored.
    public var hashes: ArraySlice<TreeHash> { nodes[..<coordinate.width] }

    /// The root over a full tile: the hash that stands for it one tile level up. Nil for a
    /// partial one, which has no hash above.
    public var root: TreeHash? { coordinate.isFull ? nodes.last : nil }

    /// Hashes of a tile's bytes, checked for their number alone.
    static func hashes(
        _ coordinate: TileCoordinate,
        bytes: [UInt8]
    ) throws(EvidenceError) -> [TreeHash] {
        guard bytes.count == coordinate.width * TreeHash.byteCount,
            let hashes = TreeHash.sequence(bytes)
        else {
            throw EvidenceError(
                .malformedTile,
                at: coordinate.path,
                "\(bytes.count) bytes instead of \(coordinate.width * TreeHash.byteCount)"
            )
        }
        return hashes
    }

    /// The root over exactly 256 hashes, or over any power of two of them.
    static func root(of row: [TreeHash]) -> TreeHash {
        var row = row
        while row.count > 1 {
            for pair in 0..<row.count / 2 { row[pair] = .node(row[2 * pair], row[2 * pair + 1]) }
            row.removeLast(row.count - row.count / 2)
        }
        return row[0]
    }

    /// The complete node `height` levels above the row, at `offset` in the tile; nil when the
    /// tile is too narrow for it.
    func node(height: Int, offset: Int) -> TreeHash? {
        guard offset < coordinate.width >> height else { return nil }
        let start = (0..<height).reduce(0) { $0 + coordinate.width >> $1 }
        return nodes[start + offset]
    }

    private static func completed(_ hashes: [TreeHash]) -> [TreeHash] {
        var nodes = hashes
        nodes.reserveCapacity(2 * hashes.count)
        var start = 0
        var count = hashes.count
        while count > 1 {
            for pair in 0..<count / 2 {
                nodes.append(.node(nodes[start + 2 * pair], nodes[start + 2 * pair + 1]))
            }
            start += count
            count /= 2
        }
        return nodes
    }
}

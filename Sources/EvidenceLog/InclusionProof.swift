/// Proof that an entry stands at an index of a tree of some size.
///
/// Source: RFC 6962 §2.1.1; verification as in RFC 9162 §2.1.3.2.
public struct InclusionProof: Sendable, Hashable {
    public let index: UInt64
    public let treeSize: UInt64
    /// The leaf's sibling first, the root's child last.
    public let path: [TreeHash]

    public init(index: UInt64, treeSize: UInt64, path: [TreeHash]) {
        self.index = index
        self.treeSize = treeSize
        self.path = path
    }

    /// The root that this path leads to from a leaf.
    /// - Throws: ``EvidenceError``: `indexOutOfRange` when the tree has no such leaf,
    ///   `malformedProof` when the path is too long or too short for it.
    public func root(forLeaf leaf: TreeHash) throws(EvidenceError) -> TreeHash {
        try Self.checkRange(index: index, size: treeSize)
        var place = index
        var last = treeSize - 1
        var hash = leaf
        for (depth, sibling) in path.enumerated() {
            guard last > 0 else {
                throw EvidenceError(
                    .malformedProof,
                    at: "path",
                    "\(path.count) hashes, \(depth) would do"
                )
            }
            if place & 1 == 1 || place == last {
                hash = .node(sibling, hash)
                // A node without a right sibling stands for its parent, too.
                let climb = UInt64(place.trailingZeroBitCount)
                place >>= climb
                last >>= climb
            } else {
                hash = .node(hash, sibling)
            }
            place >>= 1
            last >>= 1
        }
        guard last == 0 else {
            throw EvidenceError(
                .malformedProof,
                at: "path",
                "breaks off after \(path.count) hashes"
            )
        }
        return hash
    }

    /// - Throws: ``EvidenceError`` as ``root(forLeaf:)``, and `wrongRoot` when the path leads to
    ///   another root.
    public func verify(leaf: TreeHash, root: TreeHash) throws(EvidenceError) {
        guard try self.root(forLeaf: leaf) == root else {
            throw EvidenceError(
                .wrongRoot,
                at: "leaf \(index)",
                "the path does not lead to the root of the tree"
            )
        }
    }

    private static func checkRange(index: UInt64, size: UInt64) throws(EvidenceError) {
        guard index < size, size <= CompactRange.largestSize else {
            throw EvidenceError(
                .indexOutOfRange,
                at: "leaf \(index)",
                "the tree has \(size) leaves"
            )
        }
    }
}

extension InclusionProof {
    /// The tiles from which the proof can be built; empty when the tree has no such leaf.
    public static func neededTiles(index: UInt64, size: UInt64) -> [TileCoordinate] {
        guard index < size, size <= CompactRange.largestSize else { return [] }
        return LeafRange.inclusion(index: index, size: size).neededTiles(inTreeOf: size)
    }

    /// Builds the proof from rows of tiles, each as wide as ``neededTiles(index:size:)`` says.
    /// - Throws: ``EvidenceError``: `indexOutOfRange`, `missingTile`, or `malformedTile` when a
    ///   row has another number of hashes.
    public init(
        index: UInt64,
        size: UInt64,
        tiles: [TileCoordinate: [TreeHash]]
    ) throws(EvidenceError) {
        try Self.checkRange(index: index, size: size)
        let ranges = LeafRange.inclusion(index: index, size: size)
        let completed = try ranges.completedTiles(inTreeOf: size, rows: tiles)
        try self.init(index: index, size: size, tiles: completed)
    }

    /// Builds the proof from tiles whose inner nodes are known already: no hashing but at the
    /// ragged right edge.
    /// - Throws: ``EvidenceError``: `indexOutOfRange` or `missingTile`.
    public init(
        index: UInt64,
        size: UInt64,
        tiles: [TileCoordinate: HashTile]
    ) throws(EvidenceError) {
        try Self.checkRange(index: index, size: size)
        var path: [TreeHash] = []
        for range in LeafRange.inclusion(index: index, size: size) {
            path.append(try range.hash(inTreeOf: size, tiles: tiles))
        }
        self.init(index: index, treeSize: size, path: path)
    }
}

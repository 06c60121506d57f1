/// Leaves appended to a tree in one commit, with every node hash that they complete.
///
/// Hashing is amortised one node a leaf, done once here; after that the root, the new rows of the
/// store and a complete inclusion proof for each new leaf are reads of memory. Nothing of the tree
/// before is needed but its ``CompactRange``.
public struct TreeBatch: Sendable {
    /// The tree the batch was appended to.
    public let before: CompactRange
    /// The tree with the batch.
    public let after: CompactRange
    /// The root at `after.size`.
    public let root: TreeHash

    /// Node hashes of all levels in one buffer, level 0 first.
    private let nodes: [TreeHash]
    /// Where each level starts in `nodes`.
    private let levelStarts: [Int]
    /// At place l: the hash of the last `after.size mod 2^l` leaves, if there are any.
    private let raggedEdges: [TreeHash?]

    /// - Parameter leaves: leaf hashes in log order; may be empty.
    public init(before: CompactRange, leaves: [TreeHash]) {
        self.before = before
        let size = before.size + UInt64(leaves.count)
        var nodes = leaves
        nodes.reserveCapacity(2 * leaves.count + 2 * UInt64.bitWidth)
        var levelStarts = [0]
        var level = 0
        while size >> UInt64(level + 1) > before.size >> UInt64(level + 1) {
            let parents = Self.parents(
                ofLevel: level,
                nodes: nodes[levelStarts[level]...],
                before: before,
                size: size
            )
            levelStarts.append(nodes.count)
            nodes.append(contentsOf: parents)
            level += 1
        }
        self.nodes = nodes
        self.levelStarts = levelStarts
        after = Self.compactRange(
            size: size,
            before: before,
            nodes: nodes,
            levelStarts: levelStarts
        )
        raggedEdges = Self.raggedEdges(of: after)
        root = after.root
    }

    /// The path of a leaf of this batch, at size `after.size`, without hashing.
    /// - Precondition: `before.size <= index < after.size`.
    public func inclusionProof(forIndex index: UInt64) -> InclusionProof {
        precondition(index >= before.size && index < after.size, "the leaf is not of this batch")
        var path: [TreeHash] = []
        path.reserveCapacity(UInt64.bitWidth - after.size.leadingZeroBitCount)
        var level = 0
        while (after.size - 1) >> UInt64(level) > 0 {
            if let hash = hash(level: level, index: index >> UInt64(level) ^ 1) {
                path.append(hash)
            }
            level += 1
        }
        return InclusionProof(index: index, treeSize: after.size, path: path)
    }

    /// The nodes of `256^tileLevel` leaves that this batch completed: the hashes that the tiles of
    /// that level gain. Level 0 gives the leaves of the batch.
    public func completedNodes(tileLevel: Int) -> [(index: UInt64, hash: TreeHash)] {
        let level = tileLevel * TileCoordinate.height
        guard level < levelStarts.count else { return [] }
        let end = level + 1 < levelStarts.count ? levelStarts[level + 1] : nodes.count
        let first = before.size >> UInt64(level)
        return nodes[levelStarts[level]..<end].enumerated().map {
            (first + UInt64($0.offset), $0.element)
        }
    }

    /// The hash over the leaves under node `index` of `level` that the tree after has: complete,
    /// ragged at the right edge, or nil beyond it. Only asked for nodes of the batch and for left
    /// siblings of them.
    private func hash(level: Int, index: UInt64) -> TreeHash? {
        let complete = after.size >> UInt64(level)
        guard index < complete else { return index == complete ? raggedEdges[level] : nil }
        let first = before.size >> UInt64(level)
        return index < first
            ? before.subtree(ofLevel: level) : nodes[levelStarts[level] + Int(index - first)]
    }
}

extension TreeBatch {
    /// The complete nodes of the level above that `nodes` of `level` complete. A node that pairs
    /// a new one with the last old one finds that in the compact range.
    private static func parents(
        ofLevel level: Int,
        nodes: ArraySlice<TreeHash>,
        before: CompactRange,
        size: UInt64
    ) -> [TreeHash] {
        let first = before.size >> UInt64(level)
        let parentRange = before.size >> UInt64(level + 1)..<size >> UInt64(level + 1)
        return parentRange.map { parent in
            let right = nodes[nodes.startIndex + Int(2 * parent + 1 - first)]
            let left =
                2 * parent < first
                ? before.subtree(ofLevel: level)
                : nodes[nodes.startIndex + Int(2 * parent - first)]
            return .node(left, right)
        }
    }

    private static func compactRange(
        size: UInt64,
        before: CompactRange,
        nodes: [TreeHash],
        levelStarts: [Int]
    ) -> CompactRange {
        var hashes: [TreeHash] = []
        hashes.reserveCapacity(size.nonzeroBitCount)
        for level in (0..<UInt64.bitWidth - size.leadingZeroBitCount).reversed()
        where size >> UInt64(level) & 1 == 1 {
            let index = size >> UInt64(level) - 1
            let first = before.size >> UInt64(level)
            hashes.append(
                index < first
                    ? before.subtree(ofLevel: level)
                    : nodes[levelStarts[level] + Int(index - first)]
            )
        }
        return CompactRange(size: size, hashes: hashes)
    }

    private static func raggedEdges(of range: CompactRange) -> [TreeHash?] {
        var edges: [TreeHash?] = [nil]
        for level in 0..<UInt64.bitWidth - range.size.leadingZeroBitCount {
            let below = edges[level]
            guard range.size >> UInt64(level) & 1 == 1 else {
                edges.append(below)
                continue
            }
            let subtree = range.subtree(ofLevel: level)
            edges.append(below.map { .node(subtree, $0) } ?? subtree)
        }
        return edges
    }
}

/// A complete subtree: the `2^level` leaves from `index * 2^level` on.
public struct TreeNode: Sendable, Hashable {
    public let level: Int
    public let index: UInt64

    public init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The hash tile that completes this node, as a tree of `size` leaves has it.
    func tile(inTreeOf size: UInt64) -> TileCoordinate? {
        TileCoordinate(
            level: level / TileCoordinate.height,
            index: firstInRow >> UInt64(TileCoordinate.height),
            inTreeOf: size
        )
    }

    /// This node's hash out of its tile.
    func hash(in tile: HashTile) -> TreeHash? {
        let offset = Int(firstInRow & UInt64(TileCoordinate.fullWidth - 1)) >> heightInTile
        return tile.node(height: heightInTile, offset: offset)
    }

    private var heightInTile: Int { level % TileCoordinate.height }

    /// The first hash under this node in the row that its tile stores.
    private var firstInRow: UInt64 { index << UInt64(heightInTile) }
}

/// Consecutive leaves whose hash (MTH of RFC 6962 §2.1) stands in a proof. They start at a
/// multiple of the power of two that covers them, so complete subtrees make them up.
struct LeafRange: Equatable {
    let start: UInt64
    let end: UInt64

    /// The complete subtrees, the largest first.
    var nodes: [TreeNode] {
        var nodes: [TreeNode] = []
        var start = start
        while start < end {
            let level = UInt64.bitWidth - 1 - (end - start).leadingZeroBitCount
            nodes.append(TreeNode(level: level, index: start >> UInt64(level)))
            start += 1 << UInt64(level)
        }
        return nodes
    }

    /// The hash over the range, out of the hashes of ``nodes``.
    func hash<E: Error>(_ node: (TreeNode) throws(E) -> TreeHash) throws(E) -> TreeHash {
        var hash: TreeHash?
        for subtree in nodes.reversed() {
            let left = try node(subtree)
            hash = hash.map { .node(left, $0) } ?? left
        }
        return hash ?? .emptyTree
    }

    /// The ranges of an inclusion proof, the leaf's sibling first (RFC 6962 §2.1.1).
    static func inclusion(index: UInt64, size: UInt64) -> [LeafRange] {
        var ranges: [LeafRange] = []
        var level: UInt64 = 0
        while (size - 1) >> level > 0 {
            let start = (index >> level ^ 1) << level
            if start < size {
                ranges.append(LeafRange(start: start, end: min(start + 1 << level, size)))
            }
            level += 1
        }
        return ranges
    }

    /// The ranges of a consistency proof in the order of RFC 6962 §2.1.2.
    static func consistency(from old: UInt64, to new: UInt64) -> [LeafRange] {
        guard old > 0, old < new else { return [] }
        var start: UInt64 = 0
        var end = new
        var isWholeOldTree = true
        var ranges: [LeafRange] = []
        // Descends to the subtree that ends where the old tree ended; RFC 6962 writes the proof
        // from there upwards.
        while old != end {
            let split = start + largestPowerOfTwo(below: end - start)
            if old <= split {
                ranges.append(LeafRange(start: split, end: end))
                end = split
            } else {
                ranges.append(LeafRange(start: start, end: split))
                start = split
                isWholeOldTree = false
            }
        }
        if !isWholeOldTree { ranges.append(LeafRange(start: start, end: end)) }
        return ranges.reversed()
    }

    private static func largestPowerOfTwo(below count: UInt64) -> UInt64 {
        1 << UInt64(UInt64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

/// The smallest state that can grow a Merkle tree: its size and the roots of the complete
/// subtrees that its leaves fall into, at most 63 hashes.
///
/// A tree of 11 leaves has three: of 8, of 2 and of 1 leaf. The store keeps one of these a log;
/// with it the next leaves can be appended without reading a tile.
public struct CompactRange: Sendable, Equatable {
    /// The largest tree we count: what a signed 64-bit database column and Go's `int64` can hold.
    public static let largestSize = UInt64(Int64.max)

    /// Leaves of the tree.
    public private(set) var size: UInt64
    /// One hash for each bit set in `size`, the largest subtree first.
    public private(set) var hashes: [TreeHash]

    /// The tree without leaves.
    public init() {
        size = 0
        hashes = []
    }

    /// Reads what ``serialized`` wrote. Nil when the number of hashes does not fit the size, or the
    /// size is above ``largestSize``.
    public init?(size: UInt64, bytes: [UInt8]) {
        guard size <= Self.largestSize, let hashes = TreeHash.sequence(bytes),
            hashes.count == size.nonzeroBitCount
        else { return nil }
        self.size = size
        self.hashes = hashes
    }

    /// `hashes` fits `size`.
    init(size: UInt64, hashes: [TreeHash]) {
        self.size = size
        self.hashes = hashes
    }

    /// The hashes, 32 bytes each, in order. The size is kept beside them.
    public var serialized: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * TreeHash.byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// Appends one leaf; hashes once for each subtree that it completes (amortised once a leaf).
    public mutating func append(_ leaf: TreeHash) {
        var hash = leaf
        var completed = size
        while completed & 1 == 1 {
            hash = .node(hashes.removeLast(), hash)
            completed >>= 1
        }
        hashes.append(hash)
        size += 1
    }

    /// The root of the tree (RFC 6962 §2.1); of the empty tree, ``TreeHash/emptyTree``.
    public var root: TreeHash {
        guard var root = hashes.last else { return .emptyTree }
        for subtree in hashes.dropLast().reversed() { root = .node(subtree, root) }
        return root
    }

    /// The complete subtree of `2^level` leaves, where `size` has that bit set.
    func subtree(ofLevel level: Int) -> TreeHash {
        hashes[(size >> UInt64(level + 1)).nonzeroBitCount]
    }
}

/// Proof that a tree is an earlier tree with leaves appended, and nothing else.
///
/// Source: RFC 6962 §2.1.2; verification as in RFC 9162 §2.1.4.2. The empty tree is consistent
/// with every tree, by an empty proof (https://c2sp.org/tlog-witness).
public struct ConsistencyProof: Sendable, Hashable {
    public let oldSize: UInt64
    public let newSize: UInt64
    public let path: [TreeHash]

    public init(oldSize: UInt64, newSize: UInt64, path: [TreeHash]) {
        self.oldSize = oldSize
        self.newSize = newSize
        self.path = path
    }

    /// - Throws: ``EvidenceError``: `indexOutOfRange` when the old tree is the larger one,
    ///   `malformedProof` when the path has a wrong length, `wrongRoot` when it does not lead to
    ///   one of the two roots.
    public func verify(oldRoot: TreeHash, newRoot: TreeHash) throws(EvidenceError) {
        try Self.checkRange(from: oldSize, to: newSize)
        guard oldSize > 0, oldSize < newSize else {
            return try verifyWithoutPath(oldRoot: oldRoot, newRoot: newRoot)
        }
        let roots = try rebuiltRoots(oldRoot: oldRoot)
        guard roots.old == oldRoot else {
            throw EvidenceError(
                .wrongRoot,
                at: "size \(oldSize)",
                "the path does not lead to the old root"
            )
        }
        guard roots.new == newRoot else {
            throw EvidenceError(
                .wrongRoot,
                at: "size \(newSize)",
                "the path does not lead to the new root"
            )
        }
    }

    private func verifyWithoutPath(
        oldRoot: TreeHash,
        newRoot: TreeHash
    ) throws(EvidenceError) {
        guard path.isEmpty else {
            throw EvidenceError(.malformedProof, at: "path", "\(path.count) hashes, none would do")
        }
        guard oldRoot == (oldSize == 0 ? .emptyTree : newRoot) else {
            throw EvidenceError(
                .wrongRoot,
                at: "size \(oldSize)",
                "another root for a tree of the same size"
            )
        }
    }

    /// Both roots as the path gives them.
    private func rebuiltRoots(
        oldRoot: TreeHash
    ) throws(EvidenceError) -> (old: TreeHash, new: TreeHash) {
        // A complete old tree is its own first node; RFC 6962 leaves it out of the path.
        var rest = (oldSize.nonzeroBitCount == 1 ? [oldRoot] : []) + path
        guard !rest.isEmpty else { throw wrongLength }
        let shared = UInt64((~(oldSize - 1)).trailingZeroBitCount)
        var place = (oldSize - 1) >> shared
        var last = (newSize - 1) >> shared
        let first = rest.removeFirst()
        var roots = (old: first, new: first)
        for sibling in rest {
            guard last > 0 else { throw wrongLength }
            if place & 1 == 1 || place == last {
                roots = (.node(sibling, roots.old), .node(sibling, roots.new))
                let climb = UInt64(place.trailingZeroBitCount)
                place >>= climb
                last >>= climb
            } else {
                roots.new = .node(roots.new, sibling)
            }
            place >>= 1
            last >>= 1
        }
        guard last == 0 else { throw wrongLength }
        return roots
    }

    private var wrongLength: EvidenceError {
        EvidenceError(
            .malformedProof,
            at: "path",
            "\(path.count) hashes cannot lead from size \(oldSize) to \(newSize)"
        )
    }

    private static func checkRange(from old: UInt64, to new: UInt64) throws(EvidenceError) {
        guard old <= new, new <= CompactRange.largestSize else {
            throw EvidenceError(
                .indexOutOfRange,
                at: "size \(old)",
                "larger than the new tree of \(new) leaves"
            )
        }
    }
}

extension ConsistencyProof {
    /// The tiles from which the proof can be built, as a tree of `new` leaves has them; empty
    /// when there is nothing to prove or `old` is larger.
    public static func neededTiles(from old: UInt64, to new: UInt64) -> [TileCoordinate] {
        guard new <= CompactRange.largestSize else { return [] }
        return LeafRange.consistency(from: old, to: new).neededTiles(inTreeOf: new)
    }

    /// Builds the proof from rows of tiles, each as wide as ``neededTiles(from:to:)`` says.
    /// - Throws: ``EvidenceError``: `indexOutOfRange`, `missingTile` or `malformedTile`.
    public init(
        from old: UInt64,
        to new: UInt64,
        tiles: [TileCoordinate: [TreeHash]]
    ) throws(EvidenceError) {
        try Self.checkRange(from: old, to: new)
        let ranges = LeafRange.consistency(from: old, to: new)
        let completed = try ranges.completedTiles(inTreeOf: new, rows: tiles)
        try self.init(from: old, to: new, tiles: completed)
    }

    /// Builds the proof from tiles whose inner nodes are known already.
    /// - Throws: ``EvidenceError``: `indexOutOfRange` or `missingTile`.
    public init(
        from old: UInt64,
        to new: UInt64,
        tiles: [TileCoordinate: HashTile]
    ) throws(EvidenceError) {
        try Self.checkRange(from: old, to: new)
        var path: [TreeHash] = []
        for range in LeafRange.consistency(from: old, to: new) {
            path.append(try range.hash(inTreeOf: new, tiles: tiles))
        }
        self.init(oldSize: old, newSize: new, path: path)
    }
}

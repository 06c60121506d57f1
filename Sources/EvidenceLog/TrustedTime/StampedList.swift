import WireFormat

/// What one stamp says of several logs: a small text with the root of a tree whose leaves are
/// their checkpoint files.
///
///     cardproof.stamp/v1
///     <number of checkpoints>
///     <base64 of the RFC 6962 root>
///
/// So one question to an authority serves every log, and no log sees another's checkpoint.
public struct StampedList: Sendable {
    static let header = "cardproof.stamp/v1"

    /// The bytes that are stamped.
    public let text: [UInt8]
    private let tree: TreeBatch

    /// - Parameter checkpoints: The checkpoint files as served, two or more; one alone is stamped
    ///   itself.
    public init(checkpoints: [[UInt8]]) {
        tree = TreeBatch(before: CompactRange(), leaves: checkpoints.map { .leaf(of: $0) })
        text = Array("\(Self.header)\n\(checkpoints.count)\n\(tree.root.base64)\n".utf8)
    }

    /// Where a checkpoint stands under the stamp.
    /// - Precondition: `index` is one of the list's.
    public func place(ofCheckpoint index: Int) -> StampPlace {
        StampPlace(
            index: UInt64(index),
            count: tree.after.size,
            path: tree.inclusionProof(forIndex: UInt64(index)).path
        )
    }
}

/// A checkpoint's place in a ``StampedList``: what leads from its file to the stamped text.
public struct StampPlace: Sendable, Hashable {
    /// Counted from 0.
    public let index: UInt64
    public let count: UInt64
    /// The checkpoint's sibling first.
    public let path: [TreeHash]

    public init(index: UInt64, count: UInt64, path: [TreeHash]) {
        self.index = index
        self.count = count
        self.path = path
    }

    /// Checks that a stamped text covers a checkpoint file at this place.
    ///
    /// - Throws: ``EvidenceError``: `malformedTimeStamp` for a text that is no list of ``count``
    ///   checkpoints, `malformedProof`, `indexOutOfRange` or `wrongRoot`.
    public func check(checkpoint: [UInt8], in text: [UInt8]) throws(EvidenceError) {
        guard let lines = StrictText.lines(text[...]), lines.count == 3,
            lines[0].elementsEqual(StampedList.header.utf8), StrictText.decimal(lines[1]) == count,
            let root = TreeHash(base64: String(decoding: lines[2], as: UTF8.self))
        else {
            throw EvidenceError(
                .malformedTimeStamp,
                at: "stamped text",
                "not a list of \(count) checkpoints (\(StampedList.header))"
            )
        }
        try InclusionProof(index: index, treeSize: count, path: path)
            .verify(leaf: .leaf(of: checkpoint), root: root)
    }
}

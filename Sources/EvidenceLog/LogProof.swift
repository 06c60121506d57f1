import WireFormat

/// A `.tlog-proof` file: an entry, its place in the log, the path to the root, and the signed
/// checkpoint. Verifies offline.
///
/// We put the exact bytes of the leaf into `extra`: the format does not authenticate that line,
/// the inclusion proof does.
/// Source: https://c2sp.org/tlog-proof.
public struct LogProof: Sendable, Hashable {
    /// Hashes of a path in a tree of up to ``CompactRange/largestSize`` leaves.
    public static let longestPath = 63
    /// Bytes of a file: a leaf of 65,535 bytes in base64, a path, and the largest note.
    public static let largestByteCount = SignedNote.largestByteCount + 100_000

    /// The bytes of the leaf.
    public let extra: [UInt8]?
    public let index: UInt64
    /// The leaf's sibling first.
    public let path: [TreeHash]
    public let checkpoint: SignedCheckpoint

    /// - Parameter proof: A path in the checkpoint's tree.
    /// - Throws: ``EvidenceError`` with code `malformedProof` when the sizes differ.
    public init(
        extra: [UInt8]?,
        proof: InclusionProof,
        checkpoint: SignedCheckpoint
    ) throws(EvidenceError) {
        guard proof.treeSize == checkpoint.checkpoint.size else {
            throw EvidenceError(
                .malformedProof,
                at: "checkpoint",
                "size \(checkpoint.checkpoint.size), the path is for size \(proof.treeSize)"
            )
        }
        self.extra = extra
        self.index = proof.index
        self.path = proof.path
        self.checkpoint = checkpoint
    }

    /// Reads a file; nothing is verified yet.
    /// - Throws: ``EvidenceError``: `malformedProof`, naming the line; `malformedNote` or
    ///   `malformedCheckpoint` for the part after the empty line; `limitExceeded`.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(Self.largestByteCount) bytes")
        }
        var reader = LineReader(rest: bytes[...])
        guard reader.next()?.elementsEqual(Self.header.utf8) == true else {
            throw Self.malformed(line: 1, "is not \(Self.header)")
        }
        extra = try Self.takeExtra(&reader)
        guard let line = reader.next(), line.starts(with: Self.indexWord),
            let index = StrictText.decimal(line.dropFirst(Self.indexWord.count))
        else { throw Self.malformed(line: reader.line, "is not the index of the entry") }
        self.index = index
        path = try Self.takePath(&reader)
        checkpoint = try SignedCheckpoint(bytes: Array(reader.rest))
    }

    /// The file's bytes; of a file that was read, those that were read.
    public var serialized: [UInt8] {
        var bytes = Array("\(Self.header)\n".utf8)
        if let extra {
            bytes.append(contentsOf: Self.extraWord)
            Base64.append(extra, to: &bytes)
            bytes.append(StrictText.newline)
        }
        bytes.append(contentsOf: "index \(index)\n".utf8)
        for hash in path {
            hash.appendBase64(to: &bytes)
            bytes.append(StrictText.newline)
        }
        bytes.append(StrictText.newline)
        return bytes + checkpoint.serialized
    }

    public var inclusionProof: InclusionProof {
        InclusionProof(index: index, treeSize: checkpoint.checkpoint.size, path: path)
    }

    private static let header = "c2sp.org/tlog-proof@v1"
    private static let extraWord = Array("extra ".utf8)
    private static let indexWord = Array("index ".utf8)

    private static func takeExtra(_ reader: inout LineReader) throws(EvidenceError) -> [UInt8]? {
        guard reader.rest.starts(with: extraWord), let line = reader.next() else { return nil }
        let text = String(decoding: line.dropFirst(extraWord.count), as: UTF8.self)
        guard !text.isEmpty, let extra = Base64.decode(text) else {
            throw malformed(line: reader.line, "the extra data are not base64")
        }
        return extra
    }

    private static func takePath(_ reader: inout LineReader) throws(EvidenceError) -> [TreeHash] {
        var path: [TreeHash] = []
        while let line = reader.next() {
            guard !line.isEmpty else { return path }
            guard let hash = TreeHash(base64: String(decoding: line, as: UTF8.self)) else {
                throw malformed(line: reader.line, "is not the base64 of a 32-byte hash")
            }
            guard path.count < longestPath else {
                throw malformed(line: reader.line, "more than \(longestPath) hashes")
            }
            path.append(hash)
        }
        throw malformed(line: reader.line + 1, "no empty line before the checkpoint")
    }

    private static func malformed(line: Int, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedProof, at: "line \(line)", detail)
    }
}

/// Lines from the front of a buffer, each ending in a newline.
private struct LineReader {
    var rest: ArraySlice<UInt8>
    private(set) var line = 0

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    /// The next line without its newline; nil when no newline follows.
    mutating func next() -> ArraySlice<UInt8>? {
        line += 1
        guard let end = rest.firstIndex(of: StrictText.newline) else { return nil }
        defer { rest = rest[(end + 1)...] }
        return rest[..<end]
    }
}

/// What a log sends to a witness: its newest checkpoint, and the proof that it continues the one
/// the witness cosigned last.
///
/// On the wire `old <size>`, at most 63 lines of base64 hashes, an empty line, and the checkpoint
/// verbatim; every line ends in a newline. Parsing is strict, and prints back to the same bytes.
/// Source: https://c2sp.org/tlog-witness, "add-checkpoint".
public struct AddCheckpointRequest: Sendable, Hashable {
    /// Hashes of the longest proof between two trees that we count.
    public static let longestProof = 63
    /// Bytes of a request: the longest proof, and a checkpoint with the sixteen post-quantum
    /// signatures (3.3 kB each) that every reader of notes must take.
    public static let largestByteCount = 64 << 10

    /// Leaves of the tree that the proof begins at.
    public let oldSize: UInt64
    public let proof: [TreeHash]
    /// The checkpoint as it came; nobody has looked at its signatures.
    public let note: SignedNote
    /// What the note says. No ``Checkpoint``, because a false root of the empty tree is not a
    /// malformed request but a false statement, which has an answer of its own.
    let claim: CheckpointLines

    /// The request that a log makes.
    /// - Throws: ``EvidenceError`` with code `limitExceeded` for a proof of more than
    ///   ``longestProof`` hashes.
    public init(
        oldSize: UInt64,
        proof: [TreeHash],
        checkpoint: SignedCheckpoint
    ) throws(EvidenceError) {
        guard proof.count <= Self.longestProof else { throw Self.proofTooLong }
        self.oldSize = oldSize
        self.proof = proof
        note = checkpoint.note
        claim = try CheckpointLines(text: note.text)
    }

    /// Reads a request.
    /// - Throws: ``EvidenceError``, naming the line: `malformedRequest` for the lines before the
    ///   checkpoint, `malformedNote` or `malformedCheckpoint` for the rest, `limitExceeded`.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= Self.largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(Self.largestByteCount) bytes")
        }
        guard let blank = Self.firstBlankLine(bytes),
            let lines = StrictText.lines(bytes[...blank]), let first = lines.first
        else { throw Self.malformed(1, "no empty line before the checkpoint") }
        guard first.starts(with: Self.oldWord),
            let size = StrictText.decimal(first.dropFirst(Self.oldWord.count))
        else { throw Self.malformed(1, "is not the old size") }
        oldSize = size
        proof = try Self.hashes(lines.dropFirst())
        note = try SignedNote(bytes: Array(bytes[(blank + 2)...]))
        claim = try CheckpointLines(text: note.text)
    }

    /// The body of the request.
    public var serialized: [UInt8] {
        var bytes = Self.oldWord + Array("\(oldSize)\n".utf8)
        for hash in proof {
            hash.appendBase64(to: &bytes)
            bytes.append(StrictText.newline)
        }
        bytes.append(StrictText.newline)
        return bytes + note.serialized
    }

    private static let oldWord = Array("old ".utf8)
    private static let proofTooLong = EvidenceError(
        .limitExceeded,
        at: "proof",
        "more than \(longestProof) hashes"
    )

    private static func hashes(
        _ lines: ArraySlice<ArraySlice<UInt8>>
    ) throws(EvidenceError) -> [TreeHash] {
        guard lines.count <= longestProof else { throw proofTooLong }
        var hashes: [TreeHash] = []
        for (index, line) in lines.enumerated() {
            guard let hash = TreeHash(base64: String(decoding: line, as: UTF8.self)) else {
                throw malformed(index + 2, "is not the base64 of a 32-byte hash")
            }
            hashes.append(hash)
        }
        return hashes
    }

    /// The place of the newline after which the first empty line stands.
    private static func firstBlankLine(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first {
            bytes[$0] == StrictText.newline && bytes[$0 + 1] == StrictText.newline
        }
    }

    private static func malformed(_ line: Int, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedRequest, at: "line \(line)", detail)
    }
}

import WireFormat

/// The head of a log: who it is, how many entries it has, and the root over them.
///
/// Source: https://c2sp.org/tlog-checkpoint.
public struct Checkpoint: Sendable, Hashable {
    /// Names the log; the name of the key that signs.
    public let origin: String
    public let size: UInt64
    public let root: TreeHash
    /// Lines after the first three: signed, never interpreted, not recommended.
    public let extensionLines: [String]

    /// - Throws: ``EvidenceError`` with code `malformedCheckpoint` for an origin or extension that
    ///   is empty or holds a control character, a size above ``CompactRange/largestSize``, or an
    ///   empty tree with another root than ``TreeHash/emptyTree``.
    public init(
        origin: String,
        size: UInt64,
        root: TreeHash,
        extensionLines: [String] = []
    ) throws(EvidenceError) {
        self.origin = origin
        self.size = size
        self.root = root
        self.extensionLines = extensionLines
        try check()
    }

    /// Reads the text of a note.
    /// - Throws: ``EvidenceError`` with code `malformedCheckpoint`, naming the line.
    public init(text: [UInt8]) throws(EvidenceError) {
        let lines = try CheckpointLines(text: text)
        try self.init(
            origin: lines.origin,
            size: lines.size,
            root: lines.root,
            extensionLines: lines.extensionLines
        )
    }

    /// The lines that are signed.
    public var text: [UInt8] {
        var bytes = Array("\(origin)\n\(size)\n\(root.base64)\n".utf8)
        for line in extensionLines {
            bytes.append(contentsOf: line.utf8)
            bytes.append(StrictText.newline)
        }
        return bytes
    }

    private func check() throws(EvidenceError) {
        try Self.check([origin] + extensionLines)
        guard size <= CompactRange.largestSize else {
            throw Self.malformed("line 2", "a tree larger than \(CompactRange.largestSize)")
        }
        guard size > 0 || root == .emptyTree else {
            throw Self.malformed("line 3", "the root of an empty tree is the SHA-256 of nothing")
        }
    }

    /// The origin, and the lines after the third.
    fileprivate static func check(_ lines: [String]) throws(EvidenceError) {
        for (index, line) in lines.enumerated() {
            guard !line.isEmpty, line.utf8.allSatisfy({ $0 >= 0x20 }) else {
                let place = index == 0 ? 1 : index + 3
                throw malformed("line \(place)", "empty, or holds a control character")
            }
        }
    }

    fileprivate static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedCheckpoint, at: location, detail)
    }
}

/// The lines of a checkpoint, each of its form, before it is asked whether such a tree can be.
struct CheckpointLines: Sendable, Hashable {
    let origin: String
    let size: UInt64
    let root: TreeHash
    let extensionLines: [String]

    /// - Throws: ``EvidenceError`` with code `malformedCheckpoint`, naming the line.
    init(text: [UInt8]) throws(EvidenceError) {
        guard let lines = StrictText.lines(text[...]), lines.count >= 3 else {
            throw Checkpoint.malformed("text", "not three or more lines that end in newlines")
        }
        var decoded: [String] = []
        for (index, line) in lines.enumerated() {
            guard let text = StrictText.text(line) else {
                throw Checkpoint.malformed("line \(index + 1)", "not UTF-8")
            }
            decoded.append(text)
        }
        guard let size = StrictText.decimal(lines[1]) else {
            throw Checkpoint.malformed("line 2", "not a tree size without sign and leading zeros")
        }
        guard let root = TreeHash(base64: decoded[2]) else {
            throw Checkpoint.malformed("line 3", "not the base64 of a 32-byte root")
        }
        origin = decoded[0]
        self.size = size
        self.root = root
        extensionLines = Array(decoded[3...])
        try Checkpoint.check([origin] + extensionLines)
    }
}

/// A checkpoint with the note that carries its signatures: a log's `checkpoint` file.
public struct SignedCheckpoint: Sendable, Hashable {
    public let checkpoint: Checkpoint
    public private(set) var note: SignedNote

    /// Reads the file; signatures are not verified yet.
    /// - Throws: ``EvidenceError``: `malformedNote`, `malformedCheckpoint` or `limitExceeded`.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        note = try SignedNote(bytes: bytes)
        checkpoint = try Checkpoint(text: note.text)
    }

    /// Signs a checkpoint.
    /// - Throws: ``EvidenceError`` with code `malformedCheckpoint` when the signer has another name
    ///   than the origin, `invalidSignature` when the library cannot sign.
    public init(_ checkpoint: Checkpoint, signedBy signer: NoteSigner) throws(EvidenceError) {
        guard signer.name.hasSameBytes(as: checkpoint.origin) else {
            throw EvidenceError(
                .malformedCheckpoint,
                at: "line 1",
                "the origin is not the signing key's name"
            )
        }
        let text = checkpoint.text
        self.checkpoint = checkpoint
        note = try SignedNote(text: text, signatures: [signer.sign(text)])
    }

    /// The file's bytes.
    public var serialized: [UInt8] { note.serialized }

    /// Adds cosignatures below the signatures that are there.
    /// - Throws: ``EvidenceError`` with code `limitExceeded`.
    public mutating func append(_ cosignatures: [NoteSignature]) throws(EvidenceError) {
        try note.append(cosignatures)
    }
}

public import WireFormat

/// A text with the signatures under it.
///
/// The bytes are read strictly and printed as they were read. Until ``verified(by:)`` has
/// returned, the text is anybody's.
/// Source: https://c2sp.org/signed-note.
public struct SignedNote: Sendable, Hashable {
    /// Signatures we look at; the specification demands at least 16, Go's reader stops at 100.
    public static let largestSignatureCount = 100
    /// Bytes of a note: room for 100 post-quantum signatures of 5 kB and a text.
    public static let largestByteCount = 1 << 20

    /// What is signed, with its last newline, without the empty line that follows.
    public let text: [UInt8]
    public private(set) var signatures: [NoteSignature]

    /// The bytes; of a note that was read, those that were read.
    public private(set) var serialized: [UInt8]

    /// A note made here: `text` ends in a newline, and there is at least one signature.
    /// - Throws: ``EvidenceError`` with code `malformedNote`.
    public init(text: [UInt8], signatures: [NoteSignature]) throws(EvidenceError) {
        try self.init(bytes: Self.serialized(text: text, signatures: signatures))
    }

    /// Reads a note.
    /// - Throws: ``EvidenceError`` with code `malformedNote` or `limitExceeded`, naming the line.
    public init(bytes: [UInt8]) throws(EvidenceError) {
        try Self.checkCharacters(bytes)
        guard let blank = Self.lastBlankLine(bytes) else {
            throw EvidenceError(.malformedNote, "no empty line before the signatures")
        }
        text = Array(bytes[...blank])
        guard let lines = StrictText.lines(bytes[(blank + 2)...]) else {
            throw EvidenceError(.malformedNote, "the last line does not end in a newline")
        }
        guard (1...Self.largestSignatureCount).contains(lines.count) else {
            throw EvidenceError(
                lines.isEmpty ? .malformedNote : .limitExceeded,
                at: "signatures",
                "\(lines.count) instead of 1 to \(Self.largestSignatureCount)"
            )
        }
        serialized = bytes
        signatures = []
        for (index, line) in lines.enumerated() {
            signatures.append(try NoteSignature(line: line, location: "signature \(index + 1)"))
        }
    }

    /// Adds signatures, such as those of witnesses, below the ones that are there.
    /// - Throws: ``EvidenceError`` with code `limitExceeded` beyond ``largestSignatureCount``.
    public mutating func append(_ more: [NoteSignature]) throws(EvidenceError) {
        guard signatures.count + more.count <= Self.largestSignatureCount else {
            throw EvidenceError(
                .limitExceeded,
                at: "signatures",
                "more than \(Self.largestSignatureCount)"
            )
        }
        signatures += more
        serialized = Self.serialized(text: text, signatures: signatures)
    }

    /// Verifies the signatures by the keys given and returns those, in the note's order.
    ///
    /// Signatures by other keys are ignored, also when they share a name or an id with a given
    /// key. A signature by a given key that does not verify condemns the whole note.
    /// - Throws: ``EvidenceError``: `invalidSignature` or `malformedCosignature`, naming the key;
    ///   `noKnownSignature` when none of the keys has signed.
    public func verified(by keys: [NoteVerifierKey]) throws(EvidenceError) -> [VerifiedSignature] {
        var verified: [VerifiedSignature] = []
        for signature in signatures {
            for key in keys where key.isSupported && key.isNamed(by: signature) {
                let time = try check(signature, by: key)
                verified.append(VerifiedSignature(key: key, time: time))
            }
        }
        guard !verified.isEmpty else {
            throw EvidenceError(.noKnownSignature, "none of the \(keys.count) keys given signed it")
        }
        return verified
    }

    /// The time of a cosignature; nil for a plain signature.
    private func check(
        _ signature: NoteSignature,
        by key: NoteVerifierKey
    ) throws(EvidenceError) -> Instant? {
        let wrong = EvidenceError(
            .invalidSignature,
            at: key.name,
            "the signature is not by this key over this text"
        )
        guard key.type == .ed25519Cosignature else {
            guard key.isValid(signature.bytes[...], for: text) else { throw wrong }
            return nil
        }
        let cosignature = try Cosignature(signature)
        guard cosignature.isValid(for: text, by: key) else { throw wrong }
        return cosignature.time
    }
}

/// A signature of a note that one of the given keys made.
public struct VerifiedSignature: Sendable, Hashable {
    public let key: NoteVerifierKey
    /// When a cosigner says it signed; nil for a plain signature.
    public let time: Instant?
}

extension SignedNote {
    private static func serialized(text: [UInt8], signatures: [NoteSignature]) -> [UInt8] {
        var bytes = text
        bytes.append(StrictText.newline)
        for signature in signatures { signature.append(to: &bytes) }
        return bytes
    }

    private static func checkCharacters(_ bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count <= largestByteCount else {
            throw EvidenceError(.limitExceeded, "longer than \(largestByteCount) bytes")
        }
        guard StrictText.text(bytes) != nil else {
            throw EvidenceError(.malformedNote, "not UTF-8")
        }
        let control = bytes.firstIndex { $0 < 0x20 && $0 != StrictText.newline }
        guard let control else { return }
        let line = bytes[..<control].count { $0 == StrictText.newline } + 1
        throw EvidenceError(.malformedNote, at: "line \(line)", "holds a control character")
    }

    /// The place of the newline that ends the text, where the last empty line follows it.
    private static func lastBlankLine(_ bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().last {
            bytes[$0] == StrictText.newline && bytes[$0 + 1] == StrictText.newline
        }
    }
}

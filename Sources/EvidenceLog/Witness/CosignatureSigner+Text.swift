import WireFormat

extension CosignatureSigner {
    /// What the text of a signing key begins with.
    private static let textStart = "PRIVATE+KEY+"

    /// A signing key as one line: `PRIVATE+KEY+name+hex(key id)+base64(0x04 || seed)`.
    ///
    /// The form of Go's note package (golang.org/x/mod/sumdb/note, `GenerateKey`), with the type
    /// byte of a cosigner, so that a name and its key cannot come apart. It is the secret itself.
    /// - Throws: ``EvidenceError`` with code `malformedVerifierKey` for a bad name or length.
    public static func signingKey(name: String, seed: [UInt8]) throws(EvidenceError) -> String {
        let key = try CosignatureSigner(name: name, seed: seed).verifierKey
        let type = NoteSignatureType.ed25519Cosignature.rawValue
        return "\(textStart)\(name)+\(key.keyIDHexadecimal)+\(Base64.encode([type] + seed))"
    }

    /// Reads what ``signingKey(name:seed:)`` wrote. Nil for any other text; what is wrong with a
    /// secret is not told.
    public init?(signingKey text: String) {
        guard text.hasPrefix(Self.textStart) else { return nil }
        let parts = text.dropFirst(Self.textStart.count).split(
            separator: "+",
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, let typed = Base64.decode(parts[2]),
            typed.first == NoteSignatureType.ed25519Cosignature.rawValue,
            let signer = try? CosignatureSigner(
                name: String(parts[0]),
                seed: Array(typed.dropFirst())
            ),
            signer.verifierKey.keyIDHexadecimal == parts[1]
        else { return nil }
        self = signer
    }
}

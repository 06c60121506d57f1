import Crypto
import FoundationEssentials
import WireFormat

/// The public half of a key that signs notes, in the text form called *vkey*:
/// `name+hex(key id)+base64(type || key material)`.
///
/// Keys of types we cannot verify are kept as they are, so that a policy may name them; their
/// signatures count as unknown ones.
/// Source: https://c2sp.org/signed-note, "Verifier keys".
public struct NoteVerifierKey: Sendable, Hashable {
    /// The name on the signature line; for a log, the origin of its checkpoints.
    public let name: String
    /// What tells two keys of one name apart. Not a cryptographic commitment.
    public let keyID: UInt32
    public let type: NoteSignatureType
    /// For both Ed25519 types the 32-byte public key.
    public let keyMaterial: [UInt8]

    /// An Ed25519 key of a log (type 01) or of a cosigner (type 04).
    /// - Throws: ``EvidenceError``: `malformedVerifierKey` for a bad name or length,
    ///   `unsupportedKey` for a type that is not Ed25519.
    public init(
        name: String,
        ed25519PublicKey: [UInt8],
        type: NoteSignatureType = .ed25519
    ) throws(EvidenceError) {
        guard type.isEd25519 else {
            throw EvidenceError(.unsupportedKey, at: "type", "\(type) keys are not Ed25519 keys")
        }
        try Self.check(name: name)
        try Self.check(ed25519PublicKey: ed25519PublicKey)
        self.name = name
        self.type = type
        keyMaterial = ed25519PublicKey
        keyID = Self.keyID(name: name, type: type, keyMaterial: ed25519PublicKey)
    }

    /// Reads a vkey. The key id is recomputed for every type whose id is defined over its key
    /// material (01, 04, 06).
    /// - Throws: ``EvidenceError`` with code `malformedVerifierKey`, naming the part.
    public init(vkey: String) throws(EvidenceError) {
        // The base64 may hold plus signs itself, the name and the hex cannot.
        let parts = vkey.utf8.split(
            separator: UInt8(ascii: "+"),
            maxSplits: 2,
            omittingEmptySubsequences: false
        )
        guard parts.count == 3 else {
            throw Self.malformed("vkey", "does not have the form name+id+key")
        }
        let name = String(Substring(parts[0]))
        try Self.check(name: name)
        let hex = String(Substring(parts[1]))
        guard hex.utf8.count == 8, hex == hex.lowercased(), let id = Hexadecimal.decode(hex) else {
            throw Self.malformed("key id", "not 8 hexadecimal digits in lower case")
        }
        guard let typed = Base64.decode(Substring(parts[2])), let first = typed.first else {
            throw Self.malformed("key", "not the base64 of a type byte and a key")
        }
        type = NoteSignatureType(rawValue: first)
        keyMaterial = Array(typed.dropFirst())
        keyID = id.reduce(0) { $0 << 8 | UInt32($1) }
        self.name = name
        if type.isEd25519 { try Self.check(ed25519PublicKey: keyMaterial) }
        let expected = Self.keyID(name: name, type: type, keyMaterial: keyMaterial)
        guard !type.definesKeyID || keyID == expected else {
            throw Self.malformed("key id", "is not the id of this name and key")
        }
    }

    /// The text form; parsing it gives the same key.
    public var vkey: String {
        "\(name)+\(keyIDHexadecimal)+\(Base64.encode([type.rawValue] + keyMaterial))"
    }

    /// Whether this module can verify signatures of the key.
    public var isSupported: Bool { type.isEd25519 }

    /// Whether a signature line claims to be by this key: same name, byte for byte, and same id.
    func isNamed(by signature: NoteSignature) -> Bool {
        keyID == signature.keyID && name.hasSameBytes(as: signature.name)
    }

    /// Plain RFC 8032 verification.
    func isValid(_ signature: ArraySlice<UInt8>, for message: [UInt8]) -> Bool {
        guard type.isEd25519,
            let key = try? Curve25519.Signing.PublicKey(rawRepresentation: keyMaterial)
        else { return false }
        return key.isValidSignature(signature, for: message)
    }

    var keyIDHexadecimal: String {
        Hexadecimal.encode(keyID.bigEndianBytes)
    }

    /// The first four bytes of `SHA256(name || 0x0A || type || key material)`.
    private static func keyID(
        name: String,
        type: NoteSignatureType,
        keyMaterial: [UInt8]
    ) -> UInt32 {
        let hash = TreeHash.plain(
            Array(name.utf8) + [StrictText.newline, type.rawValue] + keyMaterial
        )
        return hash.bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    private static func check(name: String) throws(EvidenceError) {
        guard StrictText.isKeyName(name) else {
            throw malformed("name", "empty, or holds white space or a plus sign")
        }
    }

    private static func check(ed25519PublicKey bytes: [UInt8]) throws(EvidenceError) {
        guard bytes.count == 32,
            (try? Curve25519.Signing.PublicKey(rawRepresentation: bytes)) != nil
        else { throw malformed("key", "not the 32 bytes of an Ed25519 public key") }
    }

    private static func malformed(_ location: String, _ detail: String) -> EvidenceError {
        EvidenceError(.malformedVerifierKey, at: location, detail)
    }
}

extension NoteVerifierKey: CustomStringConvertible {
    public var description: String { vkey }
}

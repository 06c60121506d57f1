/// The signature type byte of a note key: an open list, since other keys may sign beside ours.
///
/// Source: https://c2sp.org/signed-note, "Signature types".
public struct NoteSignatureType: RawRepresentable, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// A signature over the note's text: how a log signs.
    public static let ed25519 = NoteSignatureType(rawValue: 0x01)
    /// ECDSA as used by one witness implementation; its key id is not over the key material.
    public static let ecdsa = NoteSignatureType(rawValue: 0x02)
    /// A timestamped signature over a checkpoint (https://c2sp.org/tlog-cosignature).
    public static let ed25519Cosignature = NoteSignatureType(rawValue: 0x04)
    /// An RFC 6962 tree head signature.
    public static let rfc6962TreeHead = NoteSignatureType(rawValue: 0x05)
    /// A timestamped ML-DSA-44 cosignature; recognised, not verified here.
    public static let mlDSA44Cosignature = NoteSignatureType(rawValue: 0x06)

    var isEd25519: Bool { self == .ed25519 || self == .ed25519Cosignature }

    /// Whether the key may stand on a `witness` line of a policy.
    var isCosignature: Bool { self == .ed25519Cosignature || self == .mlDSA44Cosignature }

    /// Whether the key id is fixed by name, type and key material alone.
    var definesKeyID: Bool { isEd25519 || self == .mlDSA44Cosignature }
}

extension NoteSignatureType: CustomStringConvertible {
    public var description: String {
        switch self {
        case .ed25519: "Ed25519"
        case .ecdsa: "ECDSA"
        case .ed25519Cosignature: "Ed25519 cosignature"
        case .rfc6962TreeHead: "RFC 6962 tree head"
        case .mlDSA44Cosignature: "ML-DSA-44 cosignature"
        default: "type \(rawValue)"
        }
    }
}

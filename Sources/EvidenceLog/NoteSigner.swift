import Crypto
import FoundationEssentials
public import WireFormat

/// An Ed25519 private key with the name it signs notes under.
///
/// Signing is local and deterministic (RFC 8032), so the committer may call it inside a database
/// transaction. Prints its name alone.
/// Source: https://c2sp.org/signed-note, "Ed25519 signatures".
public struct NoteSigner: Sendable {
    /// What others verify with.
    public let verifierKey: NoteVerifierKey
    private let privateKey: Curve25519.Signing.PrivateKey

    /// - Parameters:
    ///   - name: The key's name; for a log, the origin of its checkpoints.
    ///   - seed: The 32 bytes of an RFC 8032 private key.
    /// - Throws: ``EvidenceError`` with code `malformedVerifierKey` for a bad name or length.
    public init(name: String, seed: [UInt8]) throws(EvidenceError) {
        privateKey = try Ed25519.privateKey(seed: seed)
        verifierKey = try NoteVerifierKey(
            name: name,
            ed25519PublicKey: Array(privateKey.publicKey.rawRepresentation)
        )
    }

    public var name: String { verifierKey.name }

    /// Signs `text`, which ends in a newline.
    /// - Throws: ``EvidenceError`` with code `invalidSignature` when the library cannot sign.
    public func sign(_ text: [UInt8]) throws(EvidenceError) -> NoteSignature {
        NoteSignature(
            name: name,
            keyID: verifierKey.keyID,
            bytes: try Ed25519.signature(of: text, by: privateKey)
        )
    }
}

/// An Ed25519 private key that cosigns checkpoints, as a witness does.
///
/// A cosignature says: at that time this was the largest consistent tree of its origin that I
/// had seen. It does not bind the cosigner's name, so one key serves one cosigner.
/// Source: https://c2sp.org/tlog-cosignature, Ed25519 (type 04).
public struct CosignatureSigner: Sendable {
    public let verifierKey: NoteVerifierKey
    private let privateKey: Curve25519.Signing.PrivateKey

    /// - Throws: ``EvidenceError`` with code `malformedVerifierKey` for a bad name or length.
    public init(name: String, seed: [UInt8]) throws(EvidenceError) {
        privateKey = try Ed25519.privateKey(seed: seed)
        verifierKey = try NoteVerifierKey(
            name: name,
            ed25519PublicKey: Array(privateKey.publicKey.rawRepresentation),
            type: .ed25519Cosignature
        )
    }

    /// Cosigns a checkpoint's text, dated to the second.
    /// - Throws: ``EvidenceError``: `malformedCosignature` for a time before 1970,
    ///   `invalidSignature` when the library cannot sign.
    public func cosign(_ text: [UInt8], at time: Instant) throws(EvidenceError) -> NoteSignature {
        let seconds = time.secondsAndMilliseconds.seconds
        guard seconds >= 0 else {
            throw EvidenceError(.malformedCosignature, at: "time", "before 1970")
        }
        let timestamp = UInt64(seconds)
        let message = Cosignature.message(timestamp: timestamp, checkpointText: text)
        let signature = try Ed25519.signature(of: message, by: privateKey)
        return NoteSignature(
            name: verifierKey.name,
            keyID: verifierKey.keyID,
            bytes: timestamp.bigEndianBytes + signature
        )
    }
}

extension NoteSigner: CustomStringConvertible, CustomReflectable {
    public var description: String { "NoteSigner(\(name))" }
    public var customMirror: Mirror { Mirror(self, children: ["name": name]) }
}

extension CosignatureSigner: CustomStringConvertible, CustomReflectable {
    public var description: String { "CosignatureSigner(\(verifierKey.name))" }
    public var customMirror: Mirror { Mirror(self, children: ["name": verifierKey.name]) }
}

/// The two calls into the library that both signers share.
private enum Ed25519 {
    static func privateKey(seed: [UInt8]) throws(EvidenceError) -> Curve25519.Signing.PrivateKey {
        do {
            return try Curve25519.Signing.PrivateKey(rawRepresentation: seed)
        } catch {
            throw EvidenceError(
                .malformedVerifierKey,
                at: "seed",
                "\(seed.count) bytes instead of 32"
            )
        }
    }

    static func signature(
        of message: [UInt8],
        by key: Curve25519.Signing.PrivateKey
    ) throws(EvidenceError) -> [UInt8] {
        do {
            return Array(try key.signature(for: message))
        } catch {
            throw EvidenceError(.invalidSignature, "the signature could not be made")
        }
    }
}

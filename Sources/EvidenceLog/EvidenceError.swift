/// Why a piece of evidence cannot be read, built or accepted, and at which place in it.
///
/// Evidence that does not verify is an answer (``VerificationReport``), not an error; this error
/// is for bytes that are not of their format, for signatures that a note must have, and for
/// arguments that no tree can satisfy. Equality compares code, location and detail.
public struct EvidenceError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The stable words; they may reach a caller's problem document and are never translated.
    public enum Code: String, Sendable, CaseIterable {
        case malformedTilePath = "malformed_tile_path"
        case malformedTile = "malformed_tile"
        case malformedEntryBundle = "malformed_entry_bundle"
        case malformedVerifierKey = "malformed_verifier_key"
        case malformedNote = "malformed_note"
        case malformedCheckpoint = "malformed_checkpoint"
        case malformedCosignature = "malformed_cosignature"
        case malformedProof = "malformed_proof"
        case malformedPolicy = "malformed_policy"
        /// Not of the form in which a log asks a witness.
        case malformedRequest = "malformed_request"
        case malformedLeaf = "malformed_leaf"
        case malformedDisclosure = "malformed_disclosure"
        case malformedBundle = "malformed_bundle"
        case unsupportedKey = "unsupported_key"
        case invalidSignature = "invalid_signature"
        case noKnownSignature = "no_known_signature"
        case indexOutOfRange = "index_out_of_range"
        case missingTile = "missing_tile"
        case wrongRoot = "wrong_root"
        case disclosureNotInLeaf = "disclosure_not_in_leaf"
        case limitExceeded = "limit_exceeded"
        /// An entry is not the one whose hash the tree holds.
        case entryDiffers = "entry_differs"
        /// A tile does not lead to the hash above it.
        case tileDiffers = "tile_differs"
        /// A file's SHA-256 is not the one that was signed or logged for it.
        case fileDiffers = "file_differs"
        case missingFile = "missing_file"
        /// A file that a log of this size, or a bundle of these entries, does not have.
        case unexpectedFile = "unexpected_file"
        case unreadableFile = "unreadable_file"
        case wrongOrigin = "wrong_origin"
        case quorumNotReached = "quorum_not_reached"
        /// An entry's own time lies outside of what the time stamps around it allow.
        case timeOutsideBracket = "time_outside_bracket"
        /// Two signed checkpoints of one log cannot both be true.
        case inconsistentCheckpoints = "inconsistent_checkpoints"
        /// Not the structure of RFC 3161 and RFC 5652.
        case malformedTimeStamp = "malformed_time_stamp"
        case malformedCertificate = "malformed_certificate"
        case malformedRevocationList = "malformed_revocation_list"
        /// Bytes that no DER encoder writes, such as a set out of order.
        case notDER = "not_der"
        case unsupportedAlgorithm = "unsupported_algorithm"
        /// The authority refused, or granted something else than what was asked.
        case timeStampNotGranted = "time_stamp_not_granted"
        case wrongImprint = "wrong_imprint"
        case wrongNonce = "wrong_nonce"
        case wrongTimeStampPolicy = "wrong_time_stamp_policy"
        case accuracyUnknown = "accuracy_unknown"
        case accuracyTooLow = "accuracy_too_low"
        /// A stamp's time is far from when it was made.
        case implausibleTime = "implausible_time"
        case missingCertificate = "missing_certificate"
        /// The certificate is not the one under the signature.
        case wrongSigner = "wrong_signer"
        case wrongKeyUsage = "wrong_key_usage"
        /// Not valid at the time of the stamp.
        case expiredCertificate = "expired_certificate"
        case untrustedChain = "untrusted_chain"
        case revokedCertificate = "revoked_certificate"
        /// Revocation lists were given, and none settles the matter.
        case revocationUnknown = "revocation_unknown"
    }

    public let code: Code
    /// The line, field or file; empty when the whole is meant.
    public let location: String
    /// What is wrong there, and what would be right. Never holds a field's value.
    public let detail: String

    public init(_ code: Code, at location: String = "", _ detail: String) {
        self.code = code
        self.location = location
        self.detail = detail
    }

    public var description: String {
        let subject = code.rawValue.split(separator: "_").joined(separator: " ")
        return location.isEmpty ? "\(subject): \(detail)" : "\(subject), \(location): \(detail)"
    }
}

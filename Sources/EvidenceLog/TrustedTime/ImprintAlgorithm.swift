import Crypto
import SwiftASN1

/// A hash that a time stamp may be made over, or a signer may sign.
///
/// SHA-1 and shorter ones are refused: a stamp has to hold for decades.
public enum ImprintAlgorithm: String, Sendable, Hashable, CaseIterable {
    case sha256
    case sha384
    case sha512

    /// The hash of `bytes`: 32, 48 or 64 bytes.
    public func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let bytes = Array(bytes)
        return switch self {
        case .sha256: Array(SHA256.hash(data: bytes))
        case .sha384: Array(SHA384.hash(data: bytes))
        case .sha512: Array(SHA512.hash(data: bytes))
        }
    }

    /// Source: RFC 5754 §2.
    var identifier: ASN1ObjectIdentifier {
        switch self {
        case .sha256: [2, 16, 840, 1, 101, 3, 4, 2, 1]
        case .sha384: [2, 16, 840, 1, 101, 3, 4, 2, 2]
        case .sha512: [2, 16, 840, 1, 101, 3, 4, 2, 3]
        }
    }

    /// - Throws: ``EvidenceError`` with code `unsupportedAlgorithm` for any other hash, and for one
    ///   with parameters.
    init(_ reference: AlgorithmReference, at location: String) throws(EvidenceError) {
        guard reference.parameters != .present,
            let known = Self.allCases.first(where: { $0.identifier == reference.identifier })
        else {
            throw EvidenceError(
                .unsupportedAlgorithm,
                at: location,
                "the hash \(reference.identifier) is none of SHA-256, SHA-384 and SHA-512"
            )
        }
        self = known
    }
}

/// `AlgorithmIdentifier` of RFC 5280 §4.1.1.2.
struct AlgorithmReference: DERParseable, Hashable {
    enum Parameters: Hashable {
        case absent
        case null
        /// Parameters that say something.
        case present
    }

    let identifier: ASN1ObjectIdentifier
    let parameters: Parameters

    init(derEncoded node: ASN1Node) throws {
        (identifier, parameters) = try DER.sequence(node, identifier: .sequence) { nodes in
            let identifier = try ASN1ObjectIdentifier(derEncoded: &nodes)
            guard let node = nodes.next() else { return (identifier, .absent) }
            guard node.identifier == .null else { return (identifier, .present) }
            _ = try ASN1Null(derEncoded: node)
            return (identifier, .null)
        }
    }
}

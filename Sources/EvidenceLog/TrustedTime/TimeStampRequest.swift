import SwiftASN1

/// A question to a stamping authority: "this hash, at what time?"
///
/// Always asks for the signer's certificate and carries a nonce, so that an old answer cannot be
/// played back. The bytes themselves stay here.
/// Source: RFC 3161 §2.4.1; sent as `application/timestamp-query` (§3.4).
public struct TimeStampRequest: Sendable, Hashable {
    public static let contentType = "application/timestamp-query"
    public static let answerContentType = "application/timestamp-reply"

    public let imprintAlgorithm: ImprintAlgorithm
    public let imprint: [UInt8]
    public let nonce: UInt64
    /// DER of `TimeStampReq`.
    public let der: [UInt8]

    /// - Parameters:
    ///   - bytes: What is stamped; only its hash leaves the house.
    ///   - nonce: Random.
    ///   - policy: The wanted policy as a dotted object identifier; nil leaves it to the authority.
    /// - Throws: ``EvidenceError`` with code `malformedTimeStamp` for a policy that is no object
    ///   identifier.
    public init(
        over bytes: [UInt8],
        algorithm: ImprintAlgorithm = .sha256,
        nonce: UInt64,
        policy: String? = nil
    ) throws(EvidenceError) {
        imprintAlgorithm = algorithm
        imprint = algorithm.digest(of: bytes)
        self.nonce = nonce
        var wanted: ASN1ObjectIdentifier?
        if let policy { wanted = try Self.identifier(policy) }
        der = try Self.encoded(algorithm, imprint, nonce: nonce, policy: wanted)
    }

    /// Reads a dotted object identifier.
    /// - Throws: ``EvidenceError`` with code `malformedTimeStamp`.
    static func identifier(_ text: String) throws(EvidenceError) -> ASN1ObjectIdentifier {
        let components = text.split(separator: ".", omittingEmptySubsequences: false)
        let numbers = components.compactMap { component in
            component.utf8.allSatisfy { (0x30...0x39).contains($0) } ? UInt32(component) : nil
        }
        // The first two share a byte: at most 2, and below 40 under 0 and 1 (X.690 §8.19).
        guard numbers.count == components.count, numbers.count >= 2, numbers[0] <= 2,
            numbers[0] == 2 || numbers[1] < 40,
            let identifier = try? ASN1ObjectIdentifier(elements: numbers.map(UInt.init))
        else {
            throw EvidenceError(
                .malformedTimeStamp,
                at: "policy",
                "not an object identifier such as 1.2.3.4.1"
            )
        }
        return identifier
    }

    private static func encoded(
        _ algorithm: ImprintAlgorithm,
        _ imprint: [UInt8],
        nonce: UInt64,
        policy: ASN1ObjectIdentifier?
    ) throws(EvidenceError) -> [UInt8] {
        try EncodedPart("TimeStampReq").read {
            var coder = DER.Serializer()
            try coder.appendConstructedNode(identifier: .sequence) { request in
                try request.serialize(1)
                try request.appendConstructedNode(identifier: .sequence) { messageImprint in
                    try messageImprint.appendConstructedNode(identifier: .sequence) { reference in
                        try reference.serialize(algorithm.identifier)
                        try reference.serialize(ASN1Null())
                    }
                    try messageImprint.serialize(ASN1OctetString(contentBytes: imprint[...]))
                }
                if let policy { try request.serialize(policy) }
                try request.serialize(nonce)
                try request.serialize(true)
            }
            return coder.serializedBytes
        }
    }
}

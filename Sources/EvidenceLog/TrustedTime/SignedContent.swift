import SwiftASN1

/// The CMS envelope of a time stamp token: the stamped content, the certificates that came with
/// it, and its one signer.
///
/// Everything is DER but for the order of the certificates: openssl 3.0 with a `certs` file and
/// some public authorities write that SET in the order of their files. Nothing signed depends on
/// it, so it is the authority's affair; the token is kept as it came. The signed attributes, the
/// set of digest algorithms and the set of signers have to be ordered.
/// Source: RFC 5652 §5.
struct SignedContent: Hashable {
    /// The content, DER of `TSTInfo`.
    let content: ArraySlice<UInt8>
    /// DER of each X.509 certificate in the token, in the token's order.
    let certificates: [ArraySlice<UInt8>]
    let signer: SignerStatement

    static let signedData: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 7, 2]
    /// `id-ct-TSTInfo`.
    static let timeStampInfo: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 16, 1, 4]

    /// The version of `SignedData` for a content that is not plain data.
    private static let version = 3

    /// - Throws: ``EvidenceError``: `notDER` or `malformedTimeStamp`.
    init(der: [UInt8]) throws(EvidenceError) {
        let part = EncodedPart("SignedData")
        let fields = try part.read { try Fields(contentInfo: DER.parse(der)) }
        guard fields.version == Self.version else {
            throw part.malformed("version \(fields.version) instead of \(Self.version)")
        }
        guard fields.contentType == Self.timeStampInfo else {
            throw part.malformed("the content is not a time stamp (id-ct-TSTInfo)")
        }
        guard fields.signers.count == 1 else {
            throw part.malformed("\(fields.signers.count) signers instead of one")
        }
        content = fields.content
        certificates = try Self.certificates(fields.certificates)
        signer = try SignerStatement(node: fields.signers[0])
        guard fields.digestAlgorithms == [signer.digestAlgorithm] else {
            throw part.malformed("digest algorithms other than the signer's one")
        }
    }

    private static func certificates(
        _ nodes: [ASN1Node]
    ) throws(EvidenceError)
        -> [ArraySlice<UInt8>]
    {
        guard nodes.allSatisfy({ $0.identifier == .sequence }) else {
            throw EncodedPart("certificates").malformed("holds something that is not X.509")
        }
        return nodes.map(\.encodedBytes)
    }

    private struct Fields {
        var version = 0
        var digestAlgorithms: [AlgorithmReference] = []
        var contentType: ASN1ObjectIdentifier
        var content: ArraySlice<UInt8>
        var certificates: [ASN1Node] = []
        var signers: [ASN1Node] = []

        /// `ContentInfo` around `SignedData`.
        init(contentInfo node: ASN1Node) throws {
            self = try DER.sequence(node, identifier: .sequence) { nodes in
                let type = try ASN1ObjectIdentifier(derEncoded: &nodes)
                guard type == signedData, let wrapped = nodes.next() else {
                    throw EncodedPart("ContentInfo").malformed("not signed data (id-signedData)")
                }
                let data = try EncodedPart.only(in: wrapped, identifier: .tag(0))
                return try DER.sequence(data, identifier: .sequence) { try Self(&$0) }
            }
        }

        private init(_ nodes: inout ASN1NodeCollection.Iterator) throws {
            version = try Int(derEncoded: &nodes)
            digestAlgorithms = try DER.set(identifier: .set, nodes: &nodes)
            guard let encapsulated = nodes.next() else {
                throw ASN1Error.unexpectedFieldType(.sequence)
            }
            (contentType, content) = try Self.encapsulated(encapsulated)
            let certificates = try DER.optionalImplicitlyTagged(
                &nodes,
                tagNumber: 0,
                tagClass: .contextSpecific
            ) { try EncodedPart.elements(of: $0, identifier: .tag(0)) }
            self.certificates = certificates ?? []
            // Revocation lists that came along are not read: those that count were fetched by us.
            _ = DER.optionalImplicitlyTagged(
                &nodes,
                tagNumber: 1,
                tagClass: .contextSpecific
            ) { $0 }
            signers = try DER.set(of: EncodedElement.self, identifier: .set, nodes: &nodes)
                .map(\.node)
        }

        private static func encapsulated(
            _ node: ASN1Node
        ) throws -> (ASN1ObjectIdentifier, ArraySlice<UInt8>) {
            try DER.sequence(node, identifier: .sequence) { nodes in
                let type = try ASN1ObjectIdentifier(derEncoded: &nodes)
                guard let wrapped = nodes.next() else {
                    throw EncodedPart("encapContentInfo").malformed("the content is not there")
                }
                let inner = try EncodedPart.only(in: wrapped, identifier: .tag(0))
                return (type, try ASN1OctetString(derEncoded: inner).bytes)
            }
        }
    }
}

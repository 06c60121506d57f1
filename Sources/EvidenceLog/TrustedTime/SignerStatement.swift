import SwiftASN1
import X509

/// What the signer of a token says about itself and about what it signed (`SignerInfo`).
/// Source: RFC 5652 §5.3, RFC 5035 §4 and §5.
struct SignerStatement: Hashable {
    /// How the signer's certificate is named.
    enum Name: Hashable {
        case issuerAndSerialNumber(DistinguishedName, serialNumber: [UInt8])
        case subjectKeyIdentifier([UInt8])
    }

    /// A hash over the signer's whole certificate, under the signature.
    enum CertificateHash: Hashable {
        case sha1([UInt8])
        case strong(ImprintAlgorithm, [UInt8])
    }

    let name: Name
    let digestAlgorithm: AlgorithmReference
    let attributes: SignedAttributes
    let signatureAlgorithm: AlgorithmReference
    let signature: [UInt8]

    /// - Throws: ``EvidenceError``: `notDER`, `malformedTimeStamp` or `unsupportedAlgorithm`.
    init(node: ASN1Node) throws(EvidenceError) {
        let part = EncodedPart("SignerInfo")
        let fields = try part.read { try Fields(derEncoded: node) }
        let version =
            switch fields.name {
            case .issuerAndSerialNumber: 1
            case .subjectKeyIdentifier: 3
            }
        guard fields.version == version else {
            throw part.malformed("version \(fields.version) for a signer named as with \(version)")
        }
        guard let attributes = fields.attributes else {
            throw part.malformed("no signed attributes")
        }
        name = fields.name
        digestAlgorithm = fields.digestAlgorithm
        self.attributes = try SignedAttributes(node: attributes)
        signatureAlgorithm = fields.signatureAlgorithm
        signature = fields.signature
    }

    private struct Fields: DERParseable {
        var version: Int
        var name: Name
        var digestAlgorithm: AlgorithmReference
        var attributes: ASN1Node?
        var signatureAlgorithm: AlgorithmReference
        var signature: [UInt8]

        init(derEncoded node: ASN1Node) throws {
            self = try DER.sequence(node, identifier: .sequence) { try Self(&$0) }
        }

        private init(_ nodes: inout ASN1NodeCollection.Iterator) throws {
            version = try Int(derEncoded: &nodes)
            guard let signer = nodes.next() else { throw ASN1Error.unexpectedFieldType(.sequence) }
            name = try Self.name(signer)
            digestAlgorithm = try AlgorithmReference(derEncoded: &nodes)
            attributes = DER.optionalImplicitlyTagged(
                &nodes,
                tagNumber: 0,
                tagClass: .contextSpecific
            ) { $0 }
            signatureAlgorithm = try AlgorithmReference(derEncoded: &nodes)
            signature = Array(try ASN1OctetString(derEncoded: &nodes).bytes)
            // Unsigned attributes say nothing that anybody vouches for.
            _ = try DER.optionalImplicitlyTagged(
                &nodes,
                tagNumber: 1,
                tagClass: .contextSpecific
            ) { try DER.set(of: EncodedElement.self, identifier: .tag(1), rootNode: $0) }
        }

        private static func name(_ node: ASN1Node) throws -> Name {
            if node.identifier == .tag(0) {
                let bytes = try ASN1OctetString(derEncoded: node, withIdentifier: .tag(0)).bytes
                return .subjectKeyIdentifier(Array(bytes))
            }
            return try DER.sequence(node, identifier: .sequence) { nodes in
                guard let node = nodes.next() else {
                    throw ASN1Error.unexpectedFieldType(.sequence)
                }
                let issuer = try DistinguishedName(derEncoded: node)
                let serialNumber = try ArraySlice<UInt8>(derEncoded: &nodes)
                return .issuerAndSerialNumber(issuer, serialNumber: Array(serialNumber))
            }
        }
    }
}

/// The attributes under the signature, of which four matter here.
struct SignedAttributes: Hashable {
    /// The bytes that are signed: the attributes as a SET OF.
    let signedBytes: [UInt8]
    let contentType: ASN1ObjectIdentifier
    let messageDigest: [UInt8]
    /// From `SigningCertificate` and `SigningCertificateV2`; at least one.
    let certificateHashes: [SignerStatement.CertificateHash]

    private static let contentTypeAttribute: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 3]
    private static let messageDigestAttribute: ASN1ObjectIdentifier = [1, 2, 840, 113_549, 1, 9, 4]
    private static let signingCertificate: ASN1ObjectIdentifier = [
        1, 2, 840, 113_549, 1, 9, 16, 2, 12,
    ]
    private static let signingCertificateV2: ASN1ObjectIdentifier = [
        1, 2, 840, 113_549, 1, 9, 16, 2, 47,
    ]

    /// - Throws: ``EvidenceError``: `notDER`, also for attributes out of order;
    ///   `malformedTimeStamp` for a missing, repeated or many-valued attribute.
    init(node: ASN1Node) throws(EvidenceError) {
        let part = EncodedPart("signedAttrs")
        let attributes: [Attribute] = try part.read {
            try DER.set(identifier: .tag(0), rootNode: node)
        }
        guard Set(attributes.map(\.type)).count == attributes.count else {
            throw part.malformed("an attribute occurs twice")
        }
        let values = Dictionary(uniqueKeysWithValues: attributes.map { ($0.type, $0.value) })
        guard let type = values[Self.contentTypeAttribute],
            let digest = values[Self.messageDigestAttribute]
        else { throw part.malformed("no content type or no message digest") }
        contentType = try part.read { try ASN1ObjectIdentifier(derEncoded: type) }
        messageDigest = try part.read { Array(try ASN1OctetString(derEncoded: digest).bytes) }
        var hashes: [SignerStatement.CertificateHash] = []
        if let value = values[Self.signingCertificate] {
            hashes.append(try part.read { try Self.hash(value, Self.firstVersion) })
        }
        if let value = values[Self.signingCertificateV2] {
            hashes.append(try part.read { try Self.hash(value, Self.secondVersion) })
        }
        guard !hashes.isEmpty else {
            throw part.malformed("no SigningCertificate names the signer's certificate")
        }
        certificateHashes = hashes
        // RFC 5652 §5.4: signed with the tag of a SET OF, not with [0].
        signedBytes = [0x31] + node.encodedBytes.dropFirst()
    }

    /// The first of the named certificates, which is the signer's.
    private static func hash(
        _ node: ASN1Node,
        _ read: (inout ASN1NodeCollection.Iterator) throws -> SignerStatement.CertificateHash
    ) throws -> SignerStatement.CertificateHash {
        try DER.sequence(node, identifier: .sequence) { nodes in
            guard let list = nodes.next() else { throw ASN1Error.unexpectedFieldType(.sequence) }
            let references = try EncodedPart.elements(of: list, identifier: .sequence)
            guard let first = references.first else {
                throw ASN1Error.unexpectedFieldType(.sequence)
            }
            // Policies of the certificate, which say nothing about its identity.
            _ = nodes.next()
            return try DER.sequence(first, identifier: .sequence) { fields in
                let hash = try read(&fields)
                // Issuer and serial number: the hash covers them.
                _ = fields.next()
                return hash
            }
        }
    }

    private static func firstVersion(
        _ fields: inout ASN1NodeCollection.Iterator
    ) throws -> SignerStatement.CertificateHash {
        .sha1(Array(try ASN1OctetString(derEncoded: &fields).bytes))
    }

    private static func secondVersion(
        _ fields: inout ASN1NodeCollection.Iterator
    ) throws -> SignerStatement.CertificateHash {
        var algorithm = ImprintAlgorithm.sha256
        var rest = fields
        if rest.next()?.identifier == .sequence {
            let reference = try AlgorithmReference(derEncoded: &fields)
            algorithm = try ImprintAlgorithm(reference, at: "SigningCertificateV2")
        }
        return .strong(algorithm, Array(try ASN1OctetString(derEncoded: &fields).bytes))
    }

    private struct Attribute: DERParseable {
        var type: ASN1ObjectIdentifier
        var value: ASN1Node

        init(derEncoded node: ASN1Node) throws {
            (type, value) = try DER.sequence(node, identifier: .sequence) { nodes in
                let type = try ASN1ObjectIdentifier(derEncoded: &nodes)
                let values = try DER.set(
                    of: EncodedElement.self,
                    identifier: .set,
                    nodes: &nodes
                )
                guard values.count == 1 else { throw ASN1Error.unexpectedFieldType(.set) }
                return (type, values[0].node)
            }
        }
    }
}

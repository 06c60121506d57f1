import Crypto
import SwiftASN1
import X509

/// Whether the one signer of a token is who its signature says, and signed this content.
struct SignerCheck {
    let statement: SignerStatement

    /// Finds the signer's certificate by the name in the token and by the hash under the
    /// signature, and checks that it may stamp.
    ///
    /// - Throws: ``EvidenceError``: `missingCertificate`, `wrongSigner` for one whose hash is not
    ///   the signed one, `wrongKeyUsage` for one whose only critical use is not time stamping.
    func certificate(among pool: [Certificate]) throws(EvidenceError) -> Certificate {
        let named = pool.filter(isNamed)
        guard !named.isEmpty else {
            throw EvidenceError(
                .missingCertificate,
                at: "certificates",
                "the signer's certificate is neither in the token nor given"
            )
        }
        guard let signer = named.first(where: hasSignedHash) else {
            throw EvidenceError(
                .wrongSigner,
                at: "SigningCertificate",
                "the hash under the signature is of another certificate"
            )
        }
        try checkUse(of: signer)
        return signer
    }

    /// Checks the digest of the content and the signature over the attributes.
    ///
    /// - Throws: ``EvidenceError``: `unsupportedAlgorithm`, `invalidSignature` or
    ///   `malformedTimeStamp`.
    func check(
        content: ArraySlice<UInt8>,
        signedBy signer: Certificate
    ) throws(EvidenceError) {
        let digest = try ImprintAlgorithm(statement.digestAlgorithm, at: "digestAlgorithm")
        guard statement.attributes.contentType == SignedContent.timeStampInfo else {
            throw EncodedPart("signedAttrs").malformed("the content type is not a time stamp")
        }
        guard statement.attributes.messageDigest == digest.digest(of: content) else {
            throw EvidenceError(
                .invalidSignature,
                at: "messageDigest",
                "is the hash of another content"
            )
        }
        let scheme = SignatureScheme(statement.signatureAlgorithm)?.completed(by: digest)
        guard let algorithm = scheme?.certificateAlgorithm else {
            throw EvidenceError(
                .unsupportedAlgorithm,
                at: "signatureAlgorithm",
                "\(statement.signatureAlgorithm.identifier) is neither RSA (PKCS #1 v1.5) nor "
                    + "ECDSA with the signer's SHA-2 hash"
            )
        }
        let isValid = signer.publicKey.isValidSignature(
            statement.signature,
            for: statement.attributes.signedBytes,
            signatureAlgorithm: algorithm
        )
        guard isValid else {
            throw EvidenceError(.invalidSignature, at: "signature", "is not of the signer's key")
        }
    }

    private func isNamed(_ certificate: Certificate) -> Bool {
        switch statement.name {
        case .issuerAndSerialNumber(let issuer, let serialNumber):
            certificate.issuer == issuer
                && Array(certificate.serialNumber.bytes) == serialNumber
        case .subjectKeyIdentifier(let identifier):
            (try? certificate.extensions.subjectKeyIdentifier)
                .map { Array($0.keyIdentifier) == identifier } ?? false
        }
    }

    private func hasSignedHash(_ certificate: Certificate) -> Bool {
        let bytes = certificate.derBytes
        return statement.attributes.certificateHashes.allSatisfy { hash in
            switch hash {
            case .sha1(let expected): Array(Insecure.SHA1.hash(data: bytes)) == expected
            case .strong(let algorithm, let expected): algorithm.digest(of: bytes) == expected
            }
        }
    }

    /// RFC 3161 §2.3: the key has one extended use, time stamping, and the extension is critical.
    private func checkUse(of signer: Certificate) throws(EvidenceError) {
        let use = signer.extensions[oid: .X509ExtensionID.extendedKeyUsage]
        guard let use, use.critical,
            let uses = try? signer.extensions.extendedKeyUsage.map(Array.init),
            uses == [.timeStamping]
        else {
            throw EvidenceError(
                .wrongKeyUsage,
                at: "extendedKeyUsage",
                "the signer's key is not for time stamping alone, as a critical extension"
            )
        }
        guard signer.allows({ $0.digitalSignature || $0.nonRepudiation }) else {
            throw EvidenceError(
                .wrongKeyUsage,
                at: "keyUsage",
                "the signer's key is not for signatures"
            )
        }
    }
}

extension Certificate {
    /// The bytes that are hashed and kept.
    var derBytes: [UInt8] {
        var coder = DER.Serializer()
        // A certificate keeps its encoded parts: writing them cannot fail.
        try? coder.serialize(self)
        return coder.serializedBytes
    }

    private static let distributionPoints: ASN1ObjectIdentifier = [2, 5, 29, 31]

    /// `http` and `https` addresses of the issuer's complete revocation list (RFC 5280 §4.2.1.13).
    var revocationListAddresses: [String] {
        guard let field = extensions[oid: Self.distributionPoints],
            let list = try? DER.parse(field.value),
            let points = try? EncodedPart.elements(of: list, identifier: .sequence)
        else { return [] }
        return points.flatMap { (try? Self.addresses(ofPoint: $0)) ?? [] }
    }

    /// Points for some reasons alone, or of another issuer, are passed over.
    private static func addresses(ofPoint node: ASN1Node) throws -> [String] {
        let fields = try EncodedPart.elements(of: node, identifier: .sequence)
        guard fields.count == 1, fields[0].identifier == .tag(0) else { return [] }
        let name = try EncodedPart.only(in: fields[0], identifier: .tag(0))
        guard name.identifier == .tag(0) else { return [] }
        return try EncodedPart.elements(of: name, identifier: .tag(0)).compactMap { node in
            guard case .uniformResourceIdentifier(let address) = try GeneralName(derEncoded: node),
                address.hasPrefix("http://") || address.hasPrefix("https://")
            else { return nil }
            return address
        }
    }
}

import FoundationEssentials
import SwiftASN1
import WireFormat
@_spi(FixedExpiryValidationTime) import X509

/// Whether a signer chains to a trusted root, with every certificate valid at one moment.
struct ChainCheck {
    let roots: [Certificate]
    /// The time of the stamp.
    let time: Instant

    /// - Returns: The certificates from the signer's to the root.
    /// - Throws: ``EvidenceError``: `expiredCertificate` when a chain exists, but not at that time;
    ///   `untrustedChain` for none.
    func chain(
        from signer: Certificate,
        through pool: [Certificate]
    ) async throws(EvidenceError) -> [Certificate] {
        guard signer.isValid(at: time) else { throw expired("the signer's certificate") }
        var verifier = Verifier(rootCertificates: CertificateStore(roots)) {
            RFC5280Policy(fixedExpiryValidationTime: time.date)
            StampingChainPolicy()
        }
        let result = await verifier.validate(
            leaf: signer,
            intermediates: CertificateStore(pool)
        )
        switch result {
        case .validCertificate(let chain): return Array(chain)
        case .couldNotValidate(let failures):
            let isExpired = failures.contains { failure in
                !failure.chain.allSatisfy { $0.isValid(at: time) }
            }
            guard !isExpired else { throw expired("a certificate between signer and root") }
            throw EvidenceError(
                .untrustedChain,
                at: "certificates",
                "the signer does not chain to a trusted root"
            )
        }
    }

    private func expired(_ subject: String) -> EvidenceError {
        EvidenceError(
            .expiredCertificate,
            at: "certificates",
            "\(subject) was not valid at \(time.rfc3339)"
        )
    }
}

/// What RFC 5280's path validation leaves to its user.
private struct StampingChainPolicy: VerifierPolicy {
    let verifyingCriticalExtensions: [ASN1ObjectIdentifier] = [.X509ExtensionID.extendedKeyUsage]

    func chainMeetsPolicyRequirements(
        chain: UnverifiedCertificateChain
    ) async -> PolicyEvaluationResult {
        // The root's own signature proves nothing and is not looked at.
        for certificate in chain.dropLast()
        where certificate.signatureAlgorithm == .sha1WithRSAEncryption {
            return .failsToMeetPolicy(reason: "a certificate is signed with SHA-1")
        }
        for issuer in chain.dropFirst() {
            guard issuer.allows({ $0.keyCertSign }) else {
                return .failsToMeetPolicy(reason: "an issuer's key is not for certificates")
            }
            guard Self.mayIssueStampers(issuer) else {
                return .failsToMeetPolicy(reason: "an issuer is not for time stamping")
            }
        }
        return .meetsPolicy
    }

    private static func mayIssueStampers(_ issuer: Certificate) -> Bool {
        guard issuer.extensions[oid: .X509ExtensionID.extendedKeyUsage] != nil else { return true }
        guard let uses = try? issuer.extensions.extendedKeyUsage else { return false }
        return uses.contains(.timeStamping) || uses.contains(.any)
    }
}

extension Certificate {
    /// Whether the moment lies between the certificate's first and last second.
    func isValid(at time: Instant) -> Bool {
        notValidBefore <= time.date && time.date <= notValidAfter
    }
}

extension Instant {
    var date: Date { Date(timeIntervalSince1970: Double(millisecondsSinceEpoch) / 1000) }

    init(_ date: Date) {
        self.init(
            millisecondsSinceEpoch: Int64((date.timeIntervalSince1970 * 1000).rounded(.down))
        )
    }
}

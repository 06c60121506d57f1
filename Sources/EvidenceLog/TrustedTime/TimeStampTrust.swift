import SwiftASN1
public import WireFormat
import X509

/// Which stamping authorities are believed, and how exact they have to be.
///
/// ```swift
/// let trust = try TimeStampTrust(roots: pem)
/// let stamp = try await trust.verify(TimeStampToken(der: bytes), over: checkpointFile)
/// ```
///
/// Source: RFC 3161 §2.2 and §2.3, RFC 5280 §6.
public struct TimeStampTrust: Sendable {
    /// Stamping every few minutes gains nothing from an authority that is less exact. ETSI EN 319
    /// 421 asks for a second of those it qualifies; openssl's example configuration says 1.5 s.
    public static let largestAccuracyByDefault = Duration.seconds(5)
    /// What a stamp whose authority says nothing counts as in a bundle: far more than any
    /// authority's published policy allows (RFC 3628 and ETSI EN 319 421 ask for a second).
    public static let accuracyOfTheSilent = Duration.seconds(60)

    /// Policies as dotted object identifiers; empty accepts all of an authority's.
    public let acceptedPolicies: Set<String>
    /// Nil: any. A bracket is then as wide as its stamps are inexact.
    public let largestAccuracy: Duration?
    /// What a token without an accuracy counts as. Nil refuses it: RFC 3161 then says nothing
    /// about how far the time is off. An authority may promise a value in its published policy.
    public let accuracyWhenUnstated: Duration?
    /// Certificates that name themselves as their issuer.
    let roots: [Certificate]
    /// What else was given: it links a signer to a root, and is trusted for nothing.
    let links: [Certificate]

    /// - Parameter roots: PEM of the trusted root certificates, at least one. A certificate of
    ///   another issuer is no root, as OpenSSL has it: it only helps to find the way to one.
    /// - Throws: ``EvidenceError``: `malformedCertificate` or `limitExceeded`.
    public init(
        roots: String,
        acceptedPolicies: Set<String> = [],
        largestAccuracy: Duration? = Self.largestAccuracyByDefault,
        accuracyWhenUnstated: Duration? = nil
    ) throws(EvidenceError) {
        var certificates: [Certificate] = []
        for (index, der) in try PEMText.blocks(PEMText.certificate, in: roots).enumerated() {
            guard let certificate = try? Certificate(derEncoded: der) else {
                throw EvidenceError(
                    .malformedCertificate,
                    at: "certificate \(index + 1)",
                    "not an X.509 certificate with a key that is understood here"
                )
            }
            certificates.append(certificate)
        }
        guard !certificates.isEmpty else {
            throw EvidenceError(.malformedCertificate, "no -----BEGIN CERTIFICATE-----")
        }
        self.roots = certificates.filter { $0.issuer == $0.subject }
        links = certificates.filter { $0.issuer != $0.subject }
        guard !self.roots.isEmpty else {
            throw EvidenceError(
                .malformedCertificate,
                "no root: each certificate names another as its issuer"
            )
        }
        self.acceptedPolicies = acceptedPolicies
        self.largestAccuracy = largestAccuracy
        self.accuracyWhenUnstated = accuracyWhenUnstated
    }

    /// Trust for the stamps of a bundle, which nobody's configuration judges: every stated accuracy
    /// counts as it is, an unstated one as a fixed one.
    ///
    /// Source: docs/evidence-bundle.md, "Accuracy".
    /// - Throws: ``EvidenceError``: `malformedCertificate` or `limitExceeded`.
    public static func ofBundles(roots: String) throws(EvidenceError) -> TimeStampTrust {
        try TimeStampTrust(
            roots: roots,
            largestAccuracy: nil,
            accuracyWhenUnstated: accuracyOfTheSilent
        )
    }

    /// Verifies a token wholly, offline. Validity of certificates is judged at the stamp's own
    /// time, so that a token still holds when its signer's certificate has long run out.
    ///
    /// - Parameters:
    ///   - bytes: What was stamped.
    ///   - certificates: DER of further certificates that may link the signer to a root.
    ///   - revocationLists: DER of lists. With any at all, one has to cover the signer.
    ///   - nonce: Of the request, while it is held.
    ///   - window: Between which times the stamp was made, as far as our own clock knows.
    /// - Throws: ``EvidenceError`` with one code for each cause: `wrongImprint`, `wrongNonce`,
    ///   `wrongTimeStampPolicy`, `accuracyUnknown`, `accuracyTooLow`, `implausibleTime`,
    ///   `missingCertificate`, `wrongSigner`, `wrongKeyUsage`, `unsupportedAlgorithm`,
    ///   `invalidSignature`, `expiredCertificate`, `untrustedChain`, `malformedRevocationList`,
    ///   `revokedCertificate`, `revocationUnknown`.
    public func verify(
        _ token: TimeStampToken,
        over bytes: [UInt8],
        certificates: [[UInt8]] = [],
        revocationLists: [[UInt8]] = [],
        nonce: UInt64? = nil,
        within window: ClosedRange<Instant>? = nil
    ) async throws(EvidenceError) -> VerifiedTimeStamp {
        let accuracy = try checkContent(token.info, bytes: bytes, nonce: nonce, within: window)
        let known = token.signed.certificates.map(Array.init) + certificates
        let pool = known.compactMap { try? Certificate(derEncoded: $0) }
        let signer = try SignerCheck(statement: token.signed.signer).certificate(among: pool)
        try SignerCheck(statement: token.signed.signer)
            .check(content: token.signed.content, signedBy: signer)
        let chain = try await ChainCheck(roots: roots, time: token.info.genTime)
            .chain(from: signer, through: pool + links)
        let revocation = try RevocationCheck(chain: chain, time: token.info.genTime)
            .check(revocationLists, latest: window?.upperBound)
        return VerifiedTimeStamp(
            genTime: token.info.genTime,
            accuracy: accuracy,
            accuracyIsStated: token.info.accuracy != nil,
            policy: token.info.policy,
            serialNumber: token.info.serialNumber,
            imprintAlgorithm: token.info.imprintAlgorithm,
            authorityName: signer.subject.description,
            chain: chain.map(\.derBytes),
            revocationListAddresses: signer.revocationListAddresses,
            revocation: revocation
        )
    }

    /// What the authority says, apart from who says it.
    private func checkContent(
        _ info: TimeStampInfo,
        bytes: [UInt8],
        nonce: UInt64?,
        within window: ClosedRange<Instant>?
    ) throws(EvidenceError) -> Duration {
        guard info.imprint == info.imprintAlgorithm.digest(of: bytes) else {
            throw EvidenceError(.wrongImprint, at: "messageImprint", "is over other bytes")
        }
        if let nonce, info.nonce != nonce.significantBytes {
            throw EvidenceError(.wrongNonce, at: "nonce", "answers another request")
        }
        guard acceptedPolicies.isEmpty || acceptedPolicies.contains(info.policy) else {
            throw EvidenceError(
                .wrongTimeStampPolicy,
                at: "policy",
                "\(info.policy) is none of the accepted policies"
            )
        }
        guard let accuracy = info.accuracy ?? accuracyWhenUnstated else {
            throw EvidenceError(
                .accuracyUnknown,
                at: "accuracy",
                "the authority does not say how far its time may be off"
            )
        }
        if let largestAccuracy, accuracy > largestAccuracy {
            throw EvidenceError(
                .accuracyTooLow,
                at: "accuracy",
                "\(accuracy) to either side, at most \(largestAccuracy) is accepted"
            )
        }
        if let window {
            guard window.contains(info.genTime) else {
                throw EvidenceError(
                    .implausibleTime,
                    at: "genTime",
                    "\(info.genTime.rfc3339), not between \(window.lowerBound.rfc3339) and "
                        + window.upperBound.rfc3339
                )
            }
        }
        return accuracy
    }
}

extension UInt64 {
    /// Big-endian without leading zeros, as a DER integer's value; zero has no bytes.
    var significantBytes: [UInt8] {
        withUnsafeBytes(of: bigEndian) { Array($0.drop { $0 == 0 }) }
    }
}

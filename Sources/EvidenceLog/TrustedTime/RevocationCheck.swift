import WireFormat
import X509

/// Whether a certificate of the chain was taken back before the stamp, or for a reason that takes
/// earlier stamps along.
struct RevocationCheck {
    /// From the signer's certificate to the root.
    let chain: [Certificate]
    /// The time of the stamp.
    let time: Instant

    /// - Parameters:
    ///   - encoded: DER of lists of any issuers; those of nobody in the chain are passed over.
    ///   - latest: No list can be younger, as far as our own clock knows.
    /// - Throws: ``EvidenceError``: `malformedRevocationList`; `revokedCertificate`;
    ///   `revocationUnknown` when no list covers the signer, or one that should is out of date or
    ///   not signed by its issuer.
    func check(
        _ encoded: [[UInt8]],
        latest: Instant?
    ) throws(EvidenceError) -> VerifiedTimeStamp.Revocation {
        guard !encoded.isEmpty else { return .notChecked }
        var lists: [RevocationList] = []
        for der in encoded { lists.append(try RevocationList(der: der)) }
        var signerAsOf: Instant?
        for (place, issuer) in chain.indices.dropFirst().enumerated() {
            let certificate = chain[place]
            for list in lists where list.issuer == certificate.issuer {
                try check(list, for: certificate, issuer: chain[issuer], latest: latest)
                if place == 0 { signerAsOf = max(signerAsOf ?? list.thisUpdate, list.thisUpdate) }
            }
        }
        guard let signerAsOf else { throw unknown("no list is of the signer's issuer") }
        return .notRevoked(asOf: signerAsOf)
    }

    private func check(
        _ list: RevocationList,
        for certificate: Certificate,
        issuer: Certificate,
        latest: Instant?
    ) throws(EvidenceError) {
        guard list.isSigned(by: issuer) else { throw unknown("a list is not signed by its issuer") }
        guard list.thisUpdate <= list.nextUpdate, list.thisUpdate <= latest ?? list.thisUpdate
        else { throw unknown("a list's times cannot be true") }
        guard time <= list.nextUpdate else {
            throw unknown("a list ran out at \(list.nextUpdate.rfc3339), before the stamp")
        }
        // A list younger than the certificate's end may have dropped it (RFC 5280 §3.3).
        guard list.thisUpdate <= Instant(certificate.notValidAfter) else {
            throw unknown("a list is younger than the end of the certificate")
        }
        guard let entry = list.entries[Array(certificate.serialNumber.bytes)] else { return }
        guard time < entry.date, entry.sparesEarlierStamps else {
            throw EvidenceError(
                .revokedCertificate,
                at: "certificates",
                "taken back at \(entry.date.rfc3339)"
                    + (time < entry.date ? ", for a reason that spares no earlier stamp" : "")
            )
        }
    }

    private func unknown(_ detail: String) -> EvidenceError {
        EvidenceError(.revocationUnknown, at: "revocation lists", detail)
    }
}

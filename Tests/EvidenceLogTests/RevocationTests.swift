import EvidenceLog
import Foundation
import Testing
import WireFormat

@Suite("Revocation lists at the time of a stamp")
struct RevocationTests {
    static let bytes = TimeStampTests.bytes

    private func outcome(
        _ authority: OpenSSLAuthority,
        _ token: TimeStampToken,
        _ lists: [[UInt8]],
        within window: ClosedRange<Instant>? = nil
    ) async throws -> Result<VerifiedTimeStamp.Revocation, EvidenceError> {
        let trust = try TimeStampTrust(roots: authority.roots)
        do throws(EvidenceError) {
            let stamp = try await trust.verify(
                token,
                over: Self.bytes,
                revocationLists: lists,
                within: window
            )
            return .success(stamp.revocation)
        } catch {
            return .failure(error)
        }
    }

    private func code(
        _ outcome: Result<VerifiedTimeStamp.Revocation, EvidenceError>
    )
        -> EvidenceError.Code?
    {
        switch outcome {
        case .success: nil
        case .failure(let error): error.code
        }
    }

    @Test("a list of the issuer without the signer is noted with its date")
    func clean() async throws {
        let authority = try OpenSSLAuthority(.rsa2048)
        let token = try authority.token(over: Self.bytes)
        let list = try authority.revocationList(from: "20260101000000Z")
        let expected = Instant(rfc3339: "2026-01-01T00:00:00Z")
        let outcome = try await outcome(authority, token, [list])
        #expect(try outcome.get() == .notRevoked(asOf: #require(expected)))
    }

    @Test("a key that was lost, or whose fate is not told, takes its earlier stamps along")
    func lost() async throws {
        for (outcome, reason) in try await afterRevocation([
            "keyCompromise", "CACompromise", "certificateHold", nil,
        ]) {
            #expect(outcome.before == .revokedCertificate, "\(reason ?? "no reason")")
            #expect(outcome.after == .revokedCertificate, "\(reason ?? "no reason")")
        }
    }

    @Test("a key that went out of use leaves earlier stamps valid, and no later ones")
    func retired() async throws {
        for (outcome, reason) in try await afterRevocation([
            "unspecified", "superseded", "cessationOfOperation", "affiliationChanged",
        ]) {
            #expect(outcome.before == nil, "\(reason ?? "")")
            #expect(outcome.after == .revokedCertificate, "\(reason ?? "")")
        }
    }

    /// Takes one signer back for each reason; what becomes of its stamps of before and after.
    private func afterRevocation(
        _ reasons: [String?]
    ) async throws -> [((before: EvidenceError.Code?, after: EvidenceError.Code?), String?)] {
        let authority = try OpenSSLAuthority()
        let names = reasons.indices.map { "signer\($0)" }
        for name in names { try authority.certify(name) }
        let before = try names.map { try authority.token(over: Self.bytes, signer: $0) }
        // A list tells the second of a revocation.
        try await Task.sleep(for: .milliseconds(1100))
        for (name, reason) in zip(names, reasons) { try authority.revoke(name, reason: reason) }
        let after = try names.map { try authority.token(over: Self.bytes, signer: $0) }
        let list = try authority.revocationList()
        var found: [((before: EvidenceError.Code?, after: EvidenceError.Code?), String?)] = []
        for (place, reason) in reasons.enumerated() {
            let earlier = code(try await outcome(authority, before[place], [list]))
            let later = code(try await outcome(authority, after[place], [list]))
            found.append(((earlier, later), reason))
        }
        return found
    }

    @Test("a list that ran out, is not yet made, or is another's settles nothing")
    func unusable() async throws {
        let authority = try OpenSSLAuthority()
        let token = try authority.token(over: Self.bytes)
        let stale = try authority.revocationList(from: "20250101000000Z", to: "20260101000000Z")
        #expect(code(try await outcome(authority, token, [stale])) == .revocationUnknown)
        let future = try authority.revocationList(from: "20980101000000Z")
        let genTime = token.info.genTime
        #expect(
            code(
                try await outcome(
                    authority,
                    token,
                    [future],
                    within: (genTime - .seconds(60))...(genTime + .seconds(60))
                )
            ) == .revocationUnknown
        )
        // The same name and another key: its list says nothing about this signer.
        let impostor = try OpenSSLAuthority()
        let foreign = try impostor.revocationList()
        #expect(code(try await outcome(authority, token, [foreign])) == .revocationUnknown)
        // A signer may not take itself back, nor anybody else.
        let own = try authority.revocationList(issuer: "signer")
        #expect(code(try await outcome(authority, token, [own])) == .revocationUnknown)
        #expect(code(try await outcome(authority, token, [[0x30, 0]])) == .malformedRevocationList)
    }

    @Test("a list younger than the certificate's end may have dropped it")
    func dropped() async throws {
        let authority = try OpenSSLAuthority()
        try authority.certify("short", to: "20970101000000Z")
        let token = try authority.token(over: Self.bytes, signer: "short")
        let list = try authority.revocationList(from: "20980101000000Z")
        #expect(code(try await outcome(authority, token, [list])) == .revocationUnknown)
    }
}

import EvidenceLog
import Foundation
import Testing
import WireFormat

@Suite("A time stamp of an authority run by openssl")
struct TimeStampTests {
    static let bytes = Array("cardproof.example/test\n3\nroot\n".utf8)

    @Test(
        "holds, and openssl and rfc3161-client say so too",
        arguments: zip(
            OpenSSLAuthority.Keys.allCases,
            [ImprintAlgorithm.sha512, .sha256, .sha384, .sha512]
        )
    )
    func holds(keys: OpenSSLAuthority.Keys, algorithm: ImprintAlgorithm) async throws {
        let authority = try OpenSSLAuthority(keys)
        let request = try TimeStampRequest(
            over: Self.bytes,
            algorithm: algorithm,
            nonce: 0xF1F2_F3F4_0000_0001,
            policy: OpenSSLAuthority.otherPolicy
        )
        let token = try TimeStampResponse(der: authority.answer(request)).token
        let now = Instant(secondsSinceEpoch: Int64(Date().timeIntervalSince1970))
        let trust = try TimeStampTrust(
            roots: authority.roots,
            acceptedPolicies: [OpenSSLAuthority.otherPolicy]
        )
        let stamp = try await trust.verify(
            token,
            over: Self.bytes,
            nonce: 0xF1F2_F3F4_0000_0001,
            within: (now - .seconds(600))...(now + .seconds(600))
        )
        #expect(stamp.imprintAlgorithm == algorithm)
        #expect(stamp.policy == OpenSSLAuthority.otherPolicy)
        #expect(stamp.serialNumber == "02" || stamp.serialNumber == "01")
        #expect(stamp.accuracy == .seconds(1) && stamp.accuracyIsStated)
        #expect(stamp.authorityName == "CN=Test signer")
        #expect(stamp.chain.count == 2)
        #expect(stamp.revocation == .notChecked)
        #expect(stamp.revocationListAddresses == [OpenSSLAuthority.listAddress])
        #expect(stamp.earliest < stamp.genTime && stamp.genTime < stamp.latest)

        #expect(try authority.accepts(token, over: Self.bytes))
        #expect(try authority.pythonAccepts(token, over: Self.bytes))
        #expect(try !authority.accepts(token, over: Self.bytes + [0]))
        #expect(try !authority.pythonAccepts(token, over: Self.bytes + [0]))
    }

    @Test("a request is what openssl writes for the same question")
    func request() throws {
        let authority = try OpenSSLAuthority()
        try Data(Self.bytes).write(to: authority.file("data"))
        for algorithm in ImprintAlgorithm.allCases {
            try authority.openssl(
                ["ts", "-query", "-data", "data", "-\(algorithm.rawValue)", "-cert", "-no_nonce"]
                    + ["-tspolicy", "1.2.3.4.1", "-out", "query.tsq"]
            )
            var expected = try authority.bytes("query.tsq")
            let request = try TimeStampRequest(
                over: Self.bytes,
                algorithm: algorithm,
                nonce: 0x7F01,
                policy: "1.2.3.4.1"
            )
            // The nonce, before the flag that asks for the certificate.
            expected.insert(contentsOf: [0x02, 0x02, 0x7F, 0x01], at: expected.count - 3)
            expected[1] += 4
            #expect(request.der == expected, "\(algorithm)")
        }
        for policy in ["", "1", "1.x", "1.-2", "3.1", "1.40", "1..2", "1.+2"] {
            #expect(throws: EvidenceError.self, "\(policy)") {
                try TimeStampRequest(over: Self.bytes, nonce: 1, policy: policy)
            }
        }
    }

    @Test("a SHA-1 certificate hash, a fractional accuracy and ordering are read")
    func olderProfile() async throws {
        let authority = try OpenSSLAuthority(.rsa2048)
        let token = try authority.token(over: Self.bytes, section: "olderhash")
        let stamp = try await TimeStampTrust(roots: authority.roots)
            .verify(token, over: Self.bytes)
        // 1.5001 s, rounded up.
        #expect(stamp.accuracy == .milliseconds(1501))
    }

    @Test("certificates in the order of the authority's file are its affair")
    func chainOrder() async throws {
        let authority = try OpenSSLAuthority()
        try authority.certify("middle", extensions: "root")
        try authority.certify("under", issuer: "middle")
        var verified = 0
        for order in [["middle", "root"], ["root", "middle"]] {
            let chain = try order.flatMap { try authority.bytes("\($0).pem") }
            try Data(chain).write(to: authority.file("chain.pem"))
            let token = try authority.token(over: Self.bytes, signer: "under", section: "chain")
            let stamp = try await TimeStampTrust(roots: authority.roots)
                .verify(token, over: Self.bytes)
            #expect(stamp.chain.count == 3)
            verified += 1
        }
        #expect(verified == 2)
    }

    @Test("an intermediate that is not in the token may be given beside it")
    func givenIntermediate() async throws {
        let authority = try OpenSSLAuthority()
        try authority.certify("middle", extensions: "root")
        try authority.certify("under", issuer: "middle")
        let token = try authority.token(over: Self.bytes, signer: "under")
        let trust = try TimeStampTrust(roots: authority.roots)
        await expectEvidenceError(.untrustedChain) { () async throws(EvidenceError) in
            _ = try await trust.verify(token, over: Self.bytes)
        }
        let text = String(decoding: try authority.bytes("middle.pem"), as: UTF8.self)
        let stamp = try await trust.verify(
            token,
            over: Self.bytes,
            certificates: PEMText.blocks(PEMText.certificate, in: text)
        )
        #expect(stamp.chain.count == 3)
        #expect(PEMText.text(PEMText.certificate, [stamp.chain[1]]) == text)
        // Among the roots it is no root, but helps to find one.
        let both = try TimeStampTrust(roots: text + authority.roots)
        #expect(try await both.verify(token, over: Self.bytes).chain.count == 3)
        await expectEvidenceError(.malformedCertificate) { () async throws(EvidenceError) in
            _ = try TimeStampTrust(roots: text)
        }
    }

    @Test("without an accuracy it is refused, unless the operator promises one")
    func unstatedAccuracy() async throws {
        let authority = try OpenSSLAuthority()
        let token = try authority.token(over: Self.bytes, section: "silent")
        let roots = try authority.roots
        await expectEvidenceError(.accuracyUnknown) { () async throws(EvidenceError) in
            _ = try await TimeStampTrust(roots: roots).verify(token, over: Self.bytes)
        }
        let stamp = try await TimeStampTrust(roots: roots, accuracyWhenUnstated: .seconds(2))
            .verify(token, over: Self.bytes)
        #expect(stamp.accuracy == .seconds(2) && !stamp.accuracyIsStated)
        let offline = try await TimeStampTrust.ofBundles(roots: roots)
            .verify(token, over: Self.bytes)
        #expect(offline.accuracy == .seconds(60) && !offline.accuracyIsStated)
        let vague = try authority.token(over: Self.bytes, section: "vague")
        let wide = try await TimeStampTrust.ofBundles(roots: roots).verify(vague, over: Self.bytes)
        #expect(wide.accuracy == .seconds(60) && wide.accuracyIsStated)
    }
}

/// Expects that `body` throws an evidence error with this code.
func expectEvidenceError(
    _ code: EvidenceError.Code,
    _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () async throws(EvidenceError) -> Void
) async {
    do throws(EvidenceError) {
        try await body()
        Issue.record("nothing was thrown, expected \(code)", sourceLocation: sourceLocation)
    } catch {
        #expect(error.code == code, comment ?? "\(error)", sourceLocation: sourceLocation)
    }
}

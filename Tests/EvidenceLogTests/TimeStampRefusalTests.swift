import EvidenceLog
import Foundation
import Testing
import WireFormat

@Suite("A time stamp that does not hold is refused, with its cause")
struct TimeStampRefusalTests {
    static let bytes = TimeStampTests.bytes

    /// Verifies and expects one code.
    private func expect(
        _ code: EvidenceError.Code,
        _ token: TimeStampToken,
        over bytes: [UInt8] = Self.bytes,
        trust: TimeStampTrust,
        nonce: UInt64? = nil,
        within window: ClosedRange<Instant>? = nil,
        lists: [[UInt8]] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) async {
        await expectEvidenceError(code, sourceLocation: sourceLocation) {
            () async throws(EvidenceError) in
            _ = try await trust.verify(
                token,
                over: bytes,
                revocationLists: lists,
                nonce: nonce,
                within: window
            )
        }
    }

    @Test("other bytes, another nonce, another policy, a vague clock, an impossible time")
    func content() async throws {
        let authority = try OpenSSLAuthority()
        let roots = try authority.roots
        let trust = try TimeStampTrust(roots: roots)
        let token = try authority.token(over: Self.bytes)
        await expect(.wrongImprint, token, over: Self.bytes + [0], trust: trust)
        await expect(.wrongNonce, token, trust: trust, nonce: 0x0102_0305)
        await expect(.wrongNonce, token, trust: trust, nonce: 0)
        await expect(
            .wrongTimeStampPolicy,
            token,
            trust: try TimeStampTrust(roots: roots, acceptedPolicies: ["1.2.3.4.9"])
        )
        let genTime = token.info.genTime
        await expect(
            .implausibleTime,
            token,
            trust: trust,
            within: (genTime + .seconds(1))...(genTime + .seconds(9))
        )
        await expect(
            .implausibleTime,
            token,
            trust: trust,
            within: (genTime - .seconds(9))...(genTime - .seconds(1))
        )
        let vague = try authority.token(over: Self.bytes, section: "vague")
        await expect(.accuracyTooLow, vague, trust: trust)
        _ = try await TimeStampTrust(roots: roots, largestAccuracy: .seconds(60))
            .verify(vague, over: Self.bytes)
    }

    @Test("a root that nobody trusts, also one of the same name")
    func untrustedRoot() async throws {
        let authority = try OpenSSLAuthority()
        let token = try authority.token(over: Self.bytes)
        let other = try OpenSSLAuthority()
        await expect(.untrustedChain, token, trust: try TimeStampTrust(roots: other.roots))
        #expect(throws: EvidenceError.self) { try TimeStampTrust(roots: "") }
        #expect(throws: EvidenceError.self) {
            try TimeStampTrust(
                roots: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
            )
        }
    }

    @Test("a signer whose certificate had run out, or was not valid yet, at that time")
    func expired() async throws {
        let authority = try OpenSSLAuthority()
        let trust = try TimeStampTrust(roots: authority.roots)
        try authority.certify("past", from: "20200101000000Z", to: "20210101000000Z")
        try authority.certify("future", from: "20980101000000Z")
        for name in ["past", "future"] {
            let token = try authority.token(over: Self.bytes, signer: name)
            await expect(.expiredCertificate, token, trust: trust)
            #expect(try !authority.accepts(token, over: Self.bytes), "openssl, \(name)")
        }
        try authority.certify("middle", extensions: "root", to: "20210101000000Z")
        try authority.certify("under", issuer: "middle")
        try Data(authority.bytes("middle.pem")).write(to: authority.file("chain.pem"))
        let token = try authority.token(over: Self.bytes, signer: "under", section: "chain")
        await expect(.expiredCertificate, token, trust: trust)
    }

    @Test(
        "a signer that may not stamp, or not only stamp",
        arguments: ["codesigner", "uncritical", "both", "encrypter"]
    )
    func wrongUse(section: String) async throws {
        let authority = try OpenSSLAuthority()
        let trust = try TimeStampTrust(roots: authority.roots)
        let genuine = try authority.token(over: Self.bytes)
        // The same way of signing is accepted from a certificate that may.
        _ = try await trust.verify(authority.forge(genuine, signer: "signer"), over: Self.bytes)
        try authority.certify("other", extensions: section)
        await expect(
            .wrongKeyUsage,
            try authority.forge(genuine, signer: "other"),
            trust: trust
        )
    }

    @Test("an issuer whose key is not for certificates")
    func issuerUse() async throws {
        let authority = try OpenSSLAuthority()
        try authority.certify("middle", extensions: "signerless")
        try authority.certify("under", issuer: "middle")
        try Data(authority.bytes("middle.pem")).write(to: authority.file("chain.pem"))
        let token = try authority.token(over: Self.bytes, signer: "under", section: "chain")
        await expect(.untrustedChain, token, trust: try TimeStampTrust(roots: authority.roots))
    }

    @Test("answers that grant nothing, or not what was asked")
    func notGranted() async throws {
        let authority = try OpenSSLAuthority()
        let wrongPolicy = try TimeStampRequest(over: Self.bytes, nonce: 1, policy: "1.9.9")
        let rejection = try authority.answer(wrongPolicy)
        await expectEvidenceError(.timeStampNotGranted) { () async throws(EvidenceError) in
            do throws(EvidenceError) {
                _ = try TimeStampResponse(der: rejection)
            } catch {
                #expect(error.detail == "rejected: unacceptedPolicy")
                throw error
            }
        }
        let request = try TimeStampRequest(over: Self.bytes, nonce: 1)
        var modified = try authority.answer(request)
        let token = try TimeStampResponse(der: modified).token
        // The status is the first integer: 0 becomes 1, granted with modifications.
        let place = try #require(modified.firstRange(of: [0x30, 0x03, 0x02, 0x01, 0x00])).upperBound
        modified[place - 1] = 1
        await expectEvidenceError(.timeStampNotGranted) { () async throws(EvidenceError) in
            _ = try TimeStampResponse(der: modified)
        }
        #expect(try TimeStampResponse(der: token.response).token == token)
        await expectEvidenceError(.notDER) { () async throws(EvidenceError) in
            _ = try TimeStampResponse(der: token.response + [0])
        }
    }

    @Test("signed attributes out of order, although the signature covers that order")
    func reordered() async throws {
        let authority = try OpenSSLAuthority()
        let token = try authority.token(over: Self.bytes)
        let reordered = try SignedAttributeOrder.reversed(token.der)
        #expect(reordered.count == token.der.count && reordered != token.der)
        await expectEvidenceError(.notDER) { () async throws(EvidenceError) in
            _ = try TimeStampToken(der: reordered)
        }
    }

    @Test("one flipped bit in a byte", arguments: [OpenSSLAuthority.Keys.rsa2048, .p256])
    func flippedBits(keys: OpenSSLAuthority.Keys) async throws {
        let authority = try OpenSSLAuthority(keys)
        let trust = try TimeStampTrust(roots: authority.roots)
        let token = try authority.token(over: Self.bytes)
        _ = try await trust.verify(token, over: Self.bytes)
        let seed: UInt64 = 20_261_128
        var generator = SeededGenerator(seed: seed)
        let isSoak = ProcessInfo.processInfo.environment["CARDPROOF_SCALE"] == "soak"
        // RSA is slow without optimisation: a third of its bytes do for every day.
        let step = isSoak || keys == .p256 ? 1 : 3
        for place in stride(from: 0, to: token.der.count, by: step) {
            for bit in isSoak ? Array(0..<8) : [Int.random(in: 0..<8, using: &generator)] {
                var bad = token.der
                bad[place] ^= 1 << UInt8(bit)
                guard let read = try? TimeStampToken(der: bad) else { continue }
                let stamp = try? await trust.verify(read, over: Self.bytes)
                #expect(stamp == nil, "seed \(seed), byte \(place), bit \(bit)")
            }
        }
    }

    @Test("a revocation list whose signature is not of whole bytes is refused")
    func oddSignature() async throws {
        let authority = try OpenSSLAuthority()
        let trust = try TimeStampTrust(roots: authority.roots)
        let token = try authority.token(over: Self.bytes)
        // Until a signature ends in a zero bit, which alone may be called unused.
        var list = try authority.revocationList()
        while list.last?.isMultiple(of: 2) == false { list = try authority.revocationList() }
        let places = list.indices.dropLast(60).filter { place in
            list[place] == 0x03 && place + 2 + Int(list[place + 1]) == list.count
        }
        var bad = list
        bad[try #require(places.last) + 2] = 1
        _ = try await trust.verify(token, over: Self.bytes, revocationLists: [list])
        await #expect(throws: EvidenceError.self) {
            try await trust.verify(token, over: Self.bytes, revocationLists: [bad])
        }
    }

    @Test("a token cut short anywhere, and random damage, give a typed error")
    func damage() async throws {
        let authority = try OpenSSLAuthority()
        let der = try authority.token(over: Self.bytes).der
        let list = try authority.revocationList()
        for count in stride(from: 0, to: der.count, by: 7) {
            #expect(throws: EvidenceError.self) { try TimeStampToken(der: Array(der[..<count])) }
        }
        let trust = try TimeStampTrust(roots: authority.roots)
        let token = try TimeStampToken(der: der)
        let seed: UInt64 = 20_261_129
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var bad = list
            let place = Int.random(in: 0..<bad.count, using: &generator)
            bad[place] ^= UInt8.random(in: 1...255, using: &generator)
            let stamp = try? await trust.verify(token, over: Self.bytes, revocationLists: [bad])
            #expect(stamp == nil, "seed \(seed), round \(round), byte \(place)")
        }
        #expect(throws: EvidenceError.self) {
            try TimeStampToken(
                der: [UInt8](repeating: 0x30, count: TimeStampToken.largestByteCount + 1)
            )
        }
    }
}

import AdapterKit
import CardModel
import Crypto
import Testing
import WireFormat

/// Whoever declares that answers are verified is tried with signatures that are bent and gone.
@Suite("Conformance of adapters that verify signatures")
struct SignedConformanceTests {
    private static let key = "mark-Signing-Key-8841"

    /// Believes what the sound adapter refuses.
    private struct Careless: IssuerAdapter {
        let sound: any IssuerAdapter
        /// Part of the objection that is not minded.
        let objection: String

        var descriptor: AdapterDescriptor { sound.descriptor }

        func inquire(
            _ inquiry: Inquiry,
            using transport: any HTTPTransport
        ) async throws(AdapterError) -> InquiryResult {
            let result = try await sound.inquire(inquiry, using: transport)
            let isMinded = result.issuer.text?.contains(objection) != true
            guard result.cause == .badSignature, !isMinded else { return result }
            return InquiryResult(state: .okUnused, transcripts: result.transcripts)
        }
    }

    private static let verify = """
        issuer_code: /code
        verify:
          scheme: text
          algorithm: hmac_sha256
          key: "{secrets.key?}"
          as: hex
          string: "{response.body}"
          header: X-Signature
        """

    private func factory(response: String = verify) throws -> AdapterFactory {
        try AdapterFactory(
            manifest: AdapterManifest(
                yaml: SignerManifest.yaml(
                    request: "method: POST\nurl: \"{settings.endpoint}\"\njson: {pin: \"{key}\"}",
                    response: response
                ),
                file: "signer.yaml"
            )
        )
    }

    private func findings(
        _ factory: AdapterFactory,
        attacks: String = ", signed: fine, signature: X-Signature",
        key: String? = key
    ) async throws -> [String: String] {
        let found = await AdapterConformance.run(
            factory,
            try ConformanceFixtures(yaml: Self.fixtures(attacks, key), file: "answers.yaml")
        )
        return Dictionary(found.map { ($0.caseName, $0.message) }) { first, _ in first }
    }

    private static func fixtures(_ attacks: String, _ key: String?) -> String {
        func answer(_ body: String) -> String {
            let code = HMAC<SHA256>.authenticationCode(
                for: Array(body.utf8),
                using: SymmetricKey(data: Array(self.key.utf8))
            )
            return """
                    key: Zq7K-m4Xw-9TrB-2LcV
                    asked_at: 2026-11-20T08:00:00Z
                    answers:
                      - status: 200
                        headers:
                          Content-Type: application/json
                          X-Signature: \(Hexadecimal.encode(Array(code)))
                        body: '\(body)'
                """
        }
        return """
            adapter: signer
            settings: {endpoint: "https://issuer.example"}
            secrets: {\(key.map { "key: \($0)" } ?? "")}
            attacks: {good: fine, unmapped: new\(attacks)}
            cases:
              - name: fine
            \(answer(#"{"code":"00"}"#))
                expect: {state: ok_unused}
              - name: new
            \(answer(#"{"code":"99"}"#))
                expect: {state: indeterminate, cause: unmapped}
            """
    }

    @Test("a sound one breaks no rule")
    func sound() async throws {
        #expect(try await findings(factory()) == [:])
    }

    @Test(
        "one that does not mind is caught",
        arguments: [("is wrong", "bad-signature"), ("is not signed", "missing-signature")]
    )
    func careless(objection: String, caughtBy: String) async throws {
        let manifest = try factory()
        let factory = AdapterFactory(descriptor: manifest.descriptor) { _, setup in
            let sound = try? manifest.adapter(
                configuredBy: AdapterConfiguration(
                    id: "signer",
                    settings: setup.settings,
                    secrets: setup.secrets
                )
            )
            return Careless(
                sound: sound ?? TownCounter(fault: nil, setup: setup), objection: objection)
        }
        #expect(try await findings(factory).keys.sorted() == [caughtBy])
    }

    @Test("fixtures that leave the key out, or bend nothing, do not pass")
    func idle() async throws {
        #expect(try await findings(factory(), key: nil)["bad-signature"] != nil)
        let unnamed = try await findings(factory(), attacks: "")
        #expect(unnamed["attackable"] == "`attacks` names no `signed`")
        let absent = try await findings(factory(), attacks: ", signed: fine, signature: X-Seal")
        #expect(absent["attackable"]?.contains("nothing to bend") == true)
        let undeclared = try await findings(factory(response: "issuer_code: /code"))
        #expect(undeclared["attackable"]?.contains("no verification is declared") == true)
    }
}

import AdapterKit
import Testing

@Suite("Errors in a manifest")
struct ManifestErrorTests {
    private func errors(_ yaml: String) -> [AdapterDiagnostic] {
        do {
            _ = try AdapterManifest(yaml: yaml, file: "x.yaml")
            return []
        } catch {
            return error.all
        }
    }

    @Test("are all reported at once, each with file and line, in the order of the file")
    func allAtOnce() throws {
        let yaml = """
            id: Town Library
            version: zero
            name: {en: Town library}
            operations: {inquire: {efect: read_only}}
            settings:
              endpoint: {kind: url}
            reqest: {}
            request:
              method: PATCH
              url: "https://library.example/{kee}"
            response:
              rules:
                - when: {status: 500}
                  state: usd
                - state: used
                  table: {path: code, codes: {}}
            """
        let found = errors(yaml)
        #expect(found.map(\.file) == Array(repeating: "x.yaml", count: found.count))
        let lines = found.compactMap(\.line)
        #expect(lines == lines.sorted())
        for line in [1, 2, 3, 4, 7, 9, 10, 13, 14, 15] {
            #expect(lines.contains(line), "nothing on line \(line): \(found)")
        }
        let suggestions = Set(found.compactMap(\.suggestion))
        #expect(suggestions.isSuperset(of: ["effect", "request", "key", "used"]), "\(found)")
    }

    @Test(
        "name the line of what is not YAML",
        arguments: ["id: [", "id: a\nid: b", "\tid: x", "a: b: c", ""]
    )
    func notYAML(yaml: String) {
        let found = errors(yaml)
        #expect(!found.isEmpty)
        #expect(found[0].line != nil || yaml.isEmpty, "\(found)")
    }

    @Test(
        "a status that speaks of the issuer can decide nothing",
        arguments: ["301", "429", "408", "500", "503", "100", "two hundred"]
    )
    func statuses(status: String) {
        let yaml = TownLibrary.manifest.replacing("status: 404", with: "status: \(status)")
        #expect(errors(yaml).contains { $0.message.contains("decide nothing") })
    }

    @Test(
        "a state that only the platform can know is no answer of an issuer",
        arguments: ["duplicate_delivery", "oversold", "not_delivered", "double_charged"]
    )
    func platformStates(state: String) {
        let yaml = TownLibrary.manifest.replacing("\"0009\": revoked", with: "\"0009\": \(state)")
        #expect(errors(yaml).contains { $0.message.contains("the platform finds it") })
    }

    @Test("an amount without its unit is refused")
    func unit() {
        let yaml = TownLibrary.manifest.replacing("    unit: major\n", with: "")
        #expect(errors(yaml).contains { $0.message.contains("`unit` is missing") })
    }

    @Test("the address must be a setting, so that an operator can point it elsewhere")
    func address() {
        let yaml = TownLibrary.manifest.replacing(
            "{settings.endpoint}/v2",
            with: "https://library.example/v2"
        )
        #expect(errors(yaml).contains { $0.suggestion == "{settings.endpoint}" })
    }

    @Test("an inquiry must not consume the code")
    func consumes() {
        let yaml = TownLibrary.manifest.replacing("effect: read_only", with: "effect: consumes")
        #expect(errors(yaml).contains { $0.message.contains("must not consume") })
    }

    @Test("credentials do not stand among the headers")
    func headers() {
        let yaml = TownLibrary.manifest.replacing(
            "{Accept: application/json}",
            with: "{Authorization: \"{secrets.token}\"}"
        )
        #expect(errors(yaml).contains { $0.message.contains("credentials stand under `auth`") })
    }

    @Test("a first use written as a date is refused: it cannot tell who held the code")
    func firstUseDate() {
        let yaml = TownLibrary.manifest.replacing("as: unix_seconds", with: "as: date")
        #expect(errors(yaml).contains { $0.message.contains("needs an instant") })
    }

    @Test("an address holds no blank and no fragment", arguments: ["a b", "a#b", "卡"])
    func addressLiterals(part: String) {
        let yaml = TownLibrary.manifest.replacing("/v2/cards/", with: "/v2/\(part)/")
        #expect(errors(yaml).contains { $0.message.contains("percent-encode it") })
    }

    @Test("a damaged manifest is refused with a place, or still reads", arguments: 0..<300)
    func damage(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var bytes = Array(TownLibrary.manifest.utf8)
        for _ in 0..<3 {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            bytes[position] = UInt8.random(in: 0x20..<0x7F, using: &random)
        }
        let found = errors(String(decoding: bytes, as: UTF8.self))
        #expect(found.allSatisfy { $0.line != nil && !$0.message.isEmpty }, "seed \(seed)")
    }

    @Test("a manifest of kind swift has no request")
    func swiftKind() {
        let yaml = TownLibrary.manifest + "\nkind: swift"
        #expect(errors(yaml).filter { $0.message.contains("only a manifest of kind") }.count == 4)
    }

    private static let newKeys = """
        id: x
        version: 1
        name: {en: X, zh: 甲}
        operations: {inquire: {effect: read_only}}
        canaries:
          - {name: one, key: AAAA, expect: used}
          - {name: one, key: AAAA, expects: not_found}
        settings: {endpoint: {kind: url}, zone: {kind: utc_offset}, k: {secret: true}}
        request:
          method: PUT
          url: "{settings.endpoint}/x"
          json: {n: "a{nonce:number}", m: "{asked_at.unx}"}
          xml: {a: "{key}", b: "{key}"}
        auth:
          scheme: signature
          algorithm: hmac_sha265
          strng: "{body.sha1}"
          string: "{body.sha265}"
          in: form
          name: sign
        response:
          format: xlm
          echo: {nonse: /n}
          provenance: {list: /x}
          expires: {path: /e, as: datetime}
          first_use: {path: /e, as: rfc3339, offset: "+08:00"}
          history: {list: events, kind: /k}
          verify:
            scheme: text
            algorithm: ed25519
            string: "{response.header.date}{response.bdy}"
            max_age_seconds: 60
          rules:
            - when: {xml: {/a: b}}
              state: used
        """

    @Test("in what was added to the language are found the same way")
    func addedKeys() {
        let found = errors(Self.newKeys)
        let lines = Set(found.compactMap(\.line))
        for line in [6, 7, 12, 13, 16, 17, 18, 22, 23, 24, 25, 26, 27, 28, 31, 34] {
            #expect(lines.contains(line), "nothing on line \(line): \(found)")
        }
        let suggestions = Set(found.compactMap(\.suggestion))
        let expected: Set<String> = [
            "expect", "asked_at.unix", "hmac_sha256", "string", "body.sha256", "xml", "nonce",
            "/events", "response.body",
        ]
        #expect(suggestions.isSuperset(of: expected), "\(expected.subtracting(suggestions))")
        #expect(found.allSatisfy { $0.line != nil })
    }

    @Test(
        "a scheme has its own keys, and a signature does not sign itself",
        arguments: [
            ("auth: {scheme: bearer, tken: x}", "unknown key `tken`"),
            ("auth: {shceme: bearer}", "`scheme` is missing"),
            ("auth: {scheme: oauth2_client_credentials, client_id: a}", "`token_url` is missing"),
            (
                "auth: {scheme: oauth2_client_credentials, client_id: a, client_secret: b,"
                    + " token_url: \"https://x.example\"}",
                "must begin with a setting"
            ),
            (
                "auth: {scheme: signature, algorithm: md5, string: \"{body}\", in: form, name: s}",
                "would hold the signature itself"
            ),
            (
                "auth: {scheme: signature, algorithm: md5, key: k, string: x, in: header, name: s}",
                "has no key"
            ),
            (
                "auth: {scheme: signature, algorithm: hmac_md5, string: x, in: header, name: s}",
                "needs a `key`"
            ),
        ]
    )
    func schemes(auth: String, message: String) {
        let yaml = TownLibrary.manifest.replacing(
            "auth: {scheme: bearer, token: \"{secrets.token}\"}",
            with: auth
        )
        #expect(errors(yaml).contains { $0.message.contains(message) }, "\(errors(yaml))")
    }

    @Test(
        "a signed time that no signature covers is refused",
        arguments: [
            ("signed_at: {header: Date, as: http_date}", true),
            ("signed_at: {header: X-Date, as: http_date}", false),
            ("signed_at: {path: /t, as: rfc3339}", false),
        ]
    )
    func signedTime(signedAt: String, isGood: Bool) {
        let yaml = SignerManifest.yaml(
            request: "method: GET\nurl: \"{settings.endpoint}/x\"",
            response: """
                verify:
                  scheme: text
                  algorithm: ed25519
                  key: "{settings.public_key}"
                  string: "{response.header.date}"
                  header: X-Signature
                  max_age_seconds: 60
                  \(signedAt)
                """
        )
        let found = errors(yaml)
        #expect(found.isEmpty == isGood, "\(found)")
        #expect(isGood || found.contains { $0.message.contains("is not part of the signed") })
    }

    @Test("a word of a long list is answered by the nearest one, and the list stands once")
    func longLists() {
        let yaml = """
            id: a
            version: 1
            name: {en: A, zh: A}
            kind: local
            operations: {inquire: {effect: read_only}}
            answers: {a: usedd, b: zzzzzzzzz, c: qqqqqqqqq}
            """
        let found = errors(yaml)
        #expect(found.count == 3)
        #expect(found.filter { $0.message.contains("ok_activated_by_buyer") }.count == 1)
        #expect(found.first { $0.message.contains("usedd") }?.suggestion == "used")
    }

    @Test("code that the program does not bring is missed where the manifest asks for it")
    func foreignCode() throws {
        let yaml = """
            id: a
            version: 1
            name: {en: A, zh: A}
            kind: swift
            operations: {inquire: {effect: read_only}}
            """
        let manifest = try AdapterManifest(yaml: yaml, file: "a/a.yaml")
        let failure = #expect(throws: AdapterDiagnostics.self) {
            _ = try AdapterFactory(manifest: manifest, origin: .manifest(file: "a/a.yaml"))
        }
        #expect(failure?.all.first?.file == "a/a.yaml" && failure?.all.first?.line == 4)
    }
}

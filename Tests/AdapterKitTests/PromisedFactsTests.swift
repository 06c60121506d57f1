import AdapterKit
import CardModel
import Testing
import WireFormat

/// What an issuer may tell of a code beside value and days: term, balance, attributes, use.
@Suite("Facts beside promises")
struct PromisedFactsTests {
    private static let firstUse = "  first_use: {path: /card/used_at, as: unix_seconds}"
    private static let facts = """
          balance_until: {path: /card/balance_until, as: date}
          term:
            start: {path: /card/from, as: rfc3339}
            end: {path: /card/to, as: rfc3339}
          attributes: {region: /card/region, server: /card/server}
          used_by: /card/phone
          login_anomaly: /card/anomaly
        """
    private static let manifest = TownLibrary.manifest.replacing(
        firstUse,
        with: firstUse + "\n" + facts
    )

    private func ask(_ card: String) async throws -> InquiryResult {
        let factory = try AdapterFactory(
            manifest: AdapterManifest(yaml: Self.manifest, file: "town-library.yaml"))
        let adapter = try factory.adapter(configuredBy: TownLibrary.configuration)
        let body = #"{"code": "0001", "card": {"serial": "007A", \#(card)}}"#
        let issuer = ScriptedIssuer(answers: [TownLibrary.answer(body)])
        return try await adapter.inquire(TownLibrary.inquiry(), using: issuer)
    }

    @Test("a manifest maps a term, a balance's end, attributes and traces of use (M4-06, M1-18)")
    func mapped() async throws {
        let result = try await ask(
            """
            "from": "2026-11-17T00:00:00Z", "to": "2026-11-20T00:00:00Z", "region": "jp",
            "server": 7, "balance_until": "2027-03-31", "phone": "13800138000",
            "anomaly": "new device"
            """
        )
        #expect(result.term?.wholeDays == 3)
        #expect(result.balanceUntil?.iso8601 == "2027-03-31")
        #expect(result.attributes.values == ["region": "jp", "server": "7"])
        #expect(result.usedByHint == "…8000")
        #expect(result.loginAnomaly == "new device")
    }

    @Test("what is not told, not written so or turned round is no fact")
    func untold() async throws {
        for card in [
            #""until": null"#,
            #""from": null, "to": "2026-11-20T00:00:00Z", "region": {}, "anomaly": false"#,
            #""from": "2026-11-20T00:00:00Z", "to": "2026-11-17T00:00:00Z", "anomaly": """#,
            #""from": "2026-11-20", "to": "tomorrow", "balance_until": "soon", "phone": "138""#,
        ] {
            let result = try await ask(card)
            #expect(result.state == .okUnused)
            #expect(result.term == nil && result.balanceUntil == nil, "\(card)")
            #expect(result.attributes.isEmpty, "\(card)")
            #expect(result.usedByHint == nil && result.loginAnomaly == nil, "\(card)")
        }
    }

    @Test("an attribute that repeats the key or is too long is not told: cut, it would differ")
    func hidden() async throws {
        let long = String(repeating: "x", count: CodeAttributes.longestValue + 1)
        let result = try await ask(
            #""region": "\#(TownLibrary.key)", "server": "\#(long)", "#
                + #""anomaly": "\#(TownLibrary.key)""#
        )
        #expect(result.attributes.isEmpty)
        #expect(result.loginAnomaly == Scrubber.mark)
    }

    @Test("names of attributes are checked, and a term needs both ends")
    func errors() {
        let wrong = [
            ("attributes: {region: ", "attributes: {Region: "),
            ("end: {path: /card/to, as: rfc3339}", "until: {path: /card/to, as: rfc3339}"),
            ("end: {path: /card/to, as: rfc3339}", "end: {path: /card/to, as: date}"),
        ]
        for (right, wrong) in wrong {
            let text = Self.manifest.replacing(right, with: wrong)
            #expect(text != Self.manifest)
            #expect(throws: (any Error).self) {
                try AdapterManifest(yaml: text, file: "town-library.yaml")
            }
        }
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("RiskThresholds")
struct RiskThresholdsTests {
    @Test("a document with every field is read as it was written")
    func roundTrip() throws {
        #expect(try RiskThresholds(jsonValue: RiskThresholds.standard.jsonValue) == .standard)
        var changed = RiskThresholds(version: 7)
        changed.refundBurst.product = 11
        changed.merchantGone.silentFor = .elapsed(seconds: 90_000)
        changed.deadBatch.share = PartsPerMillion(1)
        #expect(try RiskThresholds(jsonValue: changed.jsonValue) == changed)
    }

    @Test("what a document leaves out has the default")
    func defaults() throws {
        #expect(try RiskThresholds(jsonValue: ["rules": "risk", "version": 1]) == .standard)
    }

    @Test("every fault of a document is named at its place")
    func faults() {
        let document: JSONValue = [
            "rules": "rates",
            "repeat_complainant": ["window": "P3WD", "claims": 0],
            "refund_burst": ["window": "PT0S", "share_ppm": 1_000_001, "seller": 3],
            "dead_batch": ["dead": "many"],
            "merchant_gone": ["balance_leaving_ppm": 0],
            "reject": true,
        ]
        let error = #expect(throws: InvalidDocument.self) {
            try RiskThresholds(jsonValue: document)
        }
        #expect(
            Set(error?.issues.map(\.pointer) ?? []) == [
                "/rules", "/version", "/repeat_complainant/window", "/repeat_complainant/claims",
                "/refund_burst/window", "/refund_burst/share_ppm", "/refund_burst/seller",
                "/dead_batch/dead", "/merchant_gone/balance_leaving_ppm", "/reject",
            ]
        )
    }

    @Test("the shipped file has the standard thresholds, every field written out")
    func shippedFile() throws {
        let text = String(
            decoding: try MerchantFixture.file("Config/rules/risk.yaml"), as: UTF8.self)
        #expect(try Self.mapping(text) == RiskThresholds.standard.jsonValue)
    }

    /// Reads the two levels of plain scalars that the file has; no YAML beyond that.
    private static func mapping(_ text: String) throws -> JSONValue {
        var document = JSONObject()
        var section = ""
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let parts = line.split(separator: ":", maxSplits: 1).map(String.init)
            let name = try #require(parts.first)
            guard parts.count == 2 else {
                section = name
                document[section] = .object(JSONObject())
                continue
            }
            let word = String(parts[1].dropFirst())
            let value = Int64(word).map(JSONValue.integer) ?? .string(word)
            guard line.hasPrefix("  ") else {
                document[name] = value
                continue
            }
            var inner = try #require(document[section]?.objectValue)
            inner[String(name.dropFirst(2))] = value
            document[section] = .object(inner)
        }
        return .object(document)
    }
}

import CardModel
import WireFormat

extension ConformanceRun {
    /// Where an outcome is not what the fixture expects; what the fixture leaves out is free.
    func differences(
        _ outcome: ConformanceOutcome,
        _ expected: ConformanceFixture.Expectation
    ) -> [String] {
        var differences: [String] = []
        func compare<Value: Equatable>(_ name: String, _ actual: Value?, _ wanted: Value?) {
            guard let wanted, actual != wanted else { return }
            let shown = actual.map { "\($0)" } ?? "none"
            differences.append("\(name) is \(shown), not \(wanted)")
        }
        compare("state", outcome.state.rawValue, expected.state.rawValue)
        compare("cause", outcome.cause?.rawValue, expected.cause?.rawValue)
        compare("certainty", outcome.result?.certainty.rawValue, expected.certainty?.rawValue)
        compare("issuer code", outcome.result?.issuer.code, expected.issuerCode)
        compare("issuer text", outcome.result?.issuer.text, expected.issuerText)
        compare("issuer time", outcome.result?.issuer.at?.rfc3339, expected.issuerAt?.rfc3339)
        compare("expiry", outcome.result?.expiresOn?.iso8601, expected.expiresOn?.iso8601)
        compare("value", outcome.result?.actualValue, expected.actualValue)
        compare("requests", outcome.requests.count, expected.requests)
        return differences
    }
}

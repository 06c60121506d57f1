import CardModel
import WireFormat

extension ConformanceOutcome {
    /// Where the outcome is not what a fixture expects; what the fixture leaves out is free.
    func differences(from expected: ConformanceFixture.Expectation) -> [String] {
        var differences: [String] = []
        func compare<Value: Equatable>(_ name: String, _ actual: Value?, _ wanted: Value?) {
            guard let wanted, actual != wanted else { return }
            let shown = actual.map { "\($0)" } ?? "none"
            differences.append("\(name) is \(shown), not \(wanted)")
        }
        compare("state", refusal == nil ? state.rawValue : nil, expected.state?.rawValue)
        compare("cause", cause?.rawValue, expected.cause?.rawValue)
        compare("certainty", result?.certainty.rawValue, expected.certainty?.rawValue)
        compare("issuer code", result?.issuer.code, expected.issuerCode)
        compare("issuer text", result?.issuer.text, expected.issuerText)
        compare("issuer time", result?.issuer.at?.rfc3339, expected.issuerAt?.rfc3339)
        compare("expiry", result?.expiresOn?.iso8601, expected.expiresOn?.iso8601)
        compare("value", result?.actualValue, expected.actualValue)
        compare(
            "balance's end", result?.balanceUntil?.iso8601, expected.balanceUntil?.iso8601)
        compare("term's start", result?.term?.start.rfc3339, expected.termStartsAt?.rfc3339)
        compare("term's end", result?.term?.end.rfc3339, expected.termEndsAt?.rfc3339)
        compare("attributes", result?.attributes.values, expected.attributes?.values)
        compare("user's hint", result?.usedByHint, expected.usedByHint)
        compare("login anomaly", result?.loginAnomaly, expected.loginAnomaly)
        compare("retry after", retryAfter, expected.retryAfter)
        compare("continuation", result?.continuation, expected.continuation)
        compare("usage events", result?.history.count, expected.historyCount)
        compare("requests", requests.count, expected.requests)
        compare("disposition", disposition?.rawValue, expected.disposition?.rawValue)
        compare(
            "acknowledgement",
            acknowledgement.map { String(decoding: $0, as: UTF8.self) },
            expected.acknowledgement
        )
        compare("refusal", refusal?.rawValue, expected.refusal?.rawValue)
        if refusal != nil, expected.refusal == nil {
            differences.append("the callback was refused")
        }
        return differences
    }

    /// Whether two outcomes say the same, whatever was exchanged for them.
    func agrees(with other: ConformanceOutcome) -> Bool {
        agreesUpToText(with: other) && result?.issuer == other.result?.issuer
    }

    /// The same without the text for people, from which nothing follows.
    func agreesUpToText(with other: ConformanceOutcome) -> Bool {
        state == other.state && cause == other.cause && disposition == other.disposition
            && result?.certainty == other.result?.certainty
            && result?.issuer.code == other.result?.issuer.code
            && result?.issuer.at == other.result?.issuer.at
            && result?.expiresOn == other.result?.expiresOn
            && result?.actualValue == other.result?.actualValue
            && result?.history == other.result?.history
            && result?.balanceUntil == other.result?.balanceUntil
            && result?.term == other.result?.term
            && result?.attributes == other.result?.attributes
    }
}

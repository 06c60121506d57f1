import CardModel
import WireFormat

/// One recorded case as it was carried out, in words without secrets.
public struct ConformanceExchange: Sendable, Hashable {
    /// Requests with redacted addresses, or the callback that came in.
    public var sent: [String]
    /// Statuses of the recorded answers.
    public var answered: [String]
    /// What the adapter made of it.
    public var received: String
    /// Where that is not what the fixture expects.
    public var differences: [String]
}

extension AdapterConformance {
    /// Carries out one recorded case, for a report.
    public static func exchange(
        of fixture: ConformanceFixture,
        _ factory: AdapterFactory,
        _ fixtures: ConformanceFixtures
    ) async -> ConformanceExchange {
        let subject = ConformanceSubject(factory: factory, fixtures: fixtures, wire: nil)
        let outcome = await subject.answers(fixture)
        var sent = outcome.requests.map { "\($0)" }
        if case .callback(let callback, _) = fixture.question {
            sent = ["callback \(callback.method)"]
        }
        return ConformanceExchange(
            sent: sent,
            answered: fixture.answers.map { "HTTP \($0.status)" },
            received: outcome.summary,
            differences: outcome.differences(from: fixture.expected)
                + subject.leaks(outcome, fixture.question.inquiry)
        )
    }
}

extension ConformanceOutcome {
    fileprivate var summary: String {
        if let refusal { return "refused (\(refusal.rawValue))" }
        var words = disposition.map { "\($0.rawValue), " } ?? ""
        words += state.rawValue
        if let cause { words += " (\(cause.rawValue))" }
        if let code = result?.issuer.code { words += ", code \(code)" }
        if let text = result?.issuer.text { words += ", “\(text)”" }
        if let at = result?.issuer.at { words += ", at \(at.rfc3339)" }
        return words
    }
}

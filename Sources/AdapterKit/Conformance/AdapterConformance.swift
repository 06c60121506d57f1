/// The rules of DESIGN §4 as named cases that run against any adapter and say what it broke.
///
/// Recorded answers must give their states; then answers, requests and callbacks are bent in every
/// way a network, an issuer or a thief can bend them, and nothing bent may ever decide about a
/// code, spend one twice, or show a secret.
public enum AdapterConformance {
    /// Every case, in the order of a report.
    public static let cases: [ConformanceCase] =
        ConformanceCase.description + ConformanceCase.recordings + ConformanceCase.bentAnswers
        + ConformanceCase.identities + ConformanceCase.memory + ConformanceCase.requests
        + ConformanceCase.secrecy + ConformanceCase.signatures + ConformanceCase.redemptions
        + ConformanceCase.callbacks + ConformanceCase.wire

    /// Runs every case.
    ///
    /// - Parameters:
    ///   - factory: makes the adapter; its configuration comes from the fixtures.
    ///   - fixtures: the adapter's recorded answers.
    ///   - wire: real sockets for the cases that need them; nil leaves those out.
    ///   - report: hears each result as it comes.
    /// - Returns: one result a case, in the order of `cases`.
    public static func results(
        of factory: AdapterFactory,
        _ fixtures: ConformanceFixtures,
        wire: WireBench? = nil,
        report: (ConformanceResult) -> Void = { _ in }
    ) async -> [ConformanceResult] {
        do throws(AdapterDiagnostics) {
            _ = try factory.adapter(configuredBy: fixtures.configuration)
        } catch {
            return [configurationFailure("\(error)")]
        }
        let subject = ConformanceSubject(factory: factory, fixtures: fixtures, wire: wire)
        return await results(of: subject, report)
    }

    /// What the adapter broke; empty when it conforms.
    public static func run(
        _ factory: AdapterFactory,
        _ fixtures: ConformanceFixtures,
        wire: WireBench? = nil
    ) async -> [ConformanceFinding] {
        findings(await results(of: factory, fixtures, wire: wire))
    }

    /// The same for an adapter that is set up with the fixtures' configuration.
    public static func run(
        _ adapter: any IssuerAdapter,
        _ fixtures: ConformanceFixtures
    ) async -> [ConformanceFinding] {
        findings(
            await results(of: ConformanceSubject(adapter: adapter, fixtures: fixtures)) { _ in })
    }

    private static func results(
        of subject: ConformanceSubject,
        _ report: (ConformanceResult) -> Void
    ) async -> [ConformanceResult] {
        var results: [ConformanceResult] = []
        for `case` in cases {
            var outcome = ConformanceResult.Outcome.notApplicable
            if subject.isIn(`case`.scope) {
                let broken = await `case`.check(subject)
                outcome = broken.isEmpty ? .passed : .failed(broken)
            }
            let result = ConformanceResult(case: `case`, outcome: outcome)
            report(result)
            results.append(result)
        }
        return results
    }

    private static func findings(_ results: [ConformanceResult]) -> [ConformanceFinding] {
        results.flatMap { result -> [ConformanceFinding] in
            guard case .failed(let messages) = result.outcome else { return [] }
            return messages.map {
                ConformanceFinding(caseName: result.case.name, message: $0)
            }
        }
    }

    private static func configurationFailure(_ message: String) -> ConformanceResult {
        let `case` = ConformanceCase(
            "configuration",
            zh: "样例中的设置可以建立适配器",
            en: "the fixtures' settings set the adapter up",
            for: .everybody
        ) { _ in [message] }
        return ConformanceResult(case: `case`, outcome: .failed([message]))
    }
}

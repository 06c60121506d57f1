import CardModel

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

    /// Runs the cases.
    ///
    /// - Parameters:
    ///   - factory: makes the adapter; its configuration comes from the fixtures.
    ///   - fixtures: the adapter's recorded answers.
    ///   - wire: real sockets for the cases that need them; nil leaves those out.
    ///   - cases: those to run.
    ///   - report: hears each result as it comes.
    /// - Returns: one result a case; those over sockets stand last, as in `cases`.
    public static func results(
        of factory: AdapterFactory,
        _ fixtures: ConformanceFixtures,
        wire: WireBench? = nil,
        cases: [ConformanceCase] = cases,
        report: (ConformanceResult) -> Void = { _ in }
    ) async -> [ConformanceResult] {
        do throws(AdapterDiagnostics) {
            _ = try factory.adapter(configuredBy: fixtures.configuration)
        } catch {
            return [configurationFailure("\(error)")]
        }
        let subject = ConformanceSubject(factory: factory, fixtures: fixtures, wire: wire)
        return await results(of: subject, cases, report)
    }

    /// What the adapter broke; empty when it conforms.
    public static func run(
        _ factory: AdapterFactory,
        _ fixtures: ConformanceFixtures,
        wire: WireBench? = nil,
        cases: [ConformanceCase] = cases
    ) async -> [ConformanceFinding] {
        findings(await results(of: factory, fixtures, wire: wire, cases: cases))
    }

    /// The same for an adapter that is set up with the fixtures' configuration.
    public static func run(
        _ adapter: any IssuerAdapter,
        _ fixtures: ConformanceFixtures,
        cases: [ConformanceCase] = cases
    ) async -> [ConformanceFinding] {
        let subject = ConformanceSubject(adapter: adapter, fixtures: fixtures)
        return findings(await results(of: subject, cases) { _ in })
    }

    /// Cases over sockets spend their time waiting, so they wait together, after the others.
    private static func results(
        of subject: ConformanceSubject,
        _ cases: [ConformanceCase],
        _ report: (ConformanceResult) -> Void
    ) async -> [ConformanceResult] {
        var results: [ConformanceResult] = []
        for `case` in cases where `case`.scope != .wire {
            let result = await result(of: `case`, subject)
            report(result)
            results.append(result)
        }
        let waiting = cases.filter { $0.scope == .wire }
        let waited = await withTaskGroup(of: (Int, ConformanceResult).self) { group in
            for (index, `case`) in waiting.enumerated() {
                group.addTask { (index, await result(of: `case`, subject)) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        for (_, result) in waited.sorted(by: { $0.0 < $1.0 }) {
            report(result)
            results.append(result)
        }
        return results
    }

    private static func result(
        of case: ConformanceCase,
        _ subject: ConformanceSubject
    ) async -> ConformanceResult {
        func result(
            _ outcome: ConformanceResult.Outcome,
            _ absence: LocalisedText? = nil
        ) -> ConformanceResult {
            ConformanceResult(case: `case`, outcome: outcome, absence: absence)
        }
        guard subject.isIn(`case`.scope) else {
            return result(.notApplicable, subject.absence(of: `case`.scope))
        }
        do {
            let broken = try await `case`.check(subject)
            return result(broken.isEmpty ? .passed : .failed(broken))
        } catch let absence as NotApplicable {
            return result(.notApplicable, absence.reason)
        } catch {
            return result(.failed(["the case could not be carried out: \(error)"]))
        }
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
        return ConformanceResult(case: `case`, outcome: .failed([message]), absence: nil)
    }
}

/// One rule that an adapter broke.
public struct ConformanceFinding: Sendable, Hashable, CustomStringConvertible {
    /// The case's stable name.
    public var caseName: String
    public var message: String

    public var description: String { "\(caseName): \(message)" }
}

/// The rules of DESIGN §4 as cases that run against any adapter and return what it broke.
///
/// Recorded answers must give their states; then the good answer is bent in every way a network
/// and an issuer can bend it, and nothing bent may ever decide about a code or show a secret.
public enum AdapterConformance {
    /// Runs every case.
    ///
    /// - Parameters:
    ///   - factory: makes the adapter; its configuration comes from the fixtures.
    ///   - fixtures: the adapter's recorded answers.
    /// - Returns: nothing when the adapter conforms.
    public static func run(
        _ factory: AdapterFactory,
        _ fixtures: ConformanceFixtures
    ) async -> [ConformanceFinding] {
        do {
            let adapter = try factory.adapter(configuredBy: fixtures.configuration)
            return await run(adapter, fixtures)
        } catch {
            return [ConformanceFinding(caseName: "configuration", message: "\(error)")]
        }
    }

    /// Runs every case on an adapter that is set up with the fixtures' configuration.
    public static func run(
        _ adapter: any IssuerAdapter,
        _ fixtures: ConformanceFixtures
    ) async -> [ConformanceFinding] {
        let run = ConformanceRun(adapter: adapter, fixtures: fixtures)
        var findings = run.selfDescription()
        findings += await run.recordedAnswers()
        guard let good = fixtures.good else {
            return findings + run.missingAttackFixtures()
        }
        for attack in ConformanceAttack.all {
            findings += await run.undecided(attack, good)
        }
        findings += await run.unmappedAnswer()
        findings += await run.boundedRetries(good)
        findings += await run.steadiness(good)
        findings += await run.hiddenSecrets(good)
        findings += await run.echoedSecrets(good)
        findings += await run.boundedWords()
        return findings
    }
}

import ArgumentParser
import CardModel
import WireFormat

/// `cardproof doctor`: whether this deployment can do its work.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Check configuration, keys, store, log, clock, adapters and disk.",
        discussion: """
            Shows no secret. Works with a running gateway and without one. Exit: 0 nothing is \
            wrong (warnings are told), 1 something is, 64 the configuration cannot be used.
            """
    )

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        let configuration = try options.load()
        let examination = Examination(configuration: configuration, language: language)
        let findings = await examination.findings()
        if output.json {
            try Terminal.write(Self.value(of: findings).serialized() + [0x0a])
        } else {
            try Terminal.writeText(Self.text(of: findings), isSafe: true)
        }
        guard findings.allSatisfy({ $0.state != .wrong }) else {
            throw CardproofExit.internalFailure.code
        }
    }

    private static func value(of findings: [Examination.Finding]) -> JSONValue {
        [
            "healthy": .bool(findings.allSatisfy { $0.state != .wrong }),
            "checks": .array(
                findings.map {
                    [
                        "check": .string($0.check), "state": .string($0.state.rawValue),
                        "detail": .string($0.detail),
                    ]
                }
            ),
        ]
    }

    private static func text(of findings: [Examination.Finding]) -> String {
        let rows = findings.map { finding in
            [finding.state.rawValue, finding.check, Terminal.safe(finding.detail)]
        }
        let lines = Table(rows: rows).text.split(separator: "\n")
        return zip(findings, lines).map { finding, line in
            let word = finding.state.rawValue
            return Terminal.coloured(word, finding.state.tone) + line.dropFirst(word.count)
        }.joined(separator: "\n")
    }
}

import ArgumentParser
import CardModel
import Foundation
import WireFormat

/// `cardproof policy`: warranty policies, and what follows from them.
struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Check, show, explain and try out warranty policies.",
        subcommands: [
            Lint.self, Show.self, PolicyExplainCommand.self, PolicySimulateCommand.self,
            PolicyCasesCommand.self, PolicyReplayCommand.self,
        ]
    )

    struct Lint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "lint",
            abstract: "Find what is unfair, vague, or weaker than the platform's minimum.",
            discussion: """
                A .yaml file is a policy: fields that protect the buyer less than the minimum are \
                errors, and so is a calendar that neither ships nor stands in the configuration's \
                calendars_directory. A configuration that --config does not name and that has \
                faults is warned of and left aside. Every other file, and standard input (-), is a \
                shop's own text in Chinese: each unfair or vague clause is named with the reason \
                and a better wording (docs/clause-rules.md). It is UTF-8. Exit codes: 10 with an \
                error, 11 with warnings only, 64 for what cannot be read.
                """
        )

        @Argument(help: "Policies (.yaml) and texts; - is standard input.")
        var files: [String]

        @Option(
            help: """
                The platform's minimum: cn-platform-minimum, a file, or none; the key \
                minimum_policy otherwise.
                """
        )
        var minimum: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            // Whoever has a shop's text read needs no configuration.
            let references = files.contains(where: Self.isPolicy) ? try references() : nil
            let found = try files.map { try Self.findings(in: $0, references) }
            try output.show(.array(found.map(\.jsonValue))) {
                found.map { $0.text(in: language) }.filter { !$0.isEmpty }
                    .joined(separator: "\n")
            }
            let exits = found.map(\.exit)
            if exits.contains(.badCode) { throw CardproofExit.badCode.code }
            if exits.contains(.undecided) { throw CardproofExit.undecided.code }
        }

        private static func isPolicy(_ file: String) -> Bool {
            file.hasSuffix(".yaml") || file.hasSuffix(".yml")
        }

        private func references() throws -> PolicyReferences {
            let configured = try configuredReferences()
            guard let minimum else { return configured }
            return configured.with(
                minimum: try MinimumPolicy.policy(named: minimum, option: "--minimum"))
        }

        /// Nobody who lints a policy has to have a configuration in order: only one that he names
        /// must be.
        private func configuredReferences() throws -> PolicyReferences {
            let faults = FaultList()
            let configured = PolicyReferences(
                options.loader().sources(faults: faults), faults: faults)
            do throws(CommandFailure) {
                try faults.throwIfAny()
                return configured
            } catch {
                guard options.file == nil else { throw error }
                Terminal.say(
                    "warning: \(error.message)\nThe calendars and the minimum that ship are used.")
                return .shipped
            }
        }

        private static func findings(
            in file: String,
            _ references: PolicyReferences?
        ) throws -> PolicyFindings {
            do {
                if let references, isPolicy(file) {
                    let source = try PolicySource(
                        file, option: "policy lint", references: references)
                    return try PolicyFindings(
                        source: file, policy: source.policy, node: source.node,
                        references: references)
                }
                return try PolicyFindings(source: file, text: ShopText(file: file).text)
            } catch is ClauseTextTooLong {
                throw CommandFailure.usage(
                    "\(file): has more than \(ClauseLinter.longestTextBytes) bytes"
                )
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a policy's statement for the product page, or with --json the policy."
        )

        @Argument(help: "A policy that ships, or a file.")
        var policy: String

        @OptionGroup var output: OutputOptions

        func run() async throws {
            let policy = try PolicySource(policy, option: "policy").policy
            let language = try output.language
            try output.show(policy.jsonValue) { policy.statement(in: language) }
        }
    }
}

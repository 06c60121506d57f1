import ArgumentParser
import CardModel
import Foundation
import WireFormat

/// `cardproof merchants`: how claims ended, and the grades that anybody computes from it.
struct MerchantsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "merchants",
        abstract: "Publish how claims ended; merchants' grades and penalties.",
        discussion: """
            The file of outcomes and the exported log give everybody the same grades: \
            docs/verify/merchant_grade.py computes them. The commands work with a running \
            gateway, through its admin socket, and without one; `decide` speaks to a gateway with \
            an account's token.
            """,
        subcommands: [Outcomes.self, Grade.self, Penalties.self, Decide.self]
    )

    struct Outcomes: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "outcomes",
            abstract: "Write the published file of outcomes of one log (JSON lines).",
            discussion: """
                Export the log first and name its size: then file and folder tell of the same \
                claims while the gateway goes on. A platform whose log key was replaced has a \
                file for each of its logs.
                """
        )

        @Option(help: "The platform whose claims they are.")
        var platform: String

        @Option(
            help: "Which of its logs, by its number (`log list`) or origin; the open one otherwise."
        )
        var log: String?

        @Option(help: "End of the graded period (RFC 3339); now otherwise.")
        var asOf: String?

        @Option(help: "Only outcomes among so many first entries of the log; all otherwise.")
        var size: UInt64?

        @Option(name: .customLong("output"), help: "File to write; standard output otherwise.")
        var file: String?

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let instant = try Instant.given(asOf, for: "--as-of")
            let bytes = try await OperatorAccess.with(try options.load()) { access in
                let ordinal = try await self.ordinal(access)
                return try await access.outcomes(
                    of: platform, log: ordinal, asOf: instant, size: size)
            }
            guard let bytes else { throw CommandFailure.unknownPlatform(platform) }
            guard let file else { return try Terminal.write(bytes) }
            do {
                try Data(bytes).write(to: URL(fileURLWithPath: file), options: .atomic)
            } catch {
                throw CommandFailure.failed(
                    "\(file): cannot be written: \(error.localizedDescription)")
            }
        }

        /// The number of the log that is meant; nil for the open one.
        private func ordinal(_ access: any Operator) async throws -> Int? {
            guard let log else { return nil }
            let logs = try await access.logs(of: platform)?["logs"]?.arrayValue
            guard let logs else { throw CommandFailure.unknownPlatform(platform) }
            let wanted = logs.first { row in
                row["origin"]?.stringValue == log
                    || row["log"]?.integerValue.map { String($0) } == log
            }
            guard let number = wanted?["log"]?.integerValue else {
                throw CommandFailure.usage(
                    "there is no log `\(log)` of \(platform); `cardproof log list` names them")
            }
            return Int(number)
        }
    }

    struct Grade: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "grade",
            abstract: "Show the grade of one merchant, or of all, with what it was made of."
        )

        @Option(help: "The platform that they sell on.")
        var platform: String

        @Option(help: "The merchant, as the platform names it; all otherwise.")
        var merchant: String?

        @Option(help: "End of the graded period (RFC 3339); now otherwise.")
        var asOf: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let instant = try Instant.given(asOf, for: "--as-of")
            let grades = try await OperatorAccess.with(try options.load()) {
                try await $0.grades(of: platform, merchant: merchant, asOf: instant)
            }
            guard let grades else {
                throw merchant.map {
                    CommandFailure.usage("\($0) has delivered nothing on \(platform)")
                } ?? CommandFailure.unknownPlatform(platform)
            }
            try output.show(grades) {
                merchant == nil
                    ? GradeText.table(of: grades, in: language)
                    : GradeText.page(of: grades, in: language)
            }
        }
    }
}

import ArgumentParser
import WireFormat

/// `cardproof evidence`: what the log holds.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Show an entry of the evidence log with its fields opened.",
        subcommands: [Show.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one entry, its disclosures and its proof; card keys stay closed."
        )

        @Argument(help: "Index of the entry, from 0.")
        var index: UInt64

        @Option(help: "The platform whose log it is.")
        var platform: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let entry = try await OperatorAccess.with(try options.load()) {
                try await $0.evidence(index, platform: platform)
            }
            guard let entry else {
                throw CommandFailure.usage(
                    "the log of \(platform) has no entry \(index), or there is no such platform"
                )
            }
            try output.show(entry) { Outline.text(of: entry) }
        }
    }
}

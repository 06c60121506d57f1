import ArgumentParser
import WireFormat

/// `cardproof deliveries quarantine`: shops' messages that no code could be read out of.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "List shops' messages that hold no readable code, and read them again.",
        discussion: "A message waits here, sealed, when its goods are unknown, when a line fits "
            + "two grammars, or when it is no code at all. Mend `shops` or the product's format, "
            + "restart the gateway, and read it again.",
        subcommands: [List.self, ReadAgain.self, Discard.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row a message: why it waits, never what it says."
        )

        @OptionGroup var page: PageOptions
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Listing(
                name: "quarantined",
                columns: [
                    .init("NUMBER", "number"), .init("RECEIVED", "received_at"),
                    .init("PLATFORM", "platform"), .init("SHOP", "shop"),
                    .init("REASON", "reason"),
                ]
            ).show(page, from: page.request, options, output) { try await $0.quarantined($1) }
        }
    }

    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Forget a message that was no delivery."
        )

        @Argument(help: "Number of the message, from `list`.")
        var number: Int64

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let isDiscarded = try await OperatorAccess.with(try options.load()) { access in
                try await access.discard(quarantined: number)
            }
            guard isDiscarded else {
                throw CommandFailure.usage("there is no message \(number) in quarantine")
            }
            try output.show(["status": "discarded"]) { "discarded\n" }
        }
    }

    struct ReadAgain: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "read-again",
            abstract: "Read a message again under today's configuration."
        )

        @Argument(help: "Number of the message, from `list`.")
        var number: Int64

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let answer = try await OperatorAccess.with(try options.load()) { access in
                try await access.readAgain(quarantined: number)
            }
            guard let answer else {
                throw CommandFailure.usage("there is no message \(number) in quarantine")
            }
            try output.show(answer) {
                [answer["status"]?.lexeme, answer["reason"]?.lexeme]
                    .compactMap { $0 }.joined(separator: ": ") + "\n"
            }
        }
    }
}

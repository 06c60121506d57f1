import ArgumentParser
import Gateway
import WireFormat

/// `cardproof redemptions`: orders to spend codes, and those that a person has to look into.
struct RedemptionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "redemptions",
        abstract: "List the orders that spend codes.",
        discussion: "Works with a running gateway, through its admin socket, and without one.",
        subcommands: [List.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row an order, the oldest first.",
            discussion: """
                With `--state person` only those that nobody can be asked about any more: look the \
                order's number up with the issuer.
                """
        )

        @Option(help: "Only orders in this state: \(List.states).")
        var state: String?

        @OptionGroup var page: PageOptions
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        private static let states = RedemptionRecord.State.allCases.map(\.rawValue)
            .joined(separator: ", ")

        func run() async throws {
            var request = page.request
            if let state {
                guard let known = RedemptionRecord.State(rawValue: state) else {
                    throw CommandFailure.usage(
                        "--state \(state): one of \(Self.states) is expected"
                    )
                }
                request.state = known
            }
            try await Listing(
                name: "redemptions",
                columns: [
                    .init("CREATED", "created_at"), .init("ORDER", "redemption"),
                    .init("STATE", "state"), .init("ADAPTER", "adapter"),
                    .init("DELIVERY", "delivery"), .init("LINE", "line"),
                    .init("POLLS", "polls"), .init("NEXT", "next_attempt_at"),
                ]
            ).show(page, from: request, options, output) { try await $0.redemptions($1) }
        }
    }
}

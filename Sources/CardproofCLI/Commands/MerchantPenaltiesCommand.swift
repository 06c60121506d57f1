import ArgumentParser
import WireFormat

extension MerchantsCommand {
    /// `cardproof merchants penalties`: what merchants have reached, and who must act.
    struct Penalties: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "penalties",
            abstract: "List the rows of the penalty ladder that merchants reached.",
            discussion: """
                One row for each threshold that a merchant reached in a period of 30 days, with \
                what was counted. EXECUTION says who acts: `automatic` takes effect by itself and \
                can be taken back, `prepared` waits for a person of the platform, `person` is his \
                alone. Decisions are made over the API, with an account's token.
                """
        )

        @Option(help: "The merchant, as the platform names it; all otherwise.")
        var merchant: String?

        @OptionGroup var page: PageOptions
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let merchant = merchant
            try await Listing(
                name: "penalties",
                columns: [
                    .init("REACHED", "reached_at"), .init("MERCHANT", "merchant"),
                    .init("ROW", "row"), .init("STEP", "step"), .init("EXECUTION", "execution"),
                    .init("STATE", "state"), .init("VALUE", "value"),
                    .init("THRESHOLD", "threshold"), .init("SINCE", "since"),
                    .init("PENALTY", "penalty"),
                ]
            ).show(page, from: page.request, options, output) {
                try await $0.penalties($1, merchant: merchant)
            }
        }
    }
}

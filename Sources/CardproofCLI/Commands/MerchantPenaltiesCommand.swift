import AdapterKit
import ArgumentParser
import Gateway
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
                alone. `cardproof merchants decide` records his decision.
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

    /// `cardproof merchants decide`: a person's word on one of them.
    struct Decide: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decide",
            abstract: "Record what a person of the platform decided about a penalty.",
            discussion: """
                Made once, with the token of an account of role platform; it stands with its \
                reason in the history of the claim and in the log. The gateway carries no \
                penalty out.
                """
        )

        @Argument(help: "Id of the penalty: pen_…, from `cardproof merchants penalties`.")
        var penalty: String

        @Option(help: "The merchant that reached it.")
        var merchant: String

        @Option(help: "confirmed or dismissed.")
        var outcome: String

        @Option(help: "File (or -) with why; the merchant can read it, and it stands in the log.")
        var reason: String

        @Option(help: "The same decision under it a second time changes nothing.")
        var idempotencyKey: String?

        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func validate() throws {
            if access.token == "-", reason == "-" {
                throw ValidationError("Standard input (-) can be read once.")
            }
        }

        func run() async throws {
            let language = try output.language
            let why = try SecretInput.words(from: reason, name: "--reason")
            guard let id = PenaltyID(penalty) else {
                throw CommandFailure.usage(
                    "`\(penalty)` is no penalty; `cardproof merchants penalties` names them")
            }
            let name = URLSyntax.percentEncoded(merchant)
            let decided = try await access.post(
                "/v1/merchants/\(name)/penalties/\(id.text)/decisions",
                ["outcome": .string(outcome), "reason": .string(why)],
                idempotencyKey: idempotencyKey, language: language)
            try output.show(decided) { Outline.text(of: decided, in: ClaimWords(language)) }
        }
    }
}

import AdapterKit
import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof deposits`: the book of merchants' deposits, whose money the platform holds.
struct DepositsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deposits",
        abstract: "Show the book of merchants' deposits, and write down what came and went.",
        discussion: """
            Nothing here moves money: it tells the book what the platform received or paid back. \
            The token is the platform's API token; a withdrawal that was held back \
            (`withdrawal_held`) is posted by a person, with an account's token of role platform. \
            See docs/warranty-claims.md.
            """,
        subcommands: [Show.self, Entries.self, PayIn.self, Withdraw.self, Fund.self]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "What each account holds; all of them together are zero."
        )

        @Option(help: "Only this merchant's deposit, and what claims hold of it.")
        var merchant: String?

        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let query = merchant.map { "?merchant=\(URLSyntax.percentEncoded($0))" } ?? ""
            let book = try await access.read(
                "/v1/deposits\(query)", language: try output.language)
            try output.show(book) { DepositsCommand.balances(in: book) }
        }
    }

    struct Entries: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "entries",
            abstract: "What was written into the book, the oldest first: a row a posting."
        )

        @OptionGroup var page: PartyPageOptions
        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let entries = try await access.rows(
                named: "entries", at: "/v1/deposits/entries", page, language: try output.language)
            try output.show(entries) { DepositsCommand.postings(in: entries) }
        }
    }

    struct PayIn: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "pay-in",
            abstract: "A merchant paid into his deposit."
        )

        @Option(help: "The merchant, as the platform names it.")
        var merchant: String

        @OptionGroup var change: DepositChangeOptions

        func run() async throws { try await change.post(.deposit, merchant: merchant) }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "A merchant took out of his deposit what no claim holds."
        )

        @Option(help: "The merchant, as the platform names it.")
        var merchant: String

        @OptionGroup var change: DepositChangeOptions

        func run() async throws { try await change.post(.withdrawal, merchant: merchant) }
    }

    struct Fund: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "fund",
            abstract: "The platform paid into its own fund behind the deposits."
        )

        @OptionGroup var change: DepositChangeOptions

        func run() async throws { try await change.post(.backstopFunding, merchant: nil) }
    }

    fileprivate static func balances(in book: JSONValue) -> String {
        Listing(
            name: "balances",
            columns: [
                .init("ACCOUNT", "account"), .init("MINOR UNITS", "balance", "amount_minor"),
                .init("CURRENCY", "balance", "currency"),
            ]
        ).table(of: book)
    }

    private static func postings(in list: JSONValue) -> String {
        func word(_ entry: JSONValue, _ name: String) -> String { entry[name]?.lexeme ?? "-" }
        let rows = (list["entries"]?.arrayValue ?? []).flatMap { entry in
            (entry["postings"]?.arrayValue ?? []).map { posting in
                [
                    word(entry, "at"), word(entry, "kind"), word(posting, "account"),
                    posting["amount"]?["amount_minor"]?.lexeme ?? "-",
                    posting["amount"]?["currency"]?.lexeme ?? "-", word(entry, "reference"),
                ]
            }
        }
        let header = ["AT", "KIND", "ACCOUNT", "MINOR UNITS", "CURRENCY", "REFERENCE"]
        return Table(header: header, rows: rows).text
    }
}

/// What every change of the book takes.
struct DepositChangeOptions: ParsableArguments {
    @Option(help: "The amount in minor units with its currency, such as 500000:CNY.")
    var amount: String

    @Option(help: "The platform's own number of the payment.")
    var reference: String?

    @Option(help: "Names the payment: the same change under it a second time changes nothing.")
    var idempotencyKey: String

    @OptionGroup var access: PartyAccess
    @OptionGroup var output: OutputOptions

    /// - Parameter merchant: nil for the platform's own fund.
    /// - Throws: ``CommandFailure`` when it is refused, or nobody answers.
    func post(_ kind: DepositChange.Kind, merchant: String?) async throws {
        var body = JSONObject([
            .init(name: "kind", value: .string(kind.rawValue)),
            .init(name: "amount", value: try MoneyArgument.value(of: amount)),
        ])
        body["merchant"] = merchant.map { .string($0) }
        body["reference"] = reference.map { .string($0) }
        let book = try await access.post(
            "/v1/deposits", .object(body), idempotencyKey: idempotencyKey,
            language: try output.language)
        try output.show(book) { DepositsCommand.balances(in: book) }
    }
}

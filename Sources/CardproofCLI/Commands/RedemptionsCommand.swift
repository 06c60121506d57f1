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
            let first = request
            let list = try await OperatorAccess.with(try options.load()) { access in
                try await access.allRows(
                    named: "redemptions",
                    limit: try page.checkedLimit,
                    { try await access.redemptions($0) },
                    from: first
                )
            }
            try output.show(list) {
                let names = [
                    "created_at", "redemption", "state", "adapter", "delivery", "line", "polls",
                    "next_attempt_at",
                ]
                let rows = (list["redemptions"]?.arrayValue ?? []).map { row in
                    names.map { row[$0]?.lexeme ?? "-" }
                }
                return Table(
                    header: [
                        "CREATED", "ORDER", "STATE", "ADAPTER", "DELIVERY", "LINE", "POLLS", "NEXT",
                    ],
                    rows: rows
                ).text
            }
        }
    }
}

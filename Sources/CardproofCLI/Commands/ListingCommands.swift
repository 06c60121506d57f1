import ArgumentParser
import WireFormat

/// `cardproof deliveries`: what was accepted.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List the deliveries that were accepted, and follow their codes.",
        discussion:
            "The lists work with a running gateway, through its admin socket, and without one.",
        subcommands: [List.self, ProvenanceCommand.self, QuarantineCommand.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row a notice: webhook id, delivery, index of its leaf."
        )

        @OptionGroup var page: PageOptions

        @Option(help: "Only notices accepted at or after this time (RFC 3339).")
        var since: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var request = page.request
            request.since = try Instant.given(since, for: "--since")
            try await Listing(
                name: "deliveries",
                columns: [
                    .init("ACCEPTED", "accepted_at"), .init("PLATFORM", "platform"),
                    .init("DELIVERY", "delivery"), .init("WEBHOOK ID", "webhook_id"),
                    .init("STAGE", "stage"), .init("LEAF", "evidence", "index"),
                ]
            ).show(page, from: request, options, output) { try await $0.deliveries($1) }
        }
    }
}

/// Which part of a list is wanted.
struct PageOptions: ParsableArguments {
    @Option(help: "Only this platform.")
    var platform: String?

    @OptionGroup var rows: RowLimit

    var request: PageRequest { PageRequest(platform: platform) }

    var checkedLimit: Int? { get throws { try rows.checked } }
}

/// How much of a list is wanted.
struct RowLimit: ParsableArguments {
    @Option(help: "At most so many rows; all otherwise.")
    var limit: Int?

    /// - Throws: ``CommandFailure`` with 64.
    var checked: Int? {
        get throws {
            guard let limit else { return nil }
            guard limit > 0 else {
                throw CommandFailure.usage("--limit \(limit): a number above 0 is expected")
            }
            return limit
        }
    }
}

/// Which part of a list is wanted from a gateway that is asked as one of its parties.
struct PartyPageOptions: ParsableArguments {
    @OptionGroup var rows: RowLimit

    @Option(help: "The `next_cursor` of an earlier answer (--json): goes on behind it.")
    var cursor: String?

    var request: PageRequest { PageRequest(cursor: cursor) }
}

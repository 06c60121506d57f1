import AdapterKit
import ArgumentParser
import CardModel
import GatewayHTTP
import WireFormat

/// `cardproof adapter`: the issuers that can be asked.
struct AdapterCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adapter",
        abstract: "List, describe, make and try the issuers and carriers that can be asked.",
        subcommands: [
            List.self, Describe.self, New.self, Test.self, Record.self, Shadow.self, Count.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row an adapter, ready or not."
        )

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let listings = try options.load().registry.listings
            try output.show(["adapters": .array(listings.map(\.jsonValue))]) {
                let rows = listings.map { listing in
                    [
                        listing.id, listing.descriptor.name[language],
                        AdapterDescriptionText(listing: listing, language: language).status,
                        AdapterDescriptionText(listing: listing, language: language).effect,
                    ]
                }
                let header = [
                    "ID", language("名称", "NAME"), language("状态", "STATUS"),
                    language("对卡密的影响", "WHAT IT DOES TO THE CODE"),
                ]
                return Table(header: header, rows: rows).text
            }
        }
    }

    struct Describe: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "describe",
            abstract: "What an adapter asks, what it needs, and what its issuer's words mean."
        )

        @Argument(help: "Id of the adapter.")
        var id: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let registry = try options.load().registry
            guard let listing = registry.describe(id) else {
                throw CommandFailure.usage(
                    "there is no adapter `\(id)`; there are "
                        + registry.listings.map(\.id).joined(separator: ", ")
                )
            }
            let language = try output.language
            try output.show(listing.jsonValue) {
                AdapterDescriptionText(listing: listing, language: language).text
            }
        }
    }
}

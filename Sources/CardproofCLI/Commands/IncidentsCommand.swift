import ArgumentParser
import Gateway
import WireFormat

/// `cardproof incidents`: outages that stop the clock of warranties.
struct IncidentsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incidents",
        abstract: "Declare an outage of an issuer or of the platform, end it, list and show them.",
        discussion: """
            While an outage lasts, the warranties that it touches wait. An agent's or an arbiter's \
            token (`cardproof tenant account add`) declares and ends outages, or the platform's \
            API token. See docs/warranty-policies.md.
            """,
        subcommands: [List.self, Show.self, Declare.self, End.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row an incident, as they were declared."
        )

        @Flag(help: "Only those that are not ended.")
        var open = false

        @OptionGroup var page: PartyPageOptions
        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let list = try await access.rows(
                named: "incidents", at: "/v1/incidents", query: open ? ["state=open"] : [], page,
                language: try output.language)
            let listing = Listing(
                name: "incidents",
                columns: [
                    .init("STARTED", "started_at"), .init("ENDED", "ended_at"),
                    .init("INCIDENT", "incident"), .init("KIND", "kind"), .init("SCOPE", "scope"),
                    .init("NAME", "name"), .init("DECLARED BY", "declared_by"),
                    .init("REASON", "reason"),
                ]
            )
            try output.show(list) { listing.table(of: list) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show an incident."
        )

        @Argument(help: "Id of the incident: inc_….")
        var id: String

        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let path = try IncidentsCommand.path(id)
            let incident = try await access.read(path, language: try output.language)
            try output.show(incident) { Outline.text(of: incident) }
        }
    }

    struct Declare: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "declare",
            abstract: "Declare an outage; it lasts until it is ended.",
            discussion: "One of --issuer, --product and --whole-platform says what it touches."
        )

        @Argument(help: "issuer_outage or platform_outage.")
        var kind: String

        @Option(help: "All codes of this issuer, as products name it.")
        var issuer: String?

        @Option(help: "All codes of this product.")
        var product: String?

        @Flag(help: "All codes that the platform delivered.")
        var wholePlatform = false

        @Option(help: "When it began (RFC 3339), at most 30 days back; now otherwise.")
        var start: String?

        @Option(help: "Why, or the link of an announcement. Buyers see it: no person's name.")
        var reason: String

        @Option(help: "The same declaration under it a second time changes nothing.")
        var idempotencyKey: String?

        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let scopes: [(word: IncidentRecord.Reach.Word, name: String?)] =
                (issuer.map { [(.issuer, $0)] } ?? []) + (product.map { [(.product, $0)] } ?? [])
                + (wholePlatform ? [(.platform, nil)] : [])
            guard let scope = scopes.first, scopes.count == 1 else {
                throw CommandFailure.usage(
                    "one of --issuer, --product and --whole-platform is expected")
            }
            var body = JSONObject([
                .init(name: "kind", value: .string(kind)),
                .init(name: "scope", value: .string(scope.word.rawValue)),
                .init(name: "reason", value: .string(reason)),
            ])
            body["name"] = scope.name.map { .string($0) }
            body["started_at"] = try Instant.given(start, for: "--start").map {
                .string($0.rfc3339)
            }
            let incident = try await access.post(
                "/v1/incidents", .object(body), idempotencyKey: idempotencyKey,
                language: try output.language)
            try output.show(incident) { Outline.text(of: incident) }
        }
    }

    struct End: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "end",
            abstract: "End an outage: the clock of the warranties runs again.",
            discussion: "One that ends when it began is as if it had not been."
        )

        @Argument(help: "Id of the incident: inc_….")
        var id: String

        @Option(help: "When it was over (RFC 3339); now otherwise.")
        var at: String?

        @Option(help: "The same end under it a second time changes nothing.")
        var idempotencyKey: String?

        @OptionGroup var access: PartyAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var body = JSONObject()
            body["ended_at"] = try Instant.given(at, for: "--at").map { .string($0.rfc3339) }
            let incident = try await access.post(
                try IncidentsCommand.path(id) + "/end", .object(body),
                idempotencyKey: idempotencyKey, language: try output.language)
            try output.show(incident) { Outline.text(of: incident) }
        }
    }

    private static func path(_ id: String) throws -> String {
        guard let incident = IncidentID(id) else {
            throw CommandFailure.usage(
                "`\(id)` is no incident; `cardproof incidents list` names them")
        }
        return "/v1/incidents/\(incident.text)"
    }
}

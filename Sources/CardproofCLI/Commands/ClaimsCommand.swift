import ArgumentParser
import WireFormat

/// `cardproof claims`: what opened by itself, where it stands, and what its parties do.
struct ClaimsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "List and show warranty claims, and act on them.",
        discussion: """
            `list`, `due`, `queue`, `show`, `remedies` and `escalation` work with a running \
            gateway, through its admin socket, and without one. `open`, `act`, `receipt`, \
            `packet`, `file` and `track` speak to a gateway as one of a claim's parties does.
            """,
        subcommands: [
            List.self, Due.self, ClaimQueueCommand.self, Show.self, ClaimOpenCommand.self,
            ClaimActCommand.self, ClaimTrackCommand.self,
            RemediesCommand.self, ClaimReceiptCommand.self, ClaimEscalationCommand.self,
            ClaimPacketCommand.self, ClaimFileCommand.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row a claim, the oldest first."
        )

        @OptionGroup var page: PageOptions
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            try await Listing(
                name: "claims",
                columns: [
                    .init("OPENED", zhCN: "受理时间", "opened_at"), .init("CLAIM", zhCN: "申诉", "claim"),
                    .init("STATE", zhCN: "状态", "state"), .init("AGAINST", zhCN: "针对", "against"),
                    .init("VERDICT", zhCN: "判定", "verdict", "state"),
                    .init("DELIVERY", zhCN: "交付", "delivery"), .init("LINE", zhCN: "行", "line"),
                    .init("DUE", zhCN: "最迟", "due_at"),
                ],
                words: ClaimWords(try output.language)
            ).show(page, from: page.request, options, output) { try await $0.claims($1) }
        }
    }

    struct Due: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "due",
            abstract: "Who must act soon: open claims by due time, the most overdue first."
        )

        @Option(help: "Due before this time (RFC 3339); a day from now otherwise.")
        var before: String?

        @OptionGroup var page: PageOptions
        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let instant = try Instant.given(before, for: "--before")
            let language = try output.language
            var request = page.request
            if let limit = try page.checkedLimit { request.limit = min(limit, request.limit) }
            let wanted = request
            let claims = try await OperatorAccess.with(try options.load()) {
                try await $0.claimsDue(wanted, before: instant)
            }
            let listing = Listing(
                name: "claims",
                columns: [
                    .init("DUE", zhCN: "最迟", "due_at"), .init("OWNER", zhCN: "由谁处理", "owner"),
                    .init("STATE", zhCN: "状态", "state"), .init("CLAIM", zhCN: "申诉", "claim"),
                    .init("MERCHANT", zhCN: "商家", "merchant"),
                    .init("PROVISIONAL", zhCN: "暂定", "due_is_provisional"),
                ],
                words: ClaimWords(language)
            )
            try output.show(claims) { listing.table(of: claims) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a claim with its history."
        )

        @Argument(help: "Id of the claim: clm_….")
        var id: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let language = try output.language
            let claim = try await OperatorAccess.with(try options.load()) {
                try await $0.claim(id)
            }
            guard let claim else {
                throw CommandFailure.usage(
                    "there is no claim `\(id)`; `cardproof claims list` names them"
                )
            }
            try output.show(claim) { Outline.text(of: claim, in: ClaimWords(language)) }
        }
    }
}

/// `cardproof claims remedies`: what the platform was asked to carry out.
struct RemediesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remedies",
        abstract: "List the remedies that the platform was asked to carry out."
    )

    @Option(help: "Only these: requested, checking, done or cancelled.")
    var state: String?

    @OptionGroup var page: PageOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let state = state
        try await Listing(
            name: "remedies",
            columns: [
                .init("REQUESTED", zhCN: "请求时间", "requested_at"),
                .init("REMEDY", zhCN: "补救编号", "remedy"),
                .init("CLAIM", zhCN: "申诉", "claim"),
                .init("KIND", zhCN: "方式", "redress", "remedy"),
                .init("PAYER", zhCN: "由谁承担", "payer"), .init("STATE", zhCN: "状态", "state"),
            ],
            words: ClaimWords(try output.language)
        ).show(page, from: page.request, options, output) {
            try await $0.remedies($1, state: state)
        }
    }
}

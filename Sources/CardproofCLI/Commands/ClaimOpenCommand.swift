import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof claims open`: what a buyer reports of his order, and the platform for him.
struct ClaimOpenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "open",
        abstract: "Report what is wrong with a delivered item, and open a claim by it.",
        discussion: """
            For what no check finds by itself: nothing came, the account is not what was sold, \
            there is nobody to ask about the code. A person of the platform decides. A second \
            report about the same kind of problem answers the claim that is open.

            The token is the buyer's order token, an account's of role platform, or the \
            platform's API token, which speaks for the buyer. docs/warranty-claims.md lists the \
            problems.
            """
    )

    @Option(help: "Id of the delivery: dlv_….")
    var delivery: String

    @Option(help: "Line of the order.")
    var line: Int

    @Option(help: "What is wrong, such as not_delivered, used, account_mismatch.")
    var problem: String

    @Option(help: "What is asked for: reissue, refund_original, …; what the policy offers first.")
    var demand: String?

    @Option(help: "How it was reported: online, ticket or phone.")
    var via: String?

    @Option(help: "File (or -) with what happened, in your own words.")
    var statement: String?

    @Option(help: "Names the code where several stand on one line: chk_….")
    var check: String?

    @Option(help: "For whom the platform's token speaks: buyer or platform.")
    var actor: String?

    @OptionGroup var access: PartyAccess

    @Option(help: "The same report under it a second time answers the claim.")
    var idempotencyKey: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if access.token == "-", statement == "-" {
            throw ValidationError("Standard input (-) can be read once.")
        }
    }

    func run() async throws {
        guard let delivery = DeliveryID(delivery) else {
            throw CommandFailure.usage("\(delivery): the id of a delivery, dlv_…, is expected")
        }
        var body = JSONObject([
            .init(name: "line", value: .integer(Int64(line))),
            .init(name: "problem", value: .string(problem)),
        ])
        for (name, text) in [
            ("demand", demand), ("reported_via", via), ("check", check), ("actor", actor),
            (
                "statement",
                try statement.map { try SecretInput.words(from: $0, name: "--statement") }
            ),
        ] {
            body[name] = text.map { .string($0) }
        }
        let language = try output.language
        let answer = try await access.post(
            "/v1/deliveries/\(delivery.text)/claims", .object(body),
            idempotencyKey: idempotencyKey, language: language)
        try output.show(answer) { Outline.text(of: answer, in: ClaimWords(language)) }
    }
}

/// `cardproof claims queue`: what the platform's people should look into, and in which order.
struct ClaimQueueCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "queue",
        abstract: "Claims that wait for a person's review: by due day, complete cases first."
    )

    @OptionGroup var page: PageOptions
    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        var request = page.request
        if let limit = try page.checkedLimit { request.limit = min(limit, request.limit) }
        let wanted = request
        let claims = try await OperatorAccess.with(try options.load()) {
            try await $0.claimsQueue(wanted)
        }
        let listing = Listing(
            name: "claims",
            columns: [
                .init("DUE", zhCN: "最迟", "due_at"), .init("STATE", zhCN: "状态", "state"),
                .init("CLAIM", zhCN: "申诉", "claim"),
                .init("VERDICT", zhCN: "判定", "verdict", "state"),
                .init("REPORTED", zhCN: "反馈渠道", "reported_via"),
                .init("COMPLETE", zhCN: "证据齐全", "completeness", "complete"),
                .init("SCORE", zhCN: "完整度", "completeness", "score"),
            ],
            words: ClaimWords(language)
        )
        try output.show(claims) { listing.table(of: claims) }
    }
}

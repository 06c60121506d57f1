import ArgumentParser
import CardModel
import Gateway
import WireFormat

/// `cardproof claims act`: what one of a claim's parties does, with his own token.
struct ClaimActCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "act",
        abstract: "Act on a claim with the token of one of its parties.",
        discussion: """
            The token says who acts: a buyer's order token, an account's (`cardproof tenant \
            account add`), or the platform's API token, which speaks for the one that --actor \
            names. docs/warranty-claims.md lists the events and what belongs to each; an option \
            that does not belong to the event is refused.
            """
    )

    @Argument(help: "Id of the claim: clm_….")
    var claim: String

    @Argument(help: "What was done, such as message_posted, remedy_offered or ruled.")
    var event: String

    @OptionGroup var access: PartyAccess

    @Option(help: "For whom the platform's token speaks: buyer, merchant, platform, third_party.")
    var actor: String?

    @Option(
        help: "A remedy: reissue, refund_original, … (demand_stated, remedy_offered, a ruling).")
    var remedy: String?

    @Option(help: "An amount in minor units with its currency, such as 5000:CNY.")
    var amount: String?

    @Option(help: "Who is asked for facts: buyer or merchant (evidence_requested).")
    var from: String?

    @Option(help: "liable, not_liable, excluded (liability_proposed, ruled, appeal_decided).")
    var ruling: String?

    @Option(help: "Who answers for it: merchant, platform or third_party.")
    var liable: String?

    @Option(help: "Kind of an exclusion that is proven (ruling excluded).")
    var exclusion: String?

    @Option(
        help: """
            Reference of the evidence in words or a number of your own, which is kept without \
            the order's codes (disputed, reopened, a ruling).
            """
    )
    var evidence: String?

    @Option(help: "2 consumer bodies, 3 the payment firm, 4 the law (escalated).")
    var tier: Int?

    @Option(help: "Ground of an escalation: exhausted, silent_non_delivery, fraud, systemic.")
    var ground: String?

    @Option(help: "Outcome of an appeal (appeal_decided) or of a filing outside (external_update).")
    var outcome: String?

    @Option(help: "By how much a review is extended, such as PT24H or P1WD.")
    var by: String?

    @Option(
        help: """
            File (or -) with why a review takes longer (review_extended), or why it is ruled so \
            (a ruling, appeal_decided): told to those who see the claim. Codes of the order are \
            taken out; write none of another order.
            """
    )
    var reason: String?

    @Option(
        help: """
            A number of the outside channel (escalated, external_update), or of the evidence that \
            is added (evidence_added).
            """
    )
    var reference: String?

    @Option(help: "Which rule of risk was hit (risk_raised).")
    var rule: String?

    @Option(help: "Kind of an abuse: threat, insult, malicious_review, other (abuse_flagged).")
    var kind: String?

    @Option(help: "Where the message was posted (message_posted).")
    var channel: String?

    @Flag(help: "It was said elsewhere than in the platform's channel (message_posted).")
    var offChannel = false

    @Option(
        name: .customLong("text-sha256"),
        help: "SHA-256 of the message's words (message_posted, abuse_flagged)."
    )
    var textDigest: String?

    @Flag(help: "The remedy that was offered is accepted.")
    var accept = false

    @Flag(help: "The remedy that was offered is refused.")
    var refuse = false

    @Flag(help: "All that was asked for is there.")
    var complete = false

    @Flag(help: "A machine wrote the message.")
    var automatic = false

    @Option(help: "The same act under it a second time changes nothing.")
    var idempotencyKey: String?

    @Flag(help: "Show the whole claim, and not only what became of it.")
    var verbose = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if access.token == "-", reason == "-" {
            throw ValidationError("Standard input (-) can be read once.")
        }
    }

    func run() async throws {
        let words = ClaimWords(try output.language)
        guard ClaimID(claim) != nil else {
            throw CommandFailure.usage("\(claim): the id of a claim, clm_…, is expected")
        }
        guard !(accept && refuse) else {
            throw CommandFailure.usage("--accept and --refuse exclude each other")
        }
        let answer = try await access.post(
            "/v1/claims/\(claim)/events", try body(), idempotencyKey: idempotencyKey,
            language: words.language)
        try output.show(answer) {
            verbose
                ? Outline.text(of: answer, in: words)
                : ActText.text(of: answer, after: event, in: words)
        }
    }

    private func body() throws -> JSONValue {
        var body = JSONObject([.init(name: "event", value: .string(event))])
        let texts = [
            ("actor", actor), ("remedy", remedy), ("from", from), ("ruling", ruling),
            ("liable", liable), ("exclusion", exclusion), ("evidence", evidence),
            ("ground", ground), ("outcome", outcome), ("by", by),
            ("reason", try reason.map { try SecretInput.words(from: $0, name: "--reason") }),
            ("reference", reference), ("rule", rule), ("kind", kind), ("channel", channel),
            ("text_sha256", textDigest),
        ]
        for (name, text) in texts { body[name] = text.map { .string($0) } }
        body["tier"] = tier.map { .integer(Int64($0)) }
        body["amount"] = try amount.map { try MoneyArgument.value(of: $0) }
        if accept || refuse { body["is_accepted"] = .bool(accept) }
        if complete { body["is_complete"] = true }
        if automatic { body["is_automatic"] = true }
        if offChannel { body["off_channel"] = true }
        return .object(body)
    }
}

/// `cardproof claims track`: where a claim stands, for whoever has its number.
struct ClaimTrackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "track",
        abstract: "Show where a claim stands by its tracking number; no token is needed."
    )

    @Argument(help: "The number: KZ-….")
    var number: String

    @Option(help: "URL of the gateway.")
    var gateway: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let words = ClaimWords(try output.language)
        guard let number = TrackingNumber(number) else {
            throw CommandFailure.usage(
                "\(number): a number such as KZ-0000-0000-0000-0000 is expected")
        }
        let client = try GatewayClient(url: gateway)
        let answer = try await client.send("GET", "/v1/tracking/\(number.text)")
        await client.close()
        if answer.status == 404 {
            throw CommandFailure.usage("the gateway knows no claim of the number \(number.text)")
        }
        guard answer.isSuccess else { throw answer.failure }
        let claim = try answer.json
        try output.show(claim) { Outline.text(of: claim, in: words) }
    }
}

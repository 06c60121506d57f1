import ArgumentParser
import Gateway
import WireFormat

/// `cardproof claims receipt`: what became of a remedy that the platform was asked to carry out.
struct ClaimReceiptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Report what became of a remedy that was asked for.",
        discussion: """
            Given with the platform's API token or an account of role platform; merchant and third \
            party report what they refuse, fail at or repaired. The same receipt a second time \
            changes nothing. A replacement code is no receipt: it comes as a signed delivery.
            """
    )

    @Argument(help: "Id of the remedy: rem_…, from `cardproof claims remedies`.")
    var id: String

    @Option(help: "done, refused or failed.")
    var result: String

    @Option(help: "The remedy exactly as it was asked for, such as refund_original (done).")
    var remedy: String?

    @Option(help: "Its amount as it was asked for, such as 5000:CNY (done, where it pays).")
    var amount: String?

    @Option(help: "The platform's own number of what it did.")
    var reference: String?

    @OptionGroup var access: PartyAccess

    @Flag(help: "Show the whole claim, and not only what became of it.")
    var verbose = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let words = ClaimWords(try output.language)
        guard let remedyID = RemedyID(id) else {
            throw CommandFailure.usage("\(id): the id of a remedy, rem_…, is expected")
        }
        var body = JSONObject([.init(name: "result", value: .string(result))])
        body["remedy"] = remedy.map { .string($0) }
        body["amount"] = try amount.map { try MoneyArgument.value(of: $0) }
        body["reference"] = reference.map { .string($0) }
        let claim = try await access.post(
            "/v1/remedies/\(remedyID.text)/receipt", .object(body), idempotencyKey: nil,
            language: words.language)
        try output.show(claim) {
            verbose
                ? Outline.text(of: claim, in: words)
                : ActText.text(of: claim, after: "remedy_receipt", in: words)
        }
    }
}

import ArgumentParser
import CardModel
import Crypto
import Drivers
import Gateway
import WireFormat

/// `cardproof deliver`: what a platform's own program does, by hand.
struct DeliverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliver",
        abstract: "Send a signed delivery to a gateway.",
        discussion: """
            The body is sent as it is, signed as Standard Webhooks asks. Exit: 0 accepted, and \
            with --wait every code good; 10 a bad code, 13 only duplicates, 11 undecided; 64 the \
            gateway refused it; 20 the gateway cannot be reached.
            """
    )

    @Option(help: "URL of the gateway.")
    var gateway: String

    @Option(help: "Name of the platform that delivers.")
    var platform: String

    @Option(help: "File (or -) with the platform's secret whsec_….")
    var secretFile: String

    @Option(help: "File (or -) with the delivery as JSON.")
    var file: String

    @Option(help: "Wait up to so many seconds (30 at most) for the verdicts.")
    var wait: Int?

    @Option(help: "Webhook id; repeat one to see the stored answer. Random otherwise.")
    var id: String?

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let wait, !(1...30).contains(wait) {
            throw ValidationError("--wait \(wait): 1 to 30 seconds are expected.")
        }
        if let id, !WebhookSignature.isWellFormed(id: id) {
            throw ValidationError("--id: 1 to 128 visible ASCII symbols without a dot.")
        }
        guard PlatformRecord.isWellFormed(name: platform) else {
            throw ValidationError("--platform \(platform): is no platform's name.")
        }
        if secretFile == "-", file == "-" {
            throw ValidationError("Standard input (-) can be read once.")
        }
    }

    func run() async throws {
        let language = try output.language
        let signer = try WebhookSigner(
            secretText: SecretInput.line(from: secretFile, name: "--secret-file")
        )
        let body = try SecretInput.bytes(from: file, name: "--file")
        let random = SystemRandomSource()
        let id = id ?? "msg_" + Base64.encodeURL(random.bytes(18))
        let client = try GatewayClient(url: gateway)
        var headers = signer.headers(id: id, at: SystemTimeSource().now(), body: body)
        headers.append(("content-type", "application/json"))
        if let wait { headers.append(("prefer", "wait=\(wait)")) }
        let answer = try await client.send(
            "POST",
            "/v1/platforms/\(platform)/deliveries",
            headers: headers,
            body: body
        )
        await client.close()
        guard answer.isSuccess else { throw answer.failure }
        let value = try answer.json
        try output.show(value) { DeliveryText(language: language).text(of: value) }
        if wait != nil { try DeliveryText.conclude(value) }
    }
}

/// Signs as a platform does: `v1` of Standard Webhooks 1.0.
struct WebhookSigner {
    private let key: SymmetricKey

    /// - Throws: ``CommandFailure`` with 64; it never shows the text.
    init(secretText: String) throws {
        guard case .secret(let bytes) = WebhookKey(secretText) else {
            throw CommandFailure.usage(
                "--secret-file: whsec_ and the base64 of 24 to 64 bytes is expected"
            )
        }
        key = SymmetricKey(data: bytes)
    }

    func headers(id: String, at instant: Instant, body: [UInt8]) -> [(String, String)] {
        let timestamp = String(instant.millisecondsSinceEpoch / 1_000)
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("\(id).\(timestamp).".utf8) + body,
            using: key
        )
        return [
            ("webhook-id", id), ("webhook-timestamp", timestamp),
            ("webhook-signature", "v1," + Base64.encode(Array(code))),
        ]
    }
}

/// A delivery's answer for people.
struct DeliveryText {
    let language: Language

    func text(of answer: JSONValue) -> String {
        let head = language(
            "交付 \(answer["delivery"]?.lexeme ?? "-")，证据第 \(index(answer)) 条",
            "delivery \(answer["delivery"]?.lexeme ?? "-"), evidence \(index(answer))"
        )
        let ignored = (answer["ignored"]?.arrayValue ?? []).compactMap(\.lexeme)
        let rest =
            ignored.isEmpty
            ? [] : [language("未采用的字段：", "not used: ") + ignored.joined(separator: ", ")]
        return ([head] + (answer["items"]?.arrayValue ?? []).map { line(of: $0) } + rest)
            .joined(separator: "\n")
    }

    private func index(_ value: JSONValue) -> String { value["evidence"]?["index"]?.lexeme ?? "-" }

    private func line(of item: JSONValue) -> String {
        let line = item["line"]?.lexeme ?? "-"
        guard let state = Self.state(of: item) else {
            return "  \(line)  " + language("已受理，等待查询", "accepted, to be checked")
        }
        let liable = item["liability"]?.lexeme.map { "  \(language("责任方", "liable")) \($0)" }
        let claim = item["claim"]?.lexeme.map { "  \($0)" }
        return "  \(line)  \(state.rawValue)  \(state.meaning(in: language))"
            + (liable ?? "") + (claim ?? "")
    }

    static func state(of item: JSONValue) -> VerdictState? {
        item["verdict"]?["state"]?.stringValue.flatMap { VerdictState(rawValue: $0) }
    }

    /// Ends the command by what was found; an item without a verdict is undecided.
    static func conclude(_ answer: JSONValue) throws {
        let states = (answer["items"]?.arrayValue ?? []).map { state(of: $0) ?? .indeterminate }
        let exit = CardproofExit.conclusion(of: states)
        if exit != .allGood { throw exit.code }
    }
}

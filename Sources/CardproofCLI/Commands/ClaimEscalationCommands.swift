import ArgumentParser
import CardModel
import Foundation
import Gateway
import WireFormat

/// `cardproof claims escalation`: where a claim can go beyond the platform.
struct ClaimEscalationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "escalation",
        abstract: "Show the tier a claim belongs to, its channels, and what was filed.",
        discussion:
            "It files nothing: that is a person's act. docs/escalation.md explains the tiers."
    )

    @Argument(help: "Id of the claim: clm_….")
    var id: String

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        let found = try await OperatorAccess.with(try options.load()) {
            try await $0.escalation(of: id, language)
        }
        guard let found else {
            throw CommandFailure.usage(
                "there is no claim `\(id)`; `cardproof claims list` names them"
            )
        }
        try output.show(found) { Outline.text(of: found, in: ClaimWords(language)) }
    }
}

/// `cardproof claims packet`: the papers for one channel.
struct ClaimPacketCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "packet",
        abstract: "Write the papers for one channel outside the platform, or a draft of them.",
        discussion: """
            Who complains is read from a file, so that it stands in no list of processes: the name \
            on the first line, how to reach him on the second. Nothing of it is kept.
            """
    )

    @Argument(help: "Id of the claim: clm_….")
    var claim: String

    @Option(help: "12315, heimao, payment_alipay, small_claims_court, police_110, …")
    var channel: String

    @OptionGroup var access: PartyAccess

    @Option(help: "File (or -) with name and contact of who complains, a line each.")
    var complainant: String?

    @Option(help: "The legal name of the other side, where the platform has no record of it.")
    var respondent: String?

    @Option(help: "guaranteed, wechat, alipay, bank_card or direct_transfer.")
    var paymentMethod: String?

    @Option(
        help: "An act you decide on: accusation_of_fraud, refund_plus_three, collective_filing.")
    var confirm: [String] = []

    @Option(help: "Write the papers there; to standard output otherwise.")
    var out: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        guard ClaimID(claim) != nil else {
            throw CommandFailure.usage("\(claim): the id of a claim, clm_…, is expected")
        }
        var body = JSONObject([.init(name: "channel", value: .string(channel))])
        body["respondent"] = respondent.map { .string($0) }
        body["payment_method"] = paymentMethod.map { .string($0) }
        if !confirm.isEmpty { body["confirmed"] = .array(confirm.map { .string($0) }) }
        body["complainant"] = try complainant.map { try Self.complainant(from: $0) }
        let packet = try await access.post(
            "/v1/claims/\(claim)/packets", .object(body), idempotencyKey: nil, language: language)
        let markdown = packet["markdown"]?.stringValue ?? ""
        if let out {
            try Self.write(markdown, to: out)
            try output.show(packet) { Self.summary(packet, out) }
        } else {
            try output.show(packet) { markdown }
        }
    }

    private static func complainant(from path: String) throws -> JSONValue {
        let bytes = try SecretInput.bytes(from: path, name: "--complainant")
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard lines.count == 2 else {
            throw CommandFailure.usage(
                "--complainant \(path): two lines are expected, name and contact")
        }
        return ["name": .string(lines[0]), "contact": .string(lines[1])]
    }

    /// Only its owner reads it: it names a person.
    private static func write(_ text: String, to path: String) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CommandFailure.usage("--out \(path) exists already; name another file")
        }
        let isWritten = FileManager.default.createFile(
            atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw CommandFailure.failed("\(path) cannot be written") }
    }

    private static func summary(_ packet: JSONValue, _ path: String) -> String {
        let missing = packet["missing"]?.arrayValue ?? []
        let lines = missing.compactMap { $0["what_to_do"]?.stringValue }.map { "  - \($0)\n" }
        return "\(path)\n" + lines.joined()
    }
}

/// `cardproof claims file`: what a person reports of a filing outside.
struct ClaimFileCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "file",
        abstract: "Report what became of a filing outside the platform.",
        discussion:
            "The gateway files nothing: it keeps what you did and the number you were given."
    )

    @Argument(help: "Id of the claim: clm_….")
    var claim: String

    @Option(help: "12315, heimao, payment_alipay, small_claims_court, police_110, …")
    var channel: String

    @Option(help: "prepared, filed, reference_told, accepted, mediated, resolved or closed.")
    var status: String

    @Option(help: "The number that the body gave it.")
    var reference: String?

    @Option(help: "For whom the platform's token speaks: buyer.")
    var actor: String?

    @OptionGroup var access: PartyAccess

    @Option(help: "The same report under it a second time changes nothing.")
    var idempotencyKey: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let language = try output.language
        guard ClaimID(claim) != nil else {
            throw CommandFailure.usage("\(claim): the id of a claim, clm_…, is expected")
        }
        var body = JSONObject([
            .init(name: "channel", value: .string(channel)),
            .init(name: "status", value: .string(status)),
        ])
        body["reference"] = reference.map { .string($0) }
        body["actor"] = actor.map { .string($0) }
        let answer = try await access.post(
            "/v1/claims/\(claim)/filings", .object(body), idempotencyKey: idempotencyKey,
            language: language)
        try output.show(answer) { Outline.text(of: answer, in: ClaimWords(language)) }
    }
}

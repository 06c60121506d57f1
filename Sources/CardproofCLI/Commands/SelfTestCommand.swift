import ArgumentParser
import CardModel
import EvidenceLog
import Gateway
import WireFormat

/// `cardproof selftest`: the buyer's own look at his codes.
struct SelfTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "selftest",
        abstract: "Test the codes of an order (with its token), or a code without a gateway.",
        discussion: """
            With --gateway and --token the order token names the order: only its delivered codes \
            are asked about. --code compares what you received with what was delivered; the first \
            line of the file with the first line of the order, and so on.

            With --product the issuer is asked from here, under the configuration, into a log of \
            its own on this machine: the same verdict, a weaker proof.

            Proofs are saved as files. Exit: 0 all good, 10 a bad code, 11 undecided, 13 only \
            duplicates, 20 the gateway cannot be reached.
            """
    )

    @Option(help: "URL of the gateway.")
    var gateway: String?

    @Option(help: "File (or -) with the order token.")
    var token: String?

    @Option(help: "Id of a configured product: test without a gateway.")
    var product: String?

    @Option(help: "File (or -) with the codes, one a line; asked for without it.")
    var code: String?

    @Flag(
        help:
            "One after the other, the smallest face value first, up to the first that is not good.")
    var smallestFirst = false

    @Option(help: "Folder for the proofs.")
    var proofs = "."

    @Option(help: "Where to save the evidence bundle: a zip that verifies offline.")
    var bundle: String?

    @Option(help: "A screenshot of what the issuer shows: kept with the order's evidence.")
    var screenshot: String?

    @OptionGroup var options: ConfigurationOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (gateway == nil) != (product == nil) else {
            throw ValidationError("Give either --gateway with --token, or --product.")
        }
        if gateway != nil, token == nil {
            throw ValidationError("--token FILE (or -) is missing: the seller gave it to you.")
        }
        if gateway == nil, screenshot != nil {
            throw ValidationError("--screenshot is kept by a gateway: give --gateway with --token.")
        }
        if token == "-", code == "-" {
            throw ValidationError("Standard input (-) can be read once.")
        }
    }

    func run() async throws {
        let language = try output.language
        if let gateway, let token {
            try await test(at: gateway, tokenFile: token, language)
        } else if let product {
            try await test(product, language)
        }
    }

    private func test(at url: String, tokenFile: String, _ language: Language) async throws {
        let token = try SecretInput.line(from: tokenFile, name: "--token")
        let codes = try code.map { try CodeFile.codes(from: $0, question: "") } ?? []
        let picture = try screenshot.map { try AttachmentFile(path: $0, option: "--screenshot") }
        let client = try GatewayClient(url: url)
        let answer = try await client.send(
            "POST",
            "/v1/selftests",
            headers: [("content-type", "application/json")],
            secretHeaders: [("authorization", "Bearer \(token)")],
            body: body(of: codes)
        )
        guard answer.isSuccess else { throw answer.failure }
        let value = try answer.json
        let store = ProofFiles(folder: proofs)
        var saved: [String: String] = [:]
        for item in value["items"]?.arrayValue ?? [] {
            guard let path = item["evidence"]?["proof_url"]?.stringValue,
                let line = item["line"]?.lexeme,
                case let proof = try await client.send("GET", path), proof.isSuccess
            else { continue }
            saved[line] = try store.save(
                proof.body,
                delivery: value["delivery"]?.lexeme ?? "selftest",
                line: line
            )
        }
        let buyer = OrderEvidence(client: client, token: token, answer: value, language: language)
        let kept = await buyer.add(picture)
        let written = await buyer.saveBundle(at: bundle)
        await client.close()
        let text = SelfTestText(
            language: language, saved: saved, bundle: written, screenshotEntry: kept)
        try output.show(text.value(of: value)) { text.text(of: value) }
        try DeliveryText.conclude(value)
    }

    private func body(of codes: [CardCode]) -> [UInt8] {
        let elements = codes.enumerated().map { index, code -> JSONValue in
            var element: JSONObject = JSONObject([
                .init(name: "line", value: .integer(Int64(index + 1)))
            ])
            element["serial"] = code.serial.map { .string($0.text) }
            element["key"] = .string(code.key.withUnredacted { $0 })
            return .object(element)
        }
        var body = JSONObject()
        if !elements.isEmpty { body["codes"] = .array(elements) }
        if smallestFirst { body["smallest_first"] = true }
        return JSONValue.object(body).serialized()
    }

    private func test(_ product: String, _ language: Language) async throws {
        let configuration = try options.load()
        let codes = try CodeFile.codes(
            from: code,
            question: language("卡密：", "Code:")
        )
        let embedded = try EmbeddedSelfTest(
            configuration: configuration,
            product: product,
            stopsAtFirstFailure: smallestFirst,
            wantsBundle: bundle != nil
        )
        let result = try await embedded.run(codes)
        let store = ProofFiles(folder: proofs)
        var saved: [String: String] = [:]
        for (line, proof) in result.proofs {
            saved[line] = try store.save(proof, delivery: result.delivery, line: line)
        }
        var written: String?
        if let bundle, let bytes = result.bundle {
            try ProtectedFile.replace(bundle, bytes)
            written = bundle
        }
        let text = SelfTestText(language: language, saved: saved, bundle: written)
        try output.show(text.value(of: result.answer)) { text.text(of: result.answer) }
        Terminal.say(
            language(
                "这是本机自己的日志签名的证明，只说明本机看到了什么；卖家的网关开具的证明更有力。",
                "The proof is signed by a log of this machine's own: it shows what was seen here, "
                    + "and weighs less than one of the seller's gateway."
            )
        )
        try DeliveryText.conclude(result.answer)
    }
}

/// Where proofs are saved.
struct ProofFiles {
    let folder: String

    /// - Returns: the file's path.
    func save(_ proof: [UInt8], delivery: String, line: String) throws -> String {
        let path = "\(folder)/\(delivery)-line-\(line).tlog-proof"
        try ProtectedFile.replace(path, proof)
        return path
    }
}

import ArgumentParser
import EvidenceLog
import Gateway
import WireFormat

/// `cardproof batches`: stock that was registered, and what may be handed over of it.
struct BatchesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "batches",
        abstract: "List registered stock, release, stop or withdraw it, prove a line.",
        discussion: "Stock is registered by `cardproof audit --register`. Nothing of a batch may "
            + "be handed over before it is released; a recall is for good.",
        subcommands: [
            List.self, Show.self, Release.self, Quarantine.self, Recall.self, Withdraw.self,
            Prove.self,
        ]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "One row a batch, the oldest first."
        )

        @OptionGroup var access: BatchAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var rows: [JSONValue] = []
            var cursor: String?
            repeat {
                let query = cursor.map { "?cursor=\($0)" } ?? ""
                let page = try await access.json("GET", "/v1/batches\(query)")
                rows += page["batches"]?.arrayValue ?? []
                cursor = page["next_cursor"]?.stringValue
            } while cursor != nil
            let list: JSONValue = ["batches": .array(rows)]
            let listing = Listing(
                name: "batches",
                columns: [
                    .init("REGISTERED", "created_at"), .init("BATCH", "batch"),
                    .init("STATE", "state"), .init("PRODUCT", "product"), .init("NAME", "name"),
                    .init("MERCHANT", "merchant"), .init("SUPPLIER", "supplier"),
                    .init("LINES", "lines"), .init("GOOD", "good"), .init("RELEASED", "released"),
                    .init("VERIFIED", "verified"), .init("BAD", "bad"),
                ]
            )
            try output.show(list) { listing.table(of: list) }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show a batch with its history."
        )

        @Argument(help: "Id of the batch: bat_….")
        var id: String

        @OptionGroup var access: BatchAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let batch = try await access.json("GET", BatchAccess.path(id))
            try output.show(batch) { Outline.text(of: batch) }
        }
    }

    struct Release: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "release",
            abstract: "Let good codes of a batch be handed over: all, or the first K.",
            discussion: "A further stage waits until every released code was found good, unless "
                + "--waived says that the buyer does without it."
        )

        @Argument(help: "Id of the batch: bat_….")
        var id: String

        @Option(help: "Good codes in the order of the file, counted from the first; all otherwise.")
        var first: Int?

        @Flag(help: "The buyer does without the verification of the stage before.")
        var waived = false

        @OptionGroup var access: BatchAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            var body = JSONObject()
            body["first"] = first.map { .integer(Int64($0)) }
            if waived { body["waived"] = true }
            try await access.act("release", on: id, body, output)
        }
    }

    struct Quarantine: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "quarantine",
            abstract: "Stop a batch for now; releasing it ends that."
        )

        @OptionGroup var batch: NamedBatch

        func run() async throws { try await batch.act("quarantine") }
    }

    struct Recall: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "recall",
            abstract: "Stop a batch for good, and tell every order that holds a code of it."
        )

        @OptionGroup var batch: NamedBatch

        func run() async throws { try await batch.act("recall") }
    }

    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "Take back a batch that was registered by mistake.",
            discussion: "Only before anything of it was released. Its codes count as never "
                + "registered; what the log says of it stays."
        )

        @OptionGroup var batch: NamedBatch

        func run() async throws { try await batch.act("withdraw") }
    }

    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "prove",
            abstract: "Save the proof of one line, which shows nothing of its neighbours."
        )

        @Argument(help: "Id of the batch: bat_….")
        var id: String

        @Option(help: "Number of the line in the file that was audited, from 1.")
        var line: Int

        @Option(help: "Where to save the bundle: a zip that verifies offline.")
        var out: String

        @OptionGroup var access: BatchAccess
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard line > 0 else {
                throw CommandFailure.usage("--line \(line): lines are counted from 1")
            }
            let answer = try await access.send(
                "GET",
                BatchAccess.path(id) + "/lines/\(line)/proof",
                answerLimit: CanonicalArchive.largestByteCount
            )
            guard answer.isSuccess else { throw answer.failure }
            try ProtectedFile.replace(out, answer.body)
            let saved: JSONValue = [
                "batch": .string(id), "line": .integer(Int64(line)), "saved": .string(out),
            ]
            let language = try output.language
            try output.show(saved) {
                language(
                    "证明已保存：\(out)；核对：cardproof verify \(out)\n",
                    "The proof is in \(out); to check it: cardproof verify \(out)\n"
                )
            }
        }
    }
}

/// A batch that something is done to, without further options.
struct NamedBatch: ParsableArguments {
    @Argument(help: "Id of the batch: bat_….")
    var id: String

    @OptionGroup var access: BatchAccess
    @OptionGroup var output: OutputOptions

    func act(_ act: String) async throws {
        try await access.act(act, on: id, JSONObject(), output)
    }
}

/// How commands about batches reach the gateway: as the platform, by its API token.
struct BatchAccess: ParsableArguments {
    @Option(help: "URL of the gateway.")
    var gateway: String

    @Option(help: "File (or -) with the platform's API token.")
    var token: String

    /// - Throws: ``CommandFailure`` with 64 when it is no id.
    static func path(_ id: String) throws -> String {
        guard let batch = BatchID(id) else {
            throw CommandFailure.usage("`\(id)` is no batch; `cardproof batches list` names them")
        }
        return "/v1/batches/\(batch.text)"
    }

    func send(
        _ method: String,
        _ path: String,
        body: JSONObject? = nil,
        answerLimit: Int = GatewayClient.mostAnswerBytes
    ) async throws -> GatewayAnswer {
        let token = try SecretInput.line(from: token, name: "--token")
        let client = try GatewayClient(url: gateway)
        let answer = try await client.send(
            method,
            path,
            headers: body == nil ? [] : [("content-type", "application/json")],
            secretHeaders: [("authorization", "Bearer \(token)")],
            body: body.map { JSONValue.object($0).serialized() } ?? [],
            answerLimit: answerLimit
        )
        await client.close()
        return answer
    }

    func json(_ method: String, _ path: String, body: JSONObject? = nil) async throws -> JSONValue {
        let answer = try await send(method, path, body: body)
        guard answer.isSuccess else { throw answer.failure }
        return try answer.json
    }

    func act(
        _ act: String,
        on id: String,
        _ body: JSONObject,
        _ output: OutputOptions
    ) async throws {
        let batch = try await json("POST", Self.path(id) + "/\(act)", body: body)
        try output.show(batch) { Outline.text(of: batch) }
    }
}

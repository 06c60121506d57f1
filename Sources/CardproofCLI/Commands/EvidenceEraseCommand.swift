import ArgumentParser
import CardModel
import Gateway
import WireFormat

extension EvidenceCommand {
    struct Erase: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "erase",
            abstract: "Destroy what is known of a delivery; its proofs stay valid.",
            discussion: """
                Data keys, codes, records, claims and the order itself are destroyed, and a leaf \
                tells that it was done. While a claim or an order to spend a code is open, and \
                until retention_days after completion, the delivery is restricted instead: kept, \
                and read by the operator alone. --due erases what waited for that.

                Exit: 0 erased, or restricted with the reason and the date; 64 there is no such \
                delivery.
                """
        )

        @Argument(help: "The delivery, dlv_….")
        var delivery: String?

        @Option(help: "SHA-256 of the request that asks for it, in hexadecimal; kept in the log.")
        var requestSha256: String?

        @Option(
            help: """
                Erase although a claim is open or the retention runs; the reason is recorded. \
                Names nobody: the record outlives what is erased.
                """
        )
        var overrideHold: String?

        @Flag(help: "Erase every restricted delivery whose hold has ended.")
        var due = false

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard (delivery == nil) == due else {
                throw ValidationError("name a delivery, or give --due")
            }
        }

        func run() async throws {
            let language = try output.language
            let configuration = try options.load()
            guard let delivery else {
                let done = try await OperatorAccess.with(configuration) {
                    try await $0.eraseDue()
                }
                return try output.show(done) { Outline.text(of: done) }
            }
            let request = try request(delivery)
            let answer = try await OperatorAccess.with(configuration) {
                try await $0.erase(request)
            }
            guard let answer else {
                throw CommandFailure.usage("there is no delivery \(delivery)")
            }
            try output.show(answer) { Self.text(of: answer, in: language) }
        }

        private func request(_ delivery: String) throws -> ErasureRequest {
            guard let id = DeliveryID(delivery) else {
                throw CommandFailure.usage("\(delivery): an identifier dlv_… is expected")
            }
            let digest = try requestSha256.map { text in
                guard let digest = Hexadecimal.decode(text), digest.count == 32 else {
                    throw CommandFailure.usage(
                        "--request-sha256: 64 hexadecimal digits are expected")
                }
                return digest
            }
            if let reason = overrideHold,
                reason.allSatisfy(\.isWhitespace) || reason.count > ErasureRecord.longestReason
            {
                throw CommandFailure.usage(
                    "--override-hold: a reason of 1 to \(ErasureRecord.longestReason) characters "
                        + "is expected")
            }
            return ErasureRequest(
                delivery: id, requestSHA256: digest, overrideReason: overrideHold)
        }

        private static func text(of answer: JSONValue, in language: Language) -> String {
            let outline = Outline.text(of: answer)
            guard answer["status"]?.stringValue == "restricted" else {
                return outline + "\n" + traces(answer["traces"]?.stringValue, language)
            }
            return outline + "\n"
                + language(
                    "尚不能删除：已限制为仅保存，保留期满后请运行 cardproof evidence erase --due。",
                    "It cannot be erased yet and is only kept: `cardproof evidence erase --due` "
                        + "erases it when the hold has ended."
                )
        }

        private static func traces(_ word: String?, _ language: Language) -> String {
            switch word.flatMap({ TraceRemoval(rawValue: $0) }) {
            case .complete:
                language("存储文件中已无痕迹。", "Nothing of it is left in the store's files.")
            case .fileNotRewritten, .logInUse, nil:
                language(
                    "请在空闲时运行 cardproof evidence compact，以清除存储文件中的残留。",
                    "Run `cardproof evidence compact` at a quiet hour: it removes what the "
                        + "store's files may still hold of it."
                )
            }
        }
    }

    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact",
            abstract: "Rewrite the store's files, so that nothing erased is left in them.",
            discussion: """
                Takes as long, and as much free disk, as the store is large; nothing else is \
                written meanwhile. `evidence erase` does it by itself while the store is small.
                """
        )

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let done = try await OperatorAccess.with(try options.load()) {
                try await $0.compact()
            }
            try output.show(done) { Outline.text(of: done) }
            guard done["traces"]?.stringValue == TraceRemoval.complete.rawValue else {
                throw CommandFailure.failed(
                    "somebody reads the store, so its log could not be emptied: try again")
            }
        }
    }
}

import ArgumentParser
import EvidenceLog
import Gateway
import WireFormat

/// `cardproof evidence`: what the log holds.
struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Show entries of the log, add files, make bundles, or erase a delivery.",
        subcommands: [
            Show.self, Bundle.self, EvidenceAttachCommand.self, Erase.self, Compact.self,
        ]
    )

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Show one entry, its disclosures and its proof; card keys stay closed."
        )

        @Argument(help: "Index of the entry, from 0.")
        var index: UInt64

        @Option(help: "The platform whose log it is.")
        var platform: String

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let entry = try await OperatorAccess.with(try options.load()) {
                try await $0.evidence(index, platform: platform)
            }
            guard let entry else {
                throw CommandFailure.usage(
                    "the log of \(platform) has no entry \(index), or there is no such platform"
                )
            }
            try output.show(entry) { Outline.text(of: entry) }
        }
    }

    struct Bundle: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "bundle",
            abstract: "Write the evidence bundle of a delivery: one zip that verifies offline.",
            discussion: """
                Card keys stay closed unless they are revealed on purpose, for an issuer or a \
                court; such a bundle is readable by its owner alone, and replaces no file. \
                Whoever gets the bundle checks it with `cardproof verify`, with verify.sh in it, \
                or with the Python program in docs/verify.
                """
        )

        @Argument(help: "The delivery (dlv_…).")
        var delivery: String

        @Option(name: .customLong("for"), help: "Whose bundle it is.")
        var reader: Reader = .buyer

        @Option(help: "Open a field that is closed otherwise: key.")
        var reveal: Reveal?

        @Option(
            help: """
                Which of the platform's logs, by its number (`log list`): a bundle has the entries \
                of one. That of the delivery's first entry otherwise.
                """
        )
        var log: Int?

        @Option(name: .shortAndLong, help: "Where to write it; default DELIVERY-FOR.zip.")
        var out: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        /// Who gets the bundle, which decides the fields that it opens.
        enum Reader: String, ExpressibleByArgument, CaseIterable {
            case buyer
            case merchant
            case platform

            var audience: BundleAudience {
                switch self {
                case .buyer: .buyer
                case .merchant: .merchant
                case .platform: .platform
                }
            }
        }

        /// What may be revealed.
        enum Reveal: String, ExpressibleByArgument {
            case key
        }

        func run() async throws {
            let language = try output.language
            guard let id = DeliveryID(delivery) else {
                throw CommandFailure.usage("\(delivery): is no delivery id (dlv_…)")
            }
            let request = BundleRequest(
                delivery: id,
                audience: reader.audience,
                revealsKeys: reveal == .key,
                log: log
            )
            let bytes = try await OperatorAccess.with(try options.load()) {
                try await $0.bundle(request)
            }
            guard let bytes else {
                throw CommandFailure.usage(
                    log.map { "there is no delivery \(delivery) with entries in log \($0)" }
                        ?? "there is no delivery \(delivery)")
            }
            let path = out ?? "\(delivery)-\(reader.rawValue).zip"
            if request.revealsKeys {
                try ProtectedFile.create(path, bytes: bytes)
            } else {
                try ProtectedFile.replace(path, bytes)
            }
            try output.show([
                "path": .string(path), "delivery": .string(delivery),
                "for": .string(reader.rawValue), "bytes": .integer(Int64(bytes.count)),
                "reveals_keys": .bool(request.revealsKeys),
            ]) {
                language(
                    "证据包已写入 \(path)；验证：cardproof verify \(path)",
                    "The bundle is in \(path); to check it: cardproof verify \(path)"
                )
            }
        }
    }
}

import ArgumentParser
import Drivers
import Foundation
import Gateway
import WireFormat

/// `cardproof tenant`: the platforms whose deliveries a gateway takes.
struct TenantCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant",
        abstract: "Add and list platforms, and the accounts that act on their claims.",
        discussion: "Each platform has its own secrets, its own token and its own evidence log.",
        subcommands: [Add.self, List.self, TenantAccountCommand.self]
    )

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "List the platforms with the keys of their logs."
        )

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            let platforms = try await OperatorAccess.with(try options.load()) {
                try await $0.platforms()
            }
            let listing = Listing(
                name: "platforms",
                columns: [
                    .init("NAME", "name"), .init("ORIGIN", "origin"),
                    .init("LOG SIZE", "log_size"), .init("VKEY", "vkey"),
                ]
            )
            try output.show(platforms) { listing.table(of: platforms) }
        }
    }
}

extension TenantCommand {
    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Add a platform and write its secrets to files with mode 0600.",
            discussion: """
                Writes webhook.secret (what the platform signs its deliveries with, unless a \
                secret is given), api.token (what it reads with), events.public and \
                events.secret (what it verifies our events with). No secret is printed.
                """
        )

        @Argument(help: "Name: 1 to 40 lower-case letters, digits and inner dashes.")
        var name: String

        @Option(help: "Folder for the secrets; made with mode 0700 when it is not there.")
        var secretsDirectory: String

        @Option(help: "Origin of the evidence log; log.origin and the name otherwise.")
        var origin: String?

        @Option(
            help: """
                File (or -) with a secret whsec_… that the platform signs with already. May be \
                given several times, while one secret replaces another.
                """
        )
        var webhookSecretFile: [String] = []

        @Option(help: "File with the public key whpk_… that the platform signs with.")
        var webhookPublicKeyFile: String?

        @Option(help: "URL that events are sent to.")
        var eventsURL: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func run() async throws {
            guard PlatformRecord.isWellFormed(name: name) else {
                throw CommandFailure.usage(
                    "\(name): a platform's name has 1 to 40 lower-case letters, digits and inner "
                        + "dashes"
                )
            }
            let configuration = try options.load()
            let files = PlatformFiles(folder: secretsDirectory)
            try files.prepare()
            let fresh = webhookSecretFile.isEmpty ? freshSecret() : nil
            let secrets = try fresh.map { [$0] } ?? givenSecrets()
            let order = PlatformOrder(
                name: name,
                origin: try origin(configuration),
                eventsURL: try checkedEventsURL(),
                webhookKeys: secrets + (try publicKey().map { [$0.text] } ?? [])
            )
            var answer =
                try await OperatorAccess.with(configuration) {
                    try await $0.addPlatform(order)
                }.objectValue ?? JSONObject()
            try files.write(answer, webhookSecret: fresh)
            let written = files.written(withSecret: fresh != nil)
            answer["secrets"] = nil
            answer["files"] = .array(written.map { .string($0) })
            try output.show(.object(answer)) {
                ["name", "origin", "vkey"].map { "\($0): \(answer[$0]?.lexeme ?? "-")" }
                    .joined(separator: "\n")
                    + "\n" + written.joined(separator: "\n")
            }
        }

        private func freshSecret() -> String {
            WebhookKey.secret(SystemRandomSource().bytes(32)).text
        }

        private func givenSecrets() throws -> [String] {
            try webhookSecretFile.map { path in
                let text = try SecretInput.line(from: path, name: "--webhook-secret-file")
                guard case .secret = WebhookKey(text) else {
                    throw CommandFailure.usage(
                        "--webhook-secret-file \(path): whsec_ and the base64 of 24 to 64 bytes "
                            + "is expected"
                    )
                }
                return text
            }
        }

        private func publicKey() throws -> WebhookKey? {
            guard let path = webhookPublicKeyFile else { return nil }
            let text = try SecretInput.line(from: path, name: "--webhook-public-key-file")
            guard let key = WebhookKey(text), case .publicKey = key else {
                throw CommandFailure.usage(
                    "--webhook-public-key-file \(path): whpk_ and the base64 of an Ed25519 public "
                        + "key is expected"
                )
            }
            return key
        }

        private func origin(_ configuration: GatewayConfiguration) throws -> String {
            if let origin { return origin }
            guard let prefix = configuration.logOrigin else {
                throw CommandFailure.usage(
                    "the evidence log needs a name: set log.origin, or give --origin"
                )
            }
            return "\(prefix)/\(name)"
        }

        private func checkedEventsURL() throws -> String? {
            guard let eventsURL else { return nil }
            guard eventsURL.hasPrefix("http://") || eventsURL.hasPrefix("https://"),
                URL(string: eventsURL)?.host() != nil
            else {
                throw CommandFailure.usage("--events-url \(eventsURL): a URL is expected")
            }
            return eventsURL
        }
    }
}

/// The files that `tenant add` writes.
private struct PlatformFiles {
    let folder: String

    private static let names = ["webhook.secret", "api.token", "events.public", "events.secret"]

    /// Before anything is added: a platform whose secrets cannot be written is lost.
    func prepare() throws {
        try ProtectedFile.makeFolder(folder)
        for path in written(withSecret: true) where FileManager.default.fileExists(atPath: path) {
            throw CommandFailure.usage("\(path) exists already and is not overwritten")
        }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw CommandFailure.usage("\(folder): cannot be written")
        }
    }

    func write(_ answer: JSONObject, webhookSecret: String?) throws {
        let secrets = answer["secrets"]
        let contents = [
            webhookSecret, secrets?["api_token"]?.stringValue,
            answer["events_public_key"]?.stringValue, secrets?["events_secret"]?.stringValue,
        ]
        for (name, content) in zip(Self.names, contents) {
            if let content { try ProtectedFile.create("\(folder)/\(name)", content) }
        }
    }

    func written(withSecret: Bool) -> [String] {
        Self.names.dropFirst(withSecret ? 0 : 1).map { "\(folder)/\($0)" }
    }
}

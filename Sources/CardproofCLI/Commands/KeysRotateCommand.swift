import ArgumentParser
import CardModel
import Drivers
import Gateway
import WireFormat

extension KeysCommand {
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Replace the master key; a gateway that runs goes on meanwhile.",
            discussion: """
                Makes a new key beside the old one (KEY.next), wraps every secret of the store \
                under it in one transaction, and puts it in the old one's place. The old key is \
                kept as KEY.retired-TIME: it opens the backups of before, and nothing else. \
                Interrupted at any moment, one of the files opens the store; the same command \
                goes on where it was.
                """
        )

        @Flag(help: "The master key.")
        var master = false

        @Option(
            help: """
                The key's file, where the gateway gets it as a credential of systemd: the path \
                behind LoadCredential=.
                """
        )
        var file: String?

        @OptionGroup var options: ConfigurationOptions
        @OptionGroup var output: OutputOptions

        func validate() throws {
            guard master else { throw ValidationError("name what to rotate: --master") }
        }

        func run() async throws {
            let language = try output.language
            let configuration = try options.load()
            let key = try file(of: configuration)
            let retired = try await rotate(key, configuration)
            try output.show([
                "master_key": .string(key.path), "retired_key": .string(retired),
            ]) { "\(key.path)\n\(retired)" }
            Terminal.say(
                language(
                    "请备份新密钥。旧密钥只能打开此前的备份，请与这些备份一同保管或销毁。",
                    "Back up the new key. The old one opens the backups of before and nothing "
                        + "else: keep it with them, and destroy it with them."
                )
            )
        }

        private func file(of configuration: GatewayConfiguration) throws -> MasterKeyFile {
            if let file { return MasterKeyFile(path: file) }
            guard let key = configuration.masterKey, key.origin == .ownFile else {
                throw CommandFailure.usage(
                    "the master key is a credential of systemd: name its file with --file")
            }
            return key
        }

        private func rotate(
            _ key: MasterKeyFile,
            _ configuration: GatewayConfiguration
        ) async throws -> String {
            do throws(MasterKeyError) {
                _ = try key.read()
                if !key.next.exists { try key.next.create(using: SystemRandomSource()) }
                _ = try key.next.read()
            } catch {
                throw CommandFailure.usage("\(error)")
            }
            let next = key.next
            try await OperatorAccess.with(configuration, masterKey: key) {
                try await $0.rotateMasterKey(to: next)
            }
            do throws(MasterKeyError) {
                return try key.replaceByNext(at: Self.stamp)
            } catch {
                throw CommandFailure.failed(
                    "\(error); the store is under the key \(next.path) now: run the command again")
            }
        }

        /// `20261120T080000.250Z`.
        private static var stamp: String {
            SystemTimeSource().now().rfc3339.filter { $0 != "-" && $0 != ":" }
        }
    }
}

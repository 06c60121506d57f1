import ArgumentParser
import CardModel
import Drivers
import Gateway
import WireFormat

extension KeysCommand {
    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate",
            abstract: "Replace a key; a gateway that runs goes on meanwhile.",
            discussion: """
                --master makes a new key beside the old one (KEY.next), wraps every secret of the \
                store under it in one transaction, and puts it in the old one's place. The old \
                key is kept as KEY.retired-TIME: it opens the backups of before, and nothing \
                else. Interrupted at any moment, one of the files opens the store; the same \
                command goes on where it was.

                --log PLATFORM gives a platform another log key. A log has one key for all its \
                life, so its open log ends and the next begins, under another origin. The old \
                private key is destroyed; the old log stays served, and its proofs stay valid. \
                Tell the new vkey to witnesses and to whoever pins it. The same command again \
                says what was done.
                """
        )

        @Flag(help: "The master key.")
        var master = false

        @Option(help: "The log key of this platform.")
        var log: String?

        @Option(
            help:
                "With --log: origin of the log that begins; the first one's and a number otherwise."
        )
        var origin: String?

        @Flag(help: "With --log: also when the open log was begun within the last hour.")
        var again = false

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
            guard master != (log != nil) else {
                throw ValidationError("name what to rotate: --master, or --log PLATFORM")
            }
            guard log != nil || (origin == nil && !again) else {
                throw ValidationError("--origin and --again belong to --log")
            }
            guard master || file == nil else {
                throw ValidationError("--file belongs to --master")
            }
        }

        func run() async throws {
            let language = try output.language
            let configuration = try options.load()
            if let log { return try await rotateLog(of: log, configuration, language) }
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

        private func rotateLog(
            of platform: String,
            _ configuration: GatewayConfiguration,
            _ language: Language
        ) async throws {
            let order = LogRotationOrder(platform: platform, origin: origin, isFurther: again)
            let answer = try await OperatorAccess.with(configuration) {
                try await $0.rotateLog(order)
            }
            guard let answer else { throw CommandFailure.unknownPlatform(platform) }
            try output.show(answer) { Outline.text(of: answer) }
            guard answer["status"]?.stringValue == "rotated" else {
                return Terminal.say(
                    language(
                        "此前已完成，未再更换；要立即再次更换，请加 --again。",
                        "It was done before, and nothing was changed now; --again replaces the key "
                            + "once more."
                    )
                )
            }
            Terminal.say(
                language(
                    "请把新的 vkey 告知见证人以及固定了旧密钥的各方，并导出旧日志留存。",
                    "Tell the new vkey to the witnesses and to whoever pins the old one, and "
                        + "export the log that ended (`cardproof log export DIR --log N`)."
                )
            )
            guard answer["traces"]?.stringValue != TraceRemoval.complete.rawValue else { return }
            Terminal.say(
                language(
                    "请在空闲时运行 cardproof evidence compact，以清除存储文件中旧私钥的残留。",
                    "Run `cardproof evidence compact` at a quiet hour: it removes what the store's "
                        + "files may still hold of the old private key."
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

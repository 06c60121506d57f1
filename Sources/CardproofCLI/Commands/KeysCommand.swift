import ArgumentParser
import Drivers
import WireFormat

/// `cardproof keys`: the master key.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Make the key that seals all others, or replace it.",
        discussion: "Whoever reads the master key reads everything; whoever loses it loses it.",
        subcommands: [Initialise.self, Rotate.self]
    )

    struct Initialise: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "init",
            abstract: "Make a master key in a folder; an existing one is never overwritten."
        )

        @Option(help: "Folder for the key; made with mode 0700 when it is not there.")
        var directory: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let language = try output.language
            try ProtectedFile.makeFolder(directory)
            let path = "\(directory)/\(MasterKeyFile.credentialName)"
            do throws(MasterKeyError) {
                try MasterKeyFile(path: path).create(using: SystemRandomSource())
            } catch {
                switch error {
                case .alreadyExists: throw CommandFailure.usage("\(error)")
                case .missing, .cannotRead, .notAFile, .foreignOwner, .readableByOthers, .notAKey,
                    .cannotWrite:
                    throw CommandFailure.failed("\(error)")
                }
            }
            try output.show(["master_key": .string(path)]) { path }
            Terminal.say(
                language(
                    "请备份这个文件并写入配置 keys.master；没有它，任何数据都无法打开。",
                    "Back this file up and name it as keys.master; without it nothing opens."
                )
            )
        }
    }
}

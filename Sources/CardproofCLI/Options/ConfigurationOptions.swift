import ArgumentParser
import Foundation

/// Where a command finds its configuration.
struct ConfigurationOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: "Configuration file; ./cardproof.yaml or /etc/cardproof/cardproof.yaml otherwise."
    )
    var file: String?

    @Option(help: "Folder of the store; the key `data`.")
    var data: String?

    /// Reads everything, with the faults of all sources at once.
    /// - Parameter flags: further keys that stand on the command line.
    /// - Throws: ``CommandFailure`` with 64.
    func load(flags: [String: String] = [:]) throws -> GatewayConfiguration {
        try loader(flags: flags).configuration()
    }

    /// The values of the keys, without putting adapters and products together.
    /// - Throws: ``CommandFailure`` with 64.
    func sources() throws -> ConfigurationSources {
        let faults = FaultList()
        let sources = loader().sources(faults: faults)
        try faults.throwIfAny()
        return sources
    }

    func loader(flags: [String: String] = [:]) -> ConfigurationLoader {
        var flags = flags
        if let data { flags["data"] = data }
        return Self.loader(file: file, flags: flags)
    }

    /// What reads `file`, or the configuration where it is looked for without one.
    static func loader(file: String?, flags: [String: String] = [:]) -> ConfigurationLoader {
        ConfigurationLoader(
            file: file,
            flags: flags,
            environment: ProcessInfo.processInfo.environment,
            workingDirectory: FileManager.default.currentDirectoryPath
        )
    }
}

import Configuration
import Foundation
import WireFormat

/// Finds and reads all sources: flags > `CARDPROOF_*` > the file > defaults.
struct ConfigurationLoader {
    /// Looked for when no `--config` is given, in this order.
    static let usualFiles = ["./cardproof.yaml", "/etc/cardproof/cardproof.yaml"]

    /// What `--config` names; must be there.
    let file: String?
    /// By the key's name.
    let flags: [String: String]
    let environment: [String: String]
    let workingDirectory: String

    /// Everything, checked.
    /// - Throws: ``CommandFailure`` with 64 and a line a fault.
    func configuration() throws -> GatewayConfiguration {
        let faults = FaultList()
        let sources = sources(faults: faults)
        let configuration = GatewayConfiguration.make(
            sources,
            credentialsDirectory: environment["CREDENTIALS_DIRECTORY"],
            faults: faults
        )
        try faults.throwIfAny()
        guard let configuration else {
            throw CommandFailure.failed("the configuration could not be put together")
        }
        return configuration
    }

    /// All sources, each value checked against the table; what is wrong goes to `faults`.
    func sources(faults: FaultList) -> ConfigurationSources {
        var file = ConfigurationLayer(name: "file")
        var structures: [String: ConfigurationNode] = [:]
        let path = path
        if let path, let root = ConfigurationNode.root(ofFile: path, faults: faults) {
            read(root, prefix: "", folder: folder(of: path), into: &file, &structures)
        }
        return ConfigurationSources(
            layers: [
                words(flags, named: "flags", faults) { "--" + $0.replacing(".", with: "-") },
                environmentLayer(faults), file, defaults,
            ],
            file: path,
            structures: structures
        )
    }

    /// `CARDPROOF_*` variables that are no key: most likely slips.
    var unknownVariables: [String] {
        let known = Set(ConfigurationTable.keys.map(\.environmentName))
        return environment.keys.filter {
            $0.hasPrefix(ConfigurationKey.environmentPrefix) && !known.contains($0)
        }.sorted()
    }

    private var path: String? {
        if let file { return file }
        return Self.usualFiles.first { FileManager.default.fileExists(atPath: $0) }
    }

    private func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        if folder.isEmpty || folder == "." { return workingDirectory }
        return folder.hasPrefix("/") ? folder : "\(workingDirectory)/\(folder)"
    }

    private var defaults: ConfigurationLayer {
        var layer = ConfigurationLayer(name: "defaults")
        for key in ConfigurationTable.keys {
            // A default that its own key refuses is found by a test.
            guard let text = key.defaultText,
                let content = try? key.content(ofWord: text, folder: workingDirectory)
            else { continue }
            layer.entries[key.name] = .init(content: content, origin: "default")
        }
        return layer
    }

    private func environmentLayer(_ faults: FaultList) -> ConfigurationLayer {
        let set = ConfigurationTable.keys.compactMap { key in
            environment[key.environmentName].map { (key.name, $0) }
        }
        return words(Dictionary(uniqueKeysWithValues: set), named: "environment", faults) { name in
            ConfigurationTable.key(name)?.environmentName ?? name
        }
    }

    private func words(
        _ words: [String: String],
        named layerName: String,
        _ faults: FaultList,
        origin: (String) -> String
    ) -> ConfigurationLayer {
        var layer = ConfigurationLayer(name: layerName)
        for (name, word) in words {
            guard let key = ConfigurationTable.key(name) else { continue }
            do throws(ConfigurationKey.Objection) {
                let content = try key.content(ofWord: word, folder: workingDirectory)
                layer.entries[name] = .init(content: content, origin: origin(name))
            } catch {
                faults.add(source: origin(name), error.message)
            }
        }
        return layer
    }

    private func read(
        _ node: ConfigurationNode,
        prefix: String,
        folder: String,
        into layer: inout ConfigurationLayer,
        _ structures: inout [String: ConfigurationNode]
    ) {
        for (name, word, value) in node.members() ?? [] {
            let full = prefix.isEmpty ? word : "\(prefix).\(word)"
            if let key = ConfigurationTable.key(full) {
                read(value, as: key, folder: folder, into: &layer)
            } else if prefix.isEmpty, ConfigurationTable.structures.contains(word) {
                structures[word] = value
            } else if ConfigurationTable.isSection(full) {
                read(value, prefix: full, folder: folder, into: &layer, &structures)
            } else {
                name.fail(
                    "unknown key",
                    suggestion: NearestWord.to(
                        word,
                        among: ConfigurationTable.members(of: prefix)
                    )
                )
            }
        }
    }

    private func read(
        _ node: ConfigurationNode,
        as key: ConfigurationKey,
        folder: String,
        into layer: inout ConfigurationLayer
    ) {
        guard let raw = node.raw else { return }
        do throws(ConfigurationKey.Objection) {
            layer.entries[key.name] = .init(
                content: try key.content(of: raw, folder: folder),
                origin: node.source + (node.line.map { ":\($0)" } ?? "")
            )
        } catch {
            node.faults.add(source: node.source, line: node.line, error.message)
        }
    }
}

/// What the sources say, in order of precedence, before it is put together.
struct ConfigurationSources {
    /// Flags, environment, file, defaults.
    let layers: [ConfigurationLayer]
    /// The file that was read, as it was named.
    let file: String?
    /// `adapters` and `products` as they stand in the file.
    let structures: [String: ConfigurationNode]
    /// The values by precedence.
    let reader: ConfigReader

    init(
        layers: [ConfigurationLayer],
        file: String?,
        structures: [String: ConfigurationNode]
    ) {
        self.layers = layers
        self.file = file
        self.structures = structures
        reader = ConfigReader(providers: layers.map(\.provider))
    }

    /// The value that holds and where it comes from; nil when nobody says anything.
    func entry(_ name: String) -> ConfigurationLayer.Entry? {
        layers.lazy.compactMap { $0.entries[name] }.first
    }

    func text(_ name: String) -> String? { reader.string(forKey: key(name)) }
    func integer(_ name: String) -> Int? { reader.int(forKey: key(name)) }
    func list(_ name: String) -> [String] { reader.stringArray(forKey: key(name)) ?? [] }

    private func key(_ name: String) -> ConfigKey {
        ConfigKey(name.split(separator: ".").map { String($0) })
    }
}

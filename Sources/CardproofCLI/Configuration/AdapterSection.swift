import AdapterKit
import Adapters
import Foundation
import Gateway

/// The key `adapters`, the operator's own manifests, and the registry that follows from both.
struct AdapterSection {
    /// Manifests of one folder; each is read into memory.
    private static let mostManifests = 1_000
    private static let members = [
        "adapter", "enabled", "settings", "secret_files", "limits", "shadow", "canaries",
        "settled_by",
    ]
    private static let limitMembers = ["concurrency", "requests_per_second", "burst", "timeout"]

    /// Nil when something is wrong with an adapter.
    let registry: AdapterRegistry?
    /// Names a product may refer to, ready or not.
    let knownIDs: Set<String>
    /// The operator's own canaries, by adapter.
    let canaries: [String: CanaryPlan]

    /// - Parameters:
    ///   - folder: where manifests of the operator's own lie.
    ///   - programs: runs the programs of process adapters; none is started here.
    init(
        node: ConfigurationNode?,
        folder: String?,
        programs: any ProcessTransport,
        faults: FaultList
    ) {
        let factories: [AdapterFactory]
        do throws(AdapterDiagnostics) {
            factories = try AdapterCatalogue.factories()
        } catch {
            faults.add(error)
            factories = []
        }
        let before = faults.all.count
        let manifests = folder.map { Self.manifests(in: $0, faults) } ?? []
        let secrets = SecretNames(factories: factories, manifests: manifests)
        let configurations = (node?.members() ?? []).compactMap { name, id, value in
            Self.configuration(id, name: name, value, secrets)
        }
        canaries = (node?.members() ?? []).reduce(into: [:]) { plans, member in
            plans[member.word] = CanarySection.plan(of: member.value)
        }
        var registry: AdapterRegistry?
        do throws(AdapterDiagnostics) {
            registry = try AdapterRegistry(
                catalogue: factories,
                operatorManifests: manifests,
                configuration: configurations,
                programs: programs,
                shadowReport: ShadowReport.report
            )
        } catch {
            faults.add(error)
        }
        self.registry = faults.all.count == before ? registry : nil
        knownIDs = Set(factories.map(\.descriptor.id)).union(configurations.map(\.id))
            .union(registry?.listings.map(\.id) ?? [])
            .union((node?.members() ?? []).map(\.word))
    }

    private static func manifests(
        in folder: String,
        _ faults: FaultList
    ) -> [AdapterRegistry.OperatorManifest] {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
            faults.add(source: folder, "adapters_directory: the folder cannot be read")
            return []
        }
        // A manifest by itself, or a folder that bears its name.
        let wanted = names.sorted().compactMap { name in
            AdapterFolder.manifestPath(of: name, in: folder)
        }
        guard wanted.count <= mostManifests else {
            faults.add(source: folder, "more than \(mostManifests) manifests")
            return []
        }
        return wanted.compactMap { path in
            guard let data = FileManager.default.contents(atPath: path),
                let yaml = String(data: data, encoding: .utf8)
            else {
                faults.add(source: path, "cannot be read as UTF-8")
                return nil
            }
            return AdapterRegistry.OperatorManifest(
                file: path,
                yaml: yaml,
                folder: AdapterFolder.absolute((path as NSString).deletingLastPathComponent)
            )
        }
    }

    private static func configuration(
        _ id: String,
        name: ConfigurationNode,
        _ value: ConfigurationNode,
        _ secrets: SecretNames
    ) -> AdapterConfiguration? {
        guard let members = value.members(known: members) else { return nil }
        var configuration = AdapterConfiguration(id: id, file: name.source, line: name.line)
        configuration.adapter = members["adapter"]?.word()
        configuration.settledBy = members["settled_by"]?.word()
        let secretNames = secrets.of(configuration.adapter ?? id)
        for (_, word, setting) in members["settings"]?.members() ?? [] {
            guard let text = setting.word() else { continue }
            // `password_file` beside the plain settings means the same as `secret_files`.
            let stem = word.hasSuffix("_file") ? String(word.dropLast("_file".count)) : word
            if stem != word, secretNames.contains(stem) {
                configuration.add(secret(setting, text), named: stem)
            } else {
                configuration.settings[word] = text
            }
        }
        for (_, word, file) in members["secret_files"]?.members() ?? [] {
            configuration.add(file.word().flatMap { secret(file, $0) }, named: word)
        }
        if let limits = members["limits"] { configuration.limits = Self.limits(limits) }
        if let enabled = members["enabled"] {
            configuration.isEnabled = enabled.flag() ?? true
        }
        configuration.shadow = members["shadow"]?.members(known: ["adapter"])?["adapter"]?.word()
        return configuration
    }

    /// A file's content without the line end that editors put behind it. What is no file is not
    /// repeated: a secret may have been put there itself.
    static func secret(_ node: ConfigurationNode, _ path: String) -> SecretValue? {
        let folder = (node.source as NSString).deletingLastPathComponent
        let full = path.hasPrefix("/") || folder.isEmpty ? path : "\(folder)/\(path)"
        guard let data = FileManager.default.contents(atPath: full),
            var text = String(data: data, encoding: .utf8)
        else {
            node.fail("names no file that can be read; the secret itself must not stand here")
            return nil
        }
        while text.last?.isNewline == true { text.removeLast() }
        return SecretValue(text)
    }

    private static func limits(_ node: ConfigurationNode) -> LimitOverrides {
        let members = node.members(known: limitMembers) ?? [:]
        var limits = LimitOverrides()
        limits.concurrency = members["concurrency"]?.integer().map { Int($0) }
        limits.burst = members["burst"]?.integer().map { Int($0) }
        if let rate = members["requests_per_second"] {
            limits.requestsPerSecond = rate.word().flatMap { Double($0) }
            if limits.requestsPerSecond == nil { rate.fail("a number is expected") }
        }
        if let timeout = members["timeout"] {
            limits.timeout = timeout.word().flatMap { DurationText.duration($0) }
            if limits.timeout == nil { timeout.fail("a duration such as 10s is expected") }
        }
        return limits
    }
}

extension AdapterConfiguration {
    /// Nil is a secret whose reader reported what is wrong with it.
    fileprivate mutating func add(_ secret: SecretValue?, named name: String) {
        secrets[name] = secret
        if secret == nil { unreadableSecrets.insert(name) }
    }
}

/// Which settings of an adapter are secrets: their files may stand among the plain settings.
private struct SecretNames {
    private var names: [String: Set<String>] = [:]

    init(factories: [AdapterFactory], manifests: [AdapterRegistry.OperatorManifest]) {
        let parsed = manifests.compactMap {
            try? AdapterManifest(yaml: $0.yaml, file: $0.file).descriptor
        }
        for descriptor in factories.map(\.descriptor) + parsed {
            names[descriptor.id] = Set(descriptor.settings.filter(\.isSecret).map(\.name))
        }
    }

    func of(_ adapter: String) -> Set<String> { names[adapter] ?? [] }
}

/// The adapters of one gateway: what the program brings, what the operator adds, as configured.
public struct AdapterRegistry: Sendable {
    /// A manifest of the operator's own; the caller has read the file.
    public struct OperatorManifest: Sendable {
        public var file: String
        public var yaml: String

        public init(file: String, yaml: String) {
            self.file = file
            self.yaml = yaml
        }
    }

    /// One line of `adapter list`.
    public struct Listing: Sendable {
        /// The configured name; the adapter's own where nothing is configured.
        public var id: String
        public var descriptor: AdapterDescriptor
        public var origin: AdapterFactory.Origin
        /// Whether `adapter(id)` answers.
        public var isReady: Bool
        /// Required settings that are not given.
        public var missingSettings: [String]
    }

    /// Every known adapter, configured or not, by id.
    public let listings: [Listing]
    private let adapters: [String: any IssuerAdapter]

    /// Sets up every adapter.
    ///
    /// An adapter that needs no settings is ready without being configured. Two adapters of one
    /// id are an error: an operator's manifest does not silently replace a built-in one.
    ///
    /// - Throws: `AdapterDiagnostics` with everything that is wrong in all manifests and settings.
    public init(
        catalogue: [AdapterFactory],
        operatorManifests: [OperatorManifest] = [],
        configuration: [AdapterConfiguration] = []
    ) throws(AdapterDiagnostics) {
        var faults: [AdapterDiagnostic] = []
        let factories = catalogue + Self.factories(of: operatorManifests, &faults)
        faults += Self.repeated(factories)
        let byID = Dictionary(factories.map { ($0.descriptor.id, $0) }) { first, _ in first }
        faults += Self.repeatedConfigurations(configuration)
        var adapters: [String: any IssuerAdapter] = [:]
        for entry in configuration + Self.implied(factories, configuration) {
            do throws(AdapterDiagnostics) {
                adapters[entry.id] = try Self.factory(for: entry, byID)
                    .adapter(configuredBy: entry)
            } catch {
                faults += error.all
            }
        }
        guard faults.isEmpty else { throw AdapterDiagnostics(faults) }
        self.adapters = adapters
        listings = Self.listings(byID, configuration, adapters)
    }

    /// The adapter configured under `id`; nil when there is none.
    public func adapter(_ id: String) -> (any IssuerAdapter)? {
        adapters[id]
    }

    /// Those that ask nobody, by id.
    public var localAdapters: [String: any LocalAdapter] {
        adapters.compactMapValues { $0 as? any LocalAdapter }
    }

    /// Ids that `adapter(_:)` answers, sorted.
    public var readyIDs: [String] { adapters.keys.sorted() }

    /// What `adapter describe` shows.
    public func describe(_ id: String) -> Listing? {
        listings.first { $0.id == id }
    }

    private static func factories(
        of manifests: [OperatorManifest],
        _ faults: inout [AdapterDiagnostic]
    ) -> [AdapterFactory] {
        var factories: [AdapterFactory] = []
        for manifest in manifests {
            do throws(AdapterDiagnostics) {
                let parsed = try AdapterManifest(yaml: manifest.yaml, file: manifest.file)
                factories.append(
                    try AdapterFactory(manifest: parsed, origin: .manifest(file: manifest.file))
                )
            } catch {
                faults += error.all.map { fault in
                    var fault = fault
                    fault.file = fault.file ?? manifest.file
                    return fault
                }
            }
        }
        return factories
    }

    private static func repeated(_ factories: [AdapterFactory]) -> [AdapterDiagnostic] {
        var seen: Set<String> = []
        return factories.filter { !seen.insert($0.descriptor.id).inserted }.map { factory in
            let file: String? =
                switch factory.origin {
                case .builtIn: nil
                case .manifest(let file): file
                }
            return AdapterDiagnostic(
                file: file,
                message: "an adapter `\(factory.descriptor.id)` exists already: give this one "
                    + "another id"
            )
        }
    }

    private static func repeatedConfigurations(
        _ configuration: [AdapterConfiguration]
    ) -> [AdapterDiagnostic] {
        var seen: Set<String> = []
        return configuration.filter { !seen.insert($0.id).inserted }.map {
            $0.diagnostic("is configured twice")
        }
    }

    /// Adapters that are ready by themselves.
    private static func implied(
        _ factories: [AdapterFactory],
        _ configuration: [AdapterConfiguration]
    ) -> [AdapterConfiguration] {
        let named = Set(configuration.map(\.id))
        return factories.filter { $0.needsNoConfiguration && !named.contains($0.descriptor.id) }
            .map { AdapterConfiguration(id: $0.descriptor.id) }
    }

    private static func factory(
        for entry: AdapterConfiguration,
        _ factories: [String: AdapterFactory]
    ) throws(AdapterDiagnostics) -> AdapterFactory {
        let name = entry.adapter ?? entry.id
        if let factory = factories[name] { return factory }
        throw AdapterDiagnostics([
            entry.diagnostic(
                "there is no adapter `\(name)`",
                suggestion: Suggestion.nearest(to: name, among: factories.keys)
            )
        ])
    }

    private static func listings(
        _ factories: [String: AdapterFactory],
        _ configuration: [AdapterConfiguration],
        _ adapters: [String: any IssuerAdapter]
    ) -> [Listing] {
        let aliases = configuration.filter { $0.adapter != nil && $0.adapter != $0.id }
        let named = factories.keys.map { ($0, $0) } + aliases.map { ($0.id, $0.adapter ?? $0.id) }
        return named.compactMap { id, adapter in
            factories[adapter].map { factory in
                let missing = factory.descriptor.settings.filter {
                    $0.isRequired && $0.defaultValue == nil
                }
                return Listing(
                    id: id,
                    descriptor: factory.descriptor,
                    origin: factory.origin,
                    isReady: adapters[id] != nil,
                    missingSettings: adapters[id] == nil ? missing.map(\.name) : []
                )
            }
        }.sorted { $0.id < $1.id }
    }
}

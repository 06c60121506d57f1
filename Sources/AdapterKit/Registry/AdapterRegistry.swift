import WireFormat

/// The adapters of one gateway: what the program brings, what the operator adds, as configured.
public struct AdapterRegistry: Sendable {
    /// A manifest of the operator's own; the caller has read the file.
    public struct OperatorManifest: Sendable {
        public var file: String
        public var yaml: String
        /// Absolute; where a program of kind `process` lies.
        public var folder: String?

        public init(file: String, yaml: String, folder: String? = nil) {
            self.file = file
            self.yaml = yaml
            self.folder = folder
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
        /// Why it is switched off; nil when it is not.
        public var off: Off?
        /// The adapter that is asked beside it.
        public var shadow: String?
    }

    /// Why an adapter is not there although it could be.
    public enum Off: String, Sendable, Hashable, CaseIterable {
        /// The operator says `enabled: false`.
        case disabled
        /// Nobody has tried it on the real issuer: the operator has to turn it on.
        case notTestedLive = "not_tested_live"
    }

    /// Every known adapter, configured or not, by id.
    public let listings: [Listing]
    private let adapters: [String: any IssuerAdapter]
    /// By the adapter that redeems: the one that the operator named to settle its orders.
    private let settlers: [String: String]

    /// Sets up every adapter.
    ///
    /// An adapter that needs no settings is ready without being configured, unless it was never
    /// tried on the real issuer: then the operator turns it on by configuring it. Two adapters of
    /// one id are an error: an operator's manifest does not silently replace a built-in one.
    ///
    /// - Parameters:
    ///   - programs: runs the programs of process adapters.
    ///   - shadowReport: hears what adapters that are asked beside others would have said.
    /// - Throws: `AdapterDiagnostics` with everything that is wrong in all manifests and settings.
    public init(
        catalogue: [AdapterFactory],
        operatorManifests: [OperatorManifest] = [],
        configuration: [AdapterConfiguration] = [],
        programs: (any ProcessTransport)? = nil,
        shadowReport: @escaping @Sendable (ShadowComparison) -> Void = { _ in }
    ) throws(AdapterDiagnostics) {
        var faults: [AdapterDiagnostic] = []
        let factories = catalogue + Self.factories(of: operatorManifests, programs, &faults)
        faults += Self.repeated(factories)
        let byID = Dictionary(factories.map { ($0.descriptor.id, $0) }) { first, _ in first }
        faults += Self.repeatedConfigurations(configuration)
        var adapters: [String: any IssuerAdapter] = [:]
        let wanted = configuration.filter(\.isEnabled) + Self.implied(factories, configuration)
        for entry in wanted {
            do throws(AdapterDiagnostics) {
                adapters[entry.id] = try Self.factory(for: entry, byID)
                    .adapter(configuredBy: entry)
            } catch {
                faults += error.all
            }
        }
        adapters = Self.shadowed(adapters, wanted, shadowReport, &faults)
        let settlers = configuration.reduce(into: [:]) { $0[$1.id] = $1.settledBy }
        faults += Self.unknownSettlers(configuration, adapters)
        guard faults.isEmpty else { throw AdapterDiagnostics(faults) }
        self.adapters = adapters
        self.settlers = settlers
        listings = Self.listings(byID, configuration, adapters)
    }

    /// The adapter configured under `id`; nil when there is none.
    public func adapter(_ id: String) -> (any IssuerAdapter)? {
        adapters[id]
    }

    /// The adapter whose inquiry settles the orders of `id`: the operator's choice before the
    /// descriptor's. Nil when neither names one.
    public func settlingAdapter(of id: String) -> String? {
        settlers[id] ?? adapters[id]?.descriptor.settlement.byAdapter
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
        _ programs: (any ProcessTransport)?,
        _ faults: inout [AdapterDiagnostic]
    ) -> [AdapterFactory] {
        var factories: [AdapterFactory] = []
        for manifest in manifests {
            do throws(AdapterDiagnostics) {
                factories.append(try factory(of: manifest, programs))
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

    private static func factory(
        of manifest: OperatorManifest,
        _ programs: (any ProcessTransport)?
    ) throws(AdapterDiagnostics) -> AdapterFactory {
        let parsed = try AdapterManifest(yaml: manifest.yaml, file: manifest.file)
        let origin = AdapterFactory.Origin.manifest(file: manifest.file)
        guard parsed.program != nil, let programs, let folder = manifest.folder else {
            return try AdapterFactory(manifest: parsed, origin: origin)
        }
        return try AdapterFactory(
            program: parsed,
            folder: folder,
            origin: origin,
            transport: programs
        )
    }

    /// Adapters that others are asked beside.
    private static func shadowed(
        _ adapters: [String: any IssuerAdapter],
        _ configuration: [AdapterConfiguration],
        _ report: @escaping @Sendable (ShadowComparison) -> Void,
        _ faults: inout [AdapterDiagnostic]
    ) -> [String: any IssuerAdapter] {
        var result = adapters
        for entry in configuration {
            guard let name = entry.shadow, let acting = adapters[entry.id] else { continue }
            guard let shadow = adapters[name], name != entry.id else {
                faults.append(
                    entry.diagnostic(
                        "`shadow` names `\(name)`, which is no other adapter that is ready",
                        suggestion: NearestWord.to(name, among: adapters.keys)
                    )
                )
                continue
            }
            if let objection = ShadowedAdapter.objection(to: shadow, beside: acting) {
                faults.append(entry.diagnostic("`shadow`: \(objection)"))
                continue
            }
            result[entry.id] = ShadowedAdapter(acting, beside: shadow, report: report)
        }
        return result
    }

    private static func repeated(_ factories: [AdapterFactory]) -> [AdapterDiagnostic] {
        var seen: Set<String> = []
        return factories.filter { !seen.insert($0.descriptor.id).inserted }.map { factory in
            AdapterDiagnostic(
                file: factory.origin.file,
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

    private static func unknownSettlers(
        _ configuration: [AdapterConfiguration],
        _ adapters: [String: any IssuerAdapter]
    ) -> [AdapterDiagnostic] {
        configuration.compactMap { entry in
            guard let settler = entry.settledBy else { return nil }
            guard settler != entry.id else {
                return entry.diagnostic(
                    "`settled_by` names the adapter itself, which is asked about its orders anyway "
                        + "where its issuer can be"
                )
            }
            guard let adapter = adapters[settler] else {
                return entry.diagnostic(
                    "`settled_by` names `\(settler)`, which is not configured",
                    suggestion: NearestWord.to(settler, among: adapters.keys)
                )
            }
            guard adapter.descriptor.operations[.inquire] == nil else { return nil }
            return entry.diagnostic(
                "`settled_by` names `\(settler)`, whose issuer cannot be asked about a code"
            )
        }
    }

    /// Adapters that are ready by themselves.
    private static func implied(
        _ factories: [AdapterFactory],
        _ configuration: [AdapterConfiguration]
    ) -> [AdapterConfiguration] {
        let named = Set(configuration.map(\.id))
        return factories.filter {
            $0.needsNoConfiguration && !$0.descriptor.notTestedLive
                && !named.contains($0.descriptor.id)
        }.map { AdapterConfiguration(id: $0.descriptor.id) }
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
                suggestion: NearestWord.to(name, among: factories.keys)
            )
        ])
    }

    private static func listings(
        _ factories: [String: AdapterFactory],
        _ configuration: [AdapterConfiguration],
        _ adapters: [String: any IssuerAdapter]
    ) -> [Listing] {
        let entries = Dictionary(configuration.map { ($0.id, $0) }) { first, _ in first }
        let aliases = configuration.filter { $0.adapter != nil && $0.adapter != $0.id }
        let named = factories.keys.map { ($0, $0) } + aliases.map { ($0.id, $0.adapter ?? $0.id) }
        return named.compactMap { id, adapter in
            factories[adapter].map { factory in
                let missing = factory.descriptor.settings.filter {
                    $0.isRequired && $0.defaultValue == nil
                }
                let isReady = adapters[id] != nil
                return Listing(
                    id: id,
                    descriptor: factory.descriptor,
                    origin: factory.origin,
                    isReady: isReady,
                    missingSettings: isReady ? [] : missing.map(\.name),
                    off: isReady ? nil : off(entries[id], factory.descriptor),
                    shadow: entries[id]?.shadow
                )
            }
        }.sorted { $0.id < $1.id }
    }

    private static func off(
        _ entry: AdapterConfiguration?,
        _ descriptor: AdapterDescriptor
    ) -> Off? {
        if entry?.isEnabled == false { return .disabled }
        return descriptor.notTestedLive ? .notTestedLive : nil
    }
}

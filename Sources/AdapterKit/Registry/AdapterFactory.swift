/// One adapter that can be set up: its descriptor, and how to make it.
public struct AdapterFactory: Sendable {
    public let descriptor: AdapterDescriptor
    /// Where it comes from.
    public let origin: Origin
    private let make: @Sendable (AdapterDescriptor, AdapterSetup) -> any IssuerAdapter

    public enum Origin: Sendable, Hashable {
        /// Embedded in the program.
        case builtIn
        /// A manifest of the operator's own, by file name.
        case manifest(file: String)

        /// Nil for what is embedded.
        public var file: String? {
            switch self {
            case .builtIn: nil
            case .manifest(let file): file
            }
        }
    }

    /// An adapter written in Swift, described by its manifest.
    public init(
        descriptor: AdapterDescriptor,
        origin: Origin = .builtIn,
        make: @escaping @Sendable (AdapterDescriptor, AdapterSetup) -> any IssuerAdapter
    ) {
        self.descriptor = descriptor
        self.origin = origin
        self.make = make
    }

    /// An adapter that is a manifest alone.
    ///
    /// - Throws: `AdapterDiagnostics` when the manifest only describes an adapter in Swift.
    public init(
        manifest: AdapterManifest,
        origin: Origin = .builtIn
    ) throws(AdapterDiagnostics) {
        guard let exchange = manifest.exchange else {
            throw AdapterDiagnostics([
                AdapterDiagnostic(
                    file: origin.file,
                    line: manifest.kindLine,
                    message: "adapter `\(manifest.descriptor.id)`: a manifest of kind "
                        + "`\(manifest.descriptor.kind.rawValue)` needs code that is built into "
                        + "the program; one of your own is of kind `manifest` or `process`"
                )
            ])
        }
        self.init(descriptor: manifest.descriptor, origin: origin) { descriptor, setup in
            ManifestAdapter(descriptor: descriptor, exchange: exchange, setup: setup)
        }
    }

    /// An adapter that is a program of the operator's own.
    ///
    /// - Parameters:
    ///   - folder: absolute; where the manifest and its program lie.
    ///   - transport: runs the program, once it is asked something.
    /// - Throws: `AdapterDiagnostics` when the manifest is of another kind.
    public init(
        program manifest: AdapterManifest,
        folder: String,
        origin: Origin,
        transport: any ProcessTransport
    ) throws(AdapterDiagnostics) {
        guard let command = manifest.program else {
            throw AdapterDiagnostics([
                AdapterDiagnostic(
                    message: "adapter `\(manifest.descriptor.id)` is of kind "
                        + "`\(manifest.descriptor.kind.rawValue)`, not `process`"
                )
            ])
        }
        self.init(descriptor: manifest.descriptor, origin: origin) { descriptor, setup in
            ProcessAdapter(
                descriptor: descriptor,
                command: command,
                folder: folder,
                setup: setup,
                transport: transport
            )
        }
    }

    /// The adapter with these settings.
    ///
    /// - Throws: `AdapterDiagnostics` when the settings do not fit the declarations.
    public func adapter(
        configuredBy configuration: AdapterConfiguration
    ) throws(AdapterDiagnostics) -> any IssuerAdapter {
        var descriptor = descriptor
        descriptor.limits = descriptor.limits.overridden(by: configuration.limits)
        return make(
            descriptor,
            try AdapterSetup(descriptor: descriptor, configuration: configuration)
        )
    }

    /// Whether it works with no configuration at all.
    public var needsNoConfiguration: Bool {
        descriptor.settings.allSatisfy { !$0.isRequired || $0.defaultValue != nil }
    }
}

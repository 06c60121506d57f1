/// An adapter written in YAML: its descriptor, and for kind `manifest` how to ask and how to read
/// the answer. `docs/adapters.md` explains the language.
public struct AdapterManifest: Sendable {
    public let descriptor: AdapterDescriptor
    let exchange: ManifestExchange?

    /// Reads a manifest.
    ///
    /// - Parameters:
    ///   - yaml: the whole file.
    ///   - file: the name that errors are reported under.
    /// - Throws: `AdapterDiagnostics` with everything that is wrong, file and line.
    public init(yaml: String, file: String) throws(AdapterDiagnostics) {
        let report = ManifestNode.Report(file: file)
        let parsed = ManifestNode.root(of: yaml, report: report).flatMap {
            ManifestParser(report: report).parse($0)
        }
        guard let parsed, report.diagnostics.isEmpty else {
            throw AdapterDiagnostics(
                report.diagnostics.isEmpty
                    ? [AdapterDiagnostic(file: file, message: "the manifest is incomplete")]
                    : report.sorted
            )
        }
        self = parsed
    }

    init(descriptor: AdapterDescriptor, exchange: ManifestExchange?) {
        self.descriptor = descriptor
        self.exchange = exchange
    }
}

/// The part of a manifest that asks and judges.
struct ManifestExchange: Sendable {
    var request: RequestTemplate
    var response: ResponseMapping
    /// Asking twice is the same as asking once.
    var isRetrySafe: Bool
}

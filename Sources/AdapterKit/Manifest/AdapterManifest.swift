/// An adapter written in YAML: its descriptor, and for kind `manifest` how to ask and how to read
/// the answer. `docs/adapters.md` explains the language.
public struct AdapterManifest: Sendable {
    public let descriptor: AdapterDescriptor
    let exchange: ManifestExchange?
    /// What to run; set exactly for kind `process`.
    public let program: ProgramCommand?

    /// Where `kind` stands, for errors about it.
    let kindLine: Int?

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

    /// Whether a manifest alone does not ask: code of the program's own is needed.
    public var needsCode: Bool { exchange == nil && program == nil }

    init(
        descriptor: AdapterDescriptor,
        exchange: ManifestExchange?,
        program: ProgramCommand? = nil,
        kindLine: Int? = nil
    ) {
        self.descriptor = descriptor
        self.exchange = exchange
        self.program = program
        self.kindLine = kindLine
    }
}

/// The part of a manifest that asks and judges.
struct ManifestExchange: Sendable {
    var request: RequestTemplate
    var response: ResponseMapping
    /// Asking twice is the same as asking once.
    var isRetrySafe: Bool
}

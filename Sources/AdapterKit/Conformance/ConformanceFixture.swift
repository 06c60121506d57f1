public import CardModel
public import WireFormat

/// A recorded exchange and what an adapter must make of it.
public struct ConformanceFixture: Sendable {
    public var name: String
    public var inquiry: Inquiry
    /// One for each request; the last one again for further requests.
    public var answers: [OutboundResponse]
    public var expected: Expectation

    public struct Expectation: Sendable, Hashable {
        public var state: VerdictState
        public var certainty: Certainty?
        public var cause: IndeterminateCause?
        /// Compared as text: `007` is not `7`.
        public var issuerCode: String?
        public var issuerText: String?
        public var issuerAt: Instant?
        public var expiresOn: CalendarDate?
        public var actualValue: Money?
        /// Requests that reach the issuer.
        public var requests: Int?
    }
}

/// An adapter's `fixtures/answers.yaml`: settings, recorded answers, and which of them the attacks
/// start from. `docs/adapters.md` explains the file.
public struct ConformanceFixtures: Sendable {
    public var configuration: AdapterConfiguration
    /// Planted marks: the configured secrets. None may ever show.
    public var secretMarks: [String]
    public var cases: [ConformanceFixture]
    /// An answer that shows a good code; attacks bend it. Nil when nobody is asked.
    public var good: ConformanceFixture?
    /// A well-formed answer with a word the adapter cannot know.
    public var unmapped: ConformanceFixture?
    /// An answer whose issuer's text holds `echoMark`, which attacks replace by secrets.
    public var echo: ConformanceFixture?

    /// Stands in a fixture where the issuer repeats something.
    public static let echoMark = "ECHO-GOES-HERE"

    /// Reads a fixture file.
    ///
    /// - Throws: `AdapterDiagnostics` with everything that is wrong.
    public init(yaml: String, file: String) throws(AdapterDiagnostics) {
        let report = ManifestNode.Report(file: file)
        let parsed = ManifestNode.root(of: yaml, report: report).flatMap {
            FixtureParser().parse($0)
        }
        guard let parsed, report.diagnostics.isEmpty else {
            throw AdapterDiagnostics(
                report.diagnostics.isEmpty
                    ? [AdapterDiagnostic(file: file, message: "the file is incomplete")]
                    : report.sorted
            )
        }
        self = parsed
    }

    init(configuration: AdapterConfiguration, secretMarks: [String], cases: [ConformanceFixture]) {
        self.configuration = configuration
        self.secretMarks = secretMarks
        self.cases = cases
    }
}

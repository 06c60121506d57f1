public import CardModel
public import WireFormat

/// A recorded exchange and what an adapter must make of it.
public struct ConformanceFixture: Sendable {
    /// What is asked of the adapter.
    public enum Question: Sendable {
        case inquire(Inquiry)
        case redeem(RedemptionOrder)
        case query(RedemptionOrder)
        case callback(IssuerCallback, about: RedemptionOrder)

        public var inquiry: Inquiry {
            switch self {
            case .inquire(let inquiry): inquiry
            case .redeem(let order), .query(let order), .callback(_, let order): order.inquiry
            }
        }

        /// The same question about another code, or one promised otherwise.
        func with(_ change: (inout Inquiry) -> Void) -> Question {
            switch self {
            case .inquire(var inquiry):
                change(&inquiry)
                return .inquire(inquiry)
            case .redeem(var order):
                change(&order.inquiry)
                return .redeem(order)
            case .query(var order):
                change(&order.inquiry)
                return .query(order)
            case .callback(let callback, var order):
                change(&order.inquiry)
                return .callback(callback, about: order)
            }
        }

        func with(key: String) -> Question {
            with { $0.code = CardCode(serial: $0.code.serial, key: CardKey(key)) }
        }
    }

    public var name: String
    public var question: Question
    /// One for each request; the last one again for further requests.
    public var answers: [OutboundResponse]
    public var expected: Expectation

    /// What a fixture expects; nil is free.
    public struct Expectation: Sendable, Hashable {
        /// Nil only for a refused callback.
        public var state: VerdictState?
        public var certainty: Certainty?
        public var cause: IndeterminateCause?
        /// Compared as text: `007` is not `7`.
        public var issuerCode: String?
        public var issuerText: String?
        public var issuerAt: Instant?
        public var expiresOn: CalendarDate?
        public var actualValue: Money?
        public var balanceUntil: CalendarDate?
        public var termStartsAt: Instant?
        public var termEndsAt: Instant?
        /// All that the issuer tells.
        public var attributes: CodeAttributes?
        public var usedByHint: String?
        public var loginAnomaly: String?
        public var retryAfter: Duration?
        public var continuation: String?
        /// Usage events the issuer told of.
        public var historyCount: Int?
        /// Requests that reach the issuer.
        public var requests: Int?
        public var disposition: RedemptionAnswer.Disposition?
        /// Body of what a callback's sender hears.
        public var acknowledgement: String?
        public var refusal: CallbackRefusal.Reason?
    }
}

/// An adapter's recorded answers (`fixtures/answers.yaml`, `fixtures/redemptions.yaml`): settings,
/// cases, and which of them the attacks start from. `docs/adapters.md` explains the files.
public struct ConformanceFixtures: Sendable {
    public var configuration: AdapterConfiguration
    /// Planted marks: the configured secrets. None may ever show.
    public var secretMarks: [String]
    public var cases: [ConformanceFixture]
    /// Ids of the adapters that the files say they are of.
    private(set) var adapters: Set<String>
    /// Where the attacks start from, for inquiries and for redemptions.
    public var attacks = Attacks()

    public struct Attacks: Sendable {
        /// An answer that shows a good code; attacks bend it. Nil when nobody is asked.
        public var good: ConformanceFixture?
        /// An order that the issuer takes.
        public var redeemed: ConformanceFixture?
        /// A callback that is believed.
        public var callback: ConformanceFixture?
        /// A well-formed answer with a word the adapter cannot know.
        public var unmapped: ConformanceFixture?
        /// An answer whose issuer's text holds `echoMark`, which attacks replace by secrets.
        public var echo: ConformanceFixture?
        /// An answer whose signature the adapter verifies; no bent copy of it may be believed.
        public var signed: ConformanceFixture?
        /// The header, or the field of the body, in which `signed` bears its signature.
        public var signature: String?
        /// The header or field in which `callback` bears its signature; nil for one of the names
        /// that the protocols we know give it.
        public var callbackSignature: String?

        /// The attack points by their names in a fixture file.
        static var points: [(name: String, path: WritableKeyPath<Attacks, ConformanceFixture?>)] {
            [
                ("good", \.good), ("redeemed", \.redeemed), ("callback", \.callback),
                ("unmapped", \.unmapped), ("echo", \.echo), ("signed", \.signed),
            ]
        }
    }

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
        adapters = [configuration.id]
        self.secretMarks = secretMarks
        self.cases = cases
    }

    /// These fixtures with those of a second file of the same adapter; the first file's settings
    /// and attack points win.
    public func adding(_ other: ConformanceFixtures) -> ConformanceFixtures {
        var both = self
        both.adapters.formUnion(other.adapters)
        both.cases += other.cases
        for (_, path) in Attacks.points {
            both.attacks[keyPath: path] = attacks[keyPath: path] ?? other.attacks[keyPath: path]
        }
        both.attacks.signature = attacks.signature ?? other.attacks.signature
        both.attacks.callbackSignature =
            attacks.callbackSignature ?? other.attacks.callbackSignature
        return both
    }
}

import CardModel

/// One adapter under the cases.
struct ConformanceSubject: Sendable {
    let descriptor: AdapterDescriptor
    let fixtures: ConformanceFixtures
    let wire: WireBench?
    /// The factory, for cases that configure the adapter otherwise than the fixtures do.
    let factory: AdapterFactory?
    private let made: @Sendable () -> any IssuerAdapter
    private let credentials: [LeakSearch]

    /// Nil when the configuration does not set the adapter up; the caller tried before.
    init(factory: AdapterFactory, fixtures: ConformanceFixtures, wire: WireBench?) {
        let configuration = fixtures.configuration
        descriptor = factory.descriptor
        self.fixtures = fixtures
        self.wire = wire
        self.factory = factory
        let make: @Sendable () -> any IssuerAdapter = {
            let adapter = try? factory.adapter(configuredBy: configuration)
            return adapter ?? UnconfiguredAdapter(descriptor: factory.descriptor)
        }
        if factory.descriptor.kind == .process {
            // A program is started once: hundreds of starts would try the machine, not the adapter.
            let running = make()
            made = { running }
        } else {
            made = make
        }
        credentials = fixtures.secretMarks.map { LeakSearch($0) }
    }

    init(adapter: any IssuerAdapter, fixtures: ConformanceFixtures) {
        descriptor = adapter.descriptor
        self.fixtures = fixtures
        wire = nil
        factory = nil
        made = { adapter }
        credentials = fixtures.secretMarks.map { LeakSearch($0) }
    }

    /// An adapter that remembers nothing of earlier cases: no token, no answer.
    var fresh: any IssuerAdapter { made() }

    func isIn(_ scope: ConformanceScope) -> Bool {
        switch scope {
        case .everybody: true
        case .questions: (fixtures.attacks.good ?? fixtures.attacks.redeemed) != nil
        case .inquiries: fixtures.attacks.good != nil
        case .redemptions: fresh is any RedeemingAdapter
        case .callbacks: fresh is any CallbackReadingAdapter
        case .signatures: descriptor.verifiesAnswers
        case .echoes: fixtures.attacks.echo != nil
        case .wire:
            wire != nil && factory != nil && descriptor.kind != .process
                && (fixtures.attacks.good ?? fixtures.attacks.redeemed) != nil
        }
    }

    /// Why a case of a scope in which the adapter is not does not apply.
    func absence(of scope: ConformanceScope) -> LocalisedText {
        let asks = descriptor.kind != .local
        let inquires = asks && descriptor.operations[.inquire] != nil
        let hasPoint = (fixtures.attacks.good ?? fixtures.attacks.redeemed) != nil
        switch scope {
        case .questions where asks, .inquiries where inquires, .wire where asks && !hasPoint:
            return Self.noPoint.reason
        case .wire where !asks: return ConformanceScope.questions.absence
        default: return scope.absence
        }
    }

    private static let noPoint = NotApplicable(
        zh: "样例没有给出攻击的起点",
        en: "the fixtures name no answer to start from"
    )

    /// The good answer of whichever operation there is: of an inquiry, else of an order.
    func good() throws -> ConformanceFixture {
        try required(fixtures.attacks.good ?? fixtures.attacks.redeemed)
    }

    /// An attack point; cases whose scope asks for it find it, for the others nothing is to try.
    func required(_ point: ConformanceFixture?) throws -> ConformanceFixture {
        guard let point else { throw Self.noPoint }
        return point
    }

    /// Asks a fixture's question with its answers in their order.
    func answers(_ fixture: ConformanceFixture) async -> ConformanceOutcome {
        let answers = fixture.answers
        return await ConformanceOutcome.of(fixture.question, fresh) {
            (_, index) throws(TransportError) in try Self.answer(index, of: answers)
        }
    }

    /// Asks an adapter that may have kept a session: each request gets the answer that its place
    /// got in a conversation from the start.
    func answers(
        _ fixture: ConformanceFixture,
        by adapter: any IssuerAdapter
    ) async -> ConformanceOutcome {
        let places = await answers(fixture).requests.map(RequestPlace.init)
        let answers = fixture.answers
        return await ConformanceOutcome.of(fixture.question, adapter) {
            (request, index) throws(TransportError) in
            let place = places.step(of: RequestPlace(request)) ?? index
            return try Self.answer(place, of: answers)
        }
    }

    static func answer(
        _ index: Int,
        of answers: [OutboundResponse]
    ) throws(TransportError) -> OutboundResponse {
        guard let last = answers.last else {
            throw TransportError(
                code: .connectFailed,
                message: "nobody listens",
                requestWasSent: false
            )
        }
        return index < answers.count ? answers[index] : last
    }

    /// What an order claims to know after an answer that leaves open what became of the code.
    static func claims(
        _ outcome: ConformanceOutcome,
        mayMeanNotTaken: Bool = false,
        mayStandAccepted: Bool = false
    ) -> [String] {
        switch outcome.disposition {
        case nil, .unknown: []
        case .notTaken where mayMeanNotTaken: []
        case .notTaken: ["says that nothing was taken, which nobody knows"]
        case .accepted where mayStandAccepted: []
        case .accepted: ["says that the order was accepted"]
        case .settled: ["says that the order is settled"]
        }
    }

    /// What stands readable in an outcome that must not.
    func leaks(_ outcome: ConformanceOutcome, _ inquiry: Inquiry) -> [String] {
        let key = inquiry.askedCode.key.withUnredacted { LeakSearch($0) }
        var searches = [("the key", key)] + credentials.map { ("a credential", $0) }
        if let reference = inquiry.issuerReference {
            searches.append(("the issuer's reference", reference.withUnredacted { LeakSearch($0) }))
        }
        return searches.flatMap { kind, search in
            outcome.words.compactMap { search.firstLeak(in: $0) }.prefix(1).map {
                "\(kind) can be read (\($0))"
            }
        }
    }

    /// An outcome that must decide nothing, for one of these causes.
    static func verdictOfNothing(
        _ outcome: ConformanceOutcome,
        _ causes: Set<IndeterminateCause>
    ) -> [String] {
        guard outcome.state == .indeterminate else {
            return ["gave `\(outcome.state.rawValue)`, not `indeterminate`"]
        }
        guard let cause = outcome.cause, causes.contains(cause) else {
            let expected = causes.map(\.rawValue).sorted().joined(separator: " or ")
            return ["names the cause `\(outcome.cause?.rawValue ?? "none")`, not \(expected)"]
        }
        return []
    }
}

/// Stands where a configuration failed after it had worked before.
private struct UnconfiguredAdapter: IssuerAdapter {
    let descriptor: AdapterDescriptor

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        throw AdapterError(
            code: .settings,
            message: "the adapter is not configured",
            cause: .ourAccount
        )
    }
}

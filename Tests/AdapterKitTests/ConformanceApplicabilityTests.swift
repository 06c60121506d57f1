import AdapterKit
import CardModel
import Testing

/// What a case cannot try is said and not passed, and fixtures that try nothing are a finding.
@Suite("What the conformance cases apply to")
struct ConformanceApplicabilityTests {
    private func results(
        _ fixtures: String,
        _ factory: AdapterFactory
    ) async throws -> [String: ConformanceResult] {
        let results = await AdapterConformance.results(
            of: factory,
            try ConformanceFixtures(yaml: fixtures, file: "answers.yaml")
        )
        return Dictionary(uniqueKeysWithValues: results.map { ($0.case.name, $0) })
    }

    private func findings(_ result: ConformanceResult?) -> String {
        if case .failed(let messages)? = result?.outcome {
            messages.joined(separator: "; ")
        } else {
            ""
        }
    }

    @Test("whoever redeems is held to the rules of asking, too")
    func orders() async throws {
        let results = try await results(TownCounter.fixtures(), TownCounter.factory())
        for name in [
            "unmapped-answer", "limits-on-requests", "configured-hosts", "hostile-code",
            "verbatim-code", "steadiness", "key-in-header", "bounded-retries",
        ] {
            #expect(results[name]?.outcome == .passed, "\(name)")
        }
    }

    @Test("answers that repeat no key, and are no JSON, leave some cases with nothing to bend")
    func nothingToBend() async throws {
        let results = try await results(TownCounter.fixtures(), TownCounter.factory())
        for name in ["other-key-echoed", "missing-members", "null-members", "bad-signature"] {
            #expect(results[name]?.outcome == .notApplicable, "\(name)")
            #expect(results[name]?.absence?.en.isEmpty == false, "\(name)")
        }
        #expect(results["self-description"]?.absence == nil)
    }

    @Test("an attack point of another verb, or undecided from the start, is a finding")
    func attackPoints() async throws {
        let wrong = TownLibrary.fixtures.replacing(
            "{good: good, unmapped: unmapped, echo: echo}",
            with: "{good: unmapped, redeemed: good, unmapped: used, echo: used, signed: good}"
        )
        let found = try await findings(results(wrong, TownLibrary.factory())["attackable"])
        for name in ["good", "redeemed", "unmapped", "echo", "signed"] {
            #expect(found.contains("`\(name)` is"), "\(name): \(found)")
        }
        #expect(found.contains("no verification is declared"))
    }

    @Test("an issuer whose text is kept has to be given an echo")
    func echo() async throws {
        let without = TownLibrary.fixtures.replacing(", echo: echo}", with: "}")
        let found = try await findings(results(without, TownLibrary.factory())["attackable"])
        #expect(found == "`attacks` names no `echo`, and good keeps the issuer's text")
    }

    @Test("the fixtures of another adapter are a finding")
    func otherAdapter() async throws {
        let other = TownLibrary.fixtures.replacing("adapter: town-library", with: "adapter: town")
        let found = try await findings(results(other, TownLibrary.factory())["attackable"])
        #expect(found == "the fixtures are those of `town`, and this is `town-library`")
    }

    @Test("two cases of one name are a fault of the file")
    func repeatedName() throws {
        let yaml = TownLibrary.fixtures.replacing("- name: used", with: "- name: good")
        let error = #expect(throws: AdapterDiagnostics.self) {
            try ConformanceFixtures(yaml: yaml, file: "answers.yaml")
        }
        #expect("\(String(describing: error))".contains("a case named `good` stands above"))
    }

    @Test("whoever asks, and names no answer to start from, is told so")
    func noAttacks() async throws {
        let yaml = TownLibrary.fixtures.replacing(
            "attacks: {good: good, unmapped: unmapped, echo: echo}",
            with: "attacks: {}"
        )
        let results = try await results(yaml, TownLibrary.factory())
        for name in ["server-error", "hostile-code", "wire-silence"] {
            #expect(results[name]?.outcome == .notApplicable, "\(name)")
            #expect(
                results[name]?.absence?.en == "the fixtures name no answer to start from",
                "\(name)"
            )
        }
        #expect(results["one-submission"]?.absence?.en == "redeems nothing")
    }

    @Test("a description names each code with its state, in lists and spans as well")
    func description() async throws {
        var descriptor = TownCounter.description
        descriptor.answers = [
            AnswerMeaning(answer: "reply other, spend", state: .used),
            AnswerMeaning(answer: "code 40 to 42", state: .notFound),
        ]
        func found(_ code: String, _ state: String) async throws -> String {
            let fixtures =
                TownCounter.fixtures()
                + "\n" + """
                      - name: described
                        operation: query
                        key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                        asked_at: 2026-11-20T08:00:00Z
                        order: {number: 4711}
                        answers: []
                        expect: {state: \(state), issuer_code: "\(code)"}
                    """
            let factory = AdapterFactory(descriptor: descriptor) { _, setup in
                TownCounter(fault: nil, setup: setup)
            }
            return try await findings(results(fixtures, factory)["described-answers"])
        }
        #expect(try await found("spend", "used") == "")
        #expect(try await found("41", "not_found") == "")
        #expect(try await found("41", "used").contains("described as not_found"))
        #expect(try await found("43", "not_found").contains("no row describes `43`"))
        #expect(try await found("2/3", "used") == "")
    }

    private func counter(
        _ factory: AdapterFactory,
        _ name: String,
        fixtures: String = TownCounter.fixtures(),
        wire: WireBench? = nil
    ) async throws -> [ConformanceFinding] {
        await AdapterConformance.run(
            factory,
            try ConformanceFixtures(yaml: fixtures, file: "redemptions.yaml"),
            wire: wire,
            cases: AdapterConformance.cases.filter { $0.name == name }
        )
    }

    @Test("a callback whose signature nobody knows is a finding")
    func unknownSignature() async throws {
        let fixtures = TownCounter.fixtures().replacing("&sign=", with: "&seal=")
        let name = "callback-without-signature"
        #expect(try await counter(TownCounter.factory(), name) == [])
        #expect(try await !counter(TownCounter.factory(), name, fixtures: fixtures).isEmpty)
    }

    @Test("an order over sockets that ends in silence is neither taken nor refused")
    func wire() async throws {
        let bench = WireBench(transport: Deaf(), issuer: Nowhere())
        let name = "wire-silence"
        #expect(try await counter(TownCounter.factory(), name, wire: bench) == [])
        let broken = TownCounter.factory(.takesSilenceForRefusal)
        let found = try await counter(broken, name, wire: bench)
        #expect(found.map(\.message) == ["says that nothing was taken, which nobody knows"])
    }

    @Test("an inquiry at the orders' own address, with another verb, is no order")
    func inquiryBesideOrders() async throws {
        var descriptor = TownCounter.description
        descriptor.operations[.inquire] = .readOnly
        let factory = AdapterFactory(descriptor: descriptor) { [descriptor] _, setup in
            Inquiring(descriptor: descriptor, counter: TownCounter(fault: nil, setup: setup))
        }
        #expect(try await counter(factory, "inquiry-spends-nothing") == [])
    }

    private struct Deaf: HTTPTransport {
        func send(
            _ request: OutboundRequest
        ) async throws(TransportError) -> OutboundResponse {
            throw TransportError(code: .timedOut, message: "silence", requestWasSent: true)
        }
    }

    private struct Nowhere: HostileIssuer {
        func serve<Result: Sendable>(
            _ conduct: WireConduct,
            answer: OutboundResponse,
            while body: @Sendable (String) async -> Result
        ) async throws -> Result {
            await body("http://127.0.0.1:9")
        }
    }

    /// A counter that can look a code up without taking it.
    private struct Inquiring: RedeemingAdapter {
        let descriptor: AdapterDescriptor
        let counter: TownCounter

        func redeem(
            _ order: RedemptionOrder,
            using transport: any HTTPTransport
        ) async throws(AdapterError) -> RedemptionAnswer {
            try await counter.redeem(order, using: transport)
        }

        func inquire(
            _ inquiry: Inquiry,
            using transport: any HTTPTransport
        ) async throws(AdapterError) -> InquiryResult {
            let key = inquiry.askedCode.key.withUnredacted { $0 }
            let request = OutboundRequest(
                method: "POST",
                url: SecretURL("https://counter.example/redeem"),
                headers: [],
                body: Array("order=0&pin=\(key)&trial=1".utf8),
                limits: descriptor.limits
            )
            _ = try? await transport.send(request)
            return .indeterminate(.inProgress)
        }
    }
}

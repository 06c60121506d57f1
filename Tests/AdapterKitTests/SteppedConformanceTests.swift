import AdapterKit
import CardModel
import Testing
import WireFormat

/// What an issuer that is asked in two steps says in the second is bent as well.
@Suite("Conformance of adapters that ask in steps")
struct SteppedConformanceTests {
    enum Fault: String, CaseIterable {
        case believesOtherPins
        case quotesTheCard

        /// The case that must catch it.
        var caughtBy: String {
            switch self {
            case .believesOtherPins: "other-key-echoed"
            case .quotesTheCard: "key-in-issuer-words"
            }
        }
    }

    private func findings(_ fault: Fault?) async throws -> [ConformanceFinding] {
        let factory = AdapterFactory(descriptor: Depot.description) { _, setup in
            Depot(fault: fault, setup: setup)
        }
        return await AdapterConformance.run(
            factory,
            try ConformanceFixtures(yaml: Self.fixtures, file: "answers.yaml"),
            cases: AdapterConformance.cases.filter { `case` in
                fault == nil || `case`.name == fault?.caughtBy
            }
        )
    }

    @Test("a sound one breaks no rule")
    func sound() async throws {
        let found = try await findings(nil)
        #expect(found == [], "\(found)")
    }

    @Test("a broken one is caught by the case named for it", arguments: Fault.allCases)
    func broken(fault: Fault) async throws {
        #expect(try await !findings(fault).isEmpty)
    }

    private static let fixtures = """
        adapter: town-depot
        settings: {endpoint: "https://depot.example"}
        attacks: {good: fresh, unmapped: new, echo: unknown}
        cases:
          - name: fresh
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - \(session)
              - {\(head), body: '{"pin": "Zq7K-m4Xw-9TrB-2LcV", "state": "fresh"}'}
            expect: {state: ok_unused, issuer_code: fresh, requests: 2}
          - name: new
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - \(session)
              - {\(head), body: '{"pin": "Zq7K-m4Xw-9TrB-2LcV", "state": "dozing"}'}
            expect: {state: indeterminate, cause: unmapped, issuer_code: dozing}
          - name: unknown
            key: Hp3R-k8Vd-5WnJ-6TgY
            asked_at: 2026-11-20T08:00:00Z
            answers:
              - \(session)
              - {\(head), body: '{"state": "unknown", "text": "no card ECHO-GOES-HERE"}'}
            expect: {state: not_found, issuer_code: unknown}
        """

    private static let head = "status: 200, headers: {Content-Type: application/json}"
    private static let session = "{\(head), body: '{\"session\": \"A-7731-dusk\"}'}"
}

/// An invented issuer that gives out a session and then tells of cards.
private struct Depot: IssuerAdapter {
    let fault: SteppedConformanceTests.Fault?
    let setup: AdapterSetup

    static let description = AdapterDescriptor(
        id: "town-depot",
        version: 1,
        name: LocalisedText(zhCN: "市政仓库", en: "Town depot"),
        kind: .swift,
        operations: [.inquire: .readOnly],
        settings: [SettingDeclaration(name: "endpoint", kind: .url, isRequired: true)]
    )

    var descriptor: AdapterDescriptor { Self.description }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        var conversation = IssuerConversation(
            inquiry: inquiry,
            scrubber: setup.scrubber(for: inquiry),
            transport: transport
        )
        var session: String?
        let opening = request("/session", body: [])
        let opened = try await ask(opening, inquiry, &conversation) { answer, _ in
            session = answer.status == 200 ? answer["/session"]?.stringValue : nil
            return .indeterminate(answer.unmappedCause)
        }
        guard let session else { return opened }
        let key = inquiry.askedCode.key.withUnredacted { $0 }
        let body: JSONValue = ["pin": .string(key), "session": .string(session)]
        return try await ask(
            request("/card", body: body.serialized()),
            inquiry,
            &conversation
        ) { meaning(of: $0, inquiry, $1) }
    }

    private func ask(
        _ request: OutboundRequest,
        _ inquiry: Inquiry,
        _ conversation: inout IssuerConversation,
        meaning: (JSONAnswer, IssuerConversation) -> InquiryResult
    ) async throws(AdapterError) -> InquiryResult {
        try await conversation.ask(
            request,
            label: "depot",
            retrySafe: true,
            askedAt: inquiry.askedAt,
            reading: meaning
        )
    }

    private func request(_ path: String, body: [UInt8]) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL((setup.settings["endpoint"] ?? "") + path),
            headers: [OutboundHeader(name: "Content-Type", value: "application/json")],
            body: body,
            limits: descriptor.limits
        )
    }

    private func meaning(
        of answer: JSONAnswer,
        _ inquiry: Inquiry,
        _ conversation: IssuerConversation
    ) -> InquiryResult {
        var words = conversation.statement(
            code: answer["/state"]?.stringValue,
            text: answer["/text"]?.stringValue
        )
        if fault == .quotesTheCard { words.text = answer["/text"]?.stringValue }
        let isOther = answer["/pin"]?.stringValue.map { !inquiry.keyAgrees(with: $0) } ?? false
        if isOther, fault != .believesOtherPins {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        guard answer.status == 200 else {
            return .indeterminate(answer.unmappedCause, issuer: words)
        }
        switch answer["/state"]?.stringValue {
        case "fresh": return InquiryResult(state: .okUnused, issuer: words)
        case "unknown": return InquiryResult(state: .notFound, issuer: words)
        default: return .indeterminate(.unmapped, issuer: words)
        }
    }
}

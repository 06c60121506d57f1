import AdapterKit
import CardModel
import Testing
import WireFormat

/// An order behind a login, and before a question what became of it: only its own request is held
/// to the rules of spending.
@Suite("Conformance of adapters that redeem in steps")
struct SteppedOrderTests {
    private func findings(
        _ fault: TownTill.Fault?,
        at address: TownTill.Address = .perVerb
    ) async throws -> [ConformanceFinding] {
        let factory = AdapterFactory(descriptor: TownTill.description) { _, setup in
            TownTill(fault: fault, address: address, setup: setup)
        }
        return await AdapterConformance.run(
            factory,
            try ConformanceFixtures(yaml: TownTill.fixtures, file: "redemptions.yaml"),
            cases: AdapterConformance.cases.filter { `case` in
                fault == nil || `case`.name == fault?.caughtBy
            }
        )
    }

    @Test(
        "a sound one breaks no rule, whether its verbs have addresses of their own or share one",
        arguments: TownTill.Address.allCases
    )
    func sound(address: TownTill.Address) async throws {
        let found = try await findings(nil, at: address)
        #expect(found == [], "\(found)")
    }

    @Test(
        "a broken one is caught by the case named for it",
        arguments: TownTill.Fault.allCases,
        TownTill.Address.allCases
    )
    func broken(fault: TownTill.Fault, address: TownTill.Address) async throws {
        #expect(try await !findings(fault, at: address).isEmpty)
    }
}

/// An invented issuer behind a login: it takes orders, and says later what became of them.
struct TownTill: RedeemingAdapter {
    enum Address: CaseIterable {
        case perVerb
        case shared
    }

    enum Fault: String, CaseIterable {
        case ordersAgain
        case deniesTheOrder
        case deniesAfterTheOrder
        case settlesFailedOrders
        case deniesWhatItOrderedUnasked
        case decidesFailedInquiries
        case inquiresByOrdering

        /// The case that must catch it.
        var caughtBy: String {
            switch self {
            case .ordersAgain, .deniesTheOrder, .deniesAfterTheOrder: "one-submission"
            case .settlesFailedOrders, .deniesWhatItOrderedUnasked: "order-server-error"
            case .decidesFailedInquiries: "server-error"
            case .inquiresByOrdering: "inquiry-spends-nothing"
            }
        }
    }

    let fault: Fault?
    let address: Address
    let setup: AdapterSetup

    static let description = AdapterDescriptor(
        id: "town-till",
        version: 1,
        name: LocalisedText(zhCN: "市政收银台", en: "Town till"),
        kind: .swift,
        operations: [.inquire: .readOnly, .redeem: .consumes],
        settings: [SettingDeclaration(name: "endpoint", kind: .url, isRequired: true)]
    )

    var descriptor: AdapterDescriptor { Self.description }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        var talk = Talk(inquiry, self, transport)
        let (session, opened) = try await login(&talk)
        guard let session else { return opened }
        if fault == .inquiresByOrdering {
            let order = RedemptionOrder(inquiry: inquiry, number: 1, placedAt: inquiry.askedAt)
            return try await hand(in: order, session, &talk)
        }
        let body: [String: JSONValue] = ["session": .string(session), "pin": talk.pin]
        let result = try await talk.ask("look", body, retrySafe: true)
        let isFailed = result.cause == .issuerUnavailable
        return fault == .decidesFailedInquiries && isFailed
            ? InquiryResult(state: .okUnused, transcripts: result.transcripts) : result
    }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        var talk = Talk(order.inquiry, self, transport)
        let (session, opened) = try await login(&talk)
        guard let session = session ?? (fault == .deniesWhatItOrderedUnasked ? "-" : nil)
        else { return RedemptionAnswer(.notTaken, opened) }
        let ordered = try await submitted(order, session, &talk)
        if session == "-" { return RedemptionAnswer(.notTaken, opened) }
        if fault == .settlesFailedOrders, ordered.cause == .issuerUnavailable {
            return RedemptionAnswer(.settled, InquiryResult(state: .okActivatedByBuyer))
        }
        guard ordered.cause == .inProgress else { return RedemptionAnswer(.unknown, ordered) }
        return await settled(order, ordered, session, &talk)
    }

    /// Its failure leaves nothing open: no code was handed in.
    private func login(
        _ talk: inout Talk
    ) async throws(AdapterError) -> (String?, InquiryResult) {
        do throws(AdapterError) {
            var session: String?
            let result = try await talk.ask("login", [:], retrySafe: true) { answer in
                session = answer.status == 200 ? answer["/session"]?.stringValue : nil
            }
            return (session, result)
        } catch {
            var error = error
            error.mayHaveReachedIssuer = false
            throw error
        }
    }

    private func submitted(
        _ order: RedemptionOrder,
        _ session: String,
        _ talk: inout Talk
    ) async throws(AdapterError) -> InquiryResult {
        do throws(AdapterError) {
            return try await hand(in: order, session, &talk)
        } catch {
            if fault == .ordersAgain { return try await hand(in: order, session, &talk) }
            guard fault == .deniesTheOrder else { throw error }
            var error = error
            error.mayHaveReachedIssuer = false
            throw error
        }
    }

    private func hand(
        in order: RedemptionOrder,
        _ session: String,
        _ talk: inout Talk
    ) async throws(AdapterError) -> InquiryResult {
        let body: [String: JSONValue] = [
            "session": .string(session), "pin": talk.pin, "number": .string("\(order.number)"),
        ]
        return try await talk.ask("order", body, retrySafe: false)
    }

    /// What the issuer says became of an order that it took; taken it is in any case.
    private func settled(
        _ order: RedemptionOrder,
        _ ordered: InquiryResult,
        _ session: String,
        _ talk: inout Talk
    ) async -> RedemptionAnswer {
        let body: [String: JSONValue] = [
            "session": .string(session), "number": .string("\(order.number)"),
        ]
        let told = try? await talk.ask("status", body, retrySafe: true)
        if let told, told.state == .okActivatedByBuyer { return RedemptionAnswer(.settled, told) }
        if fault == .deniesAfterTheOrder { return RedemptionAnswer(.notTaken, ordered) }
        var ordered = ordered
        ordered.transcripts = talk.conversation.transcripts
        return RedemptionAnswer(.accepted, ordered)
    }
}

extension TownTill {
    /// One conversation with the issuer.
    private struct Talk {
        let inquiry: Inquiry
        let till: TownTill
        var conversation: IssuerConversation

        init(_ inquiry: Inquiry, _ till: TownTill, _ transport: any HTTPTransport) {
            self.inquiry = inquiry
            self.till = till
            conversation = IssuerConversation(
                inquiry: inquiry,
                scrubber: till.setup.scrubber(for: inquiry),
                transport: transport
            )
        }

        var pin: JSONValue { .string(inquiry.askedCode.key.withUnredacted { $0 }) }

        mutating func ask(
            _ verb: String,
            _ body: [String: JSONValue],
            retrySafe: Bool,
            reading: (JSONAnswer) -> Void = { _ in }
        ) async throws(AdapterError) -> InquiryResult {
            let members = body.sorted { $0.key < $1.key }.map {
                JSONObject.Member(name: $0.key, value: $0.value)
            }
            let path = till.address == .perVerb ? "/" + verb : "/till"
            let request = OutboundRequest(
                method: "POST",
                url: SecretURL((till.setup.settings["endpoint"] ?? "") + path),
                headers: [OutboundHeader(name: "Content-Type", value: "application/json")],
                body: JSONValue.object(JSONObject(members)).serialized(),
                limits: till.descriptor.limits
            )
            return try await conversation.ask(
                request,
                label: verb,
                retrySafe: retrySafe,
                askedAt: inquiry.askedAt
            ) { answer, conversation in
                reading(answer)
                return Self.meaning(of: answer, conversation)
            }
        }

        private static func meaning(
            of answer: JSONAnswer,
            _ conversation: IssuerConversation
        ) -> InquiryResult {
            let word = answer["/state"]?.stringValue
            let words = conversation.statement(code: word, text: nil)
            guard answer.status == 200 else {
                return .indeterminate(answer.unmappedCause, issuer: words)
            }
            switch word {
            case "fresh": return InquiryResult(state: .okUnused, issuer: words)
            case "taken": return .indeterminate(.inProgress, issuer: words)
            case "spent": return InquiryResult(state: .okActivatedByBuyer, issuer: words)
            default: return .indeterminate(.unmapped, issuer: words)
            }
        }
    }

    static let fixtures = """
        adapter: town-till
        settings: {endpoint: "https://till.example"}
        attacks: {good: fresh, redeemed: spent, unmapped: new}
        cases:
          - name: fresh
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            answers: [\(answer("session", "A-7731-dusk")), \(answer("state", "fresh"))]
            expect: {state: ok_unused, issuer_code: fresh, requests: 2}
          - name: spent
            operation: redeem
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            order: {number: 4711}
            answers:
              - \(answer("session", "A-7731-dusk"))
              - \(answer("state", "taken"))
              - \(answer("state", "spent"))
            expect: {disposition: settled, state: ok_activated_by_buyer, requests: 3}
          - name: new
            operation: redeem
            key: Zq7K-m4Xw-9TrB-2LcV
            asked_at: 2026-11-20T08:00:00Z
            order: {number: 4711}
            answers: [\(answer("session", "A-7731-dusk")), \(answer("state", "dozing"))]
            expect: {disposition: unknown, state: indeterminate, cause: unmapped}
        """

    private static func answer(_ name: String, _ value: String) -> String {
        "{status: 200, headers: {Content-Type: application/json},"
            + " body: '{\"\(name)\": \"\(value)\"}'}"
    }
}

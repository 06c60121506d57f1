import AdapterKit
import CardModel
import Crypto
import WireFormat

/// An invented issuer that takes codes at a counter: an order is accepted, a signed callback or a
/// query tells the end. Sound unless a fault is put in.
struct TownCounter: CallbackReadingAdapter, OrderQueryingAdapter {
    enum Fault: String, CaseIterable {
        case sendsOrdersAgain
        case settlesWhatIsAccepted
        case takesFailuresForRefusals
        case believesUnsignedCallbacks
        case believesOtherOrders
        case signsOnlyTheOrder
        case quotesTheKeyInCallbacks
        case deniesWhatItSent
        case takesSilenceForRefusal
        case sendsAgainWhenBusy
        case deniesUnknownStatuses
        case believesHalfWords
        case inquiresByRedeeming
        case settlesTheUnknown
        case changesTheCase
        case letsCodesIntoHeaders
        case asksNobody
        case believesOtherCards
        case believesOtherAmounts
        case comparesHalfTheSignature

        /// The case that must catch it.
        var caughtBy: String {
            switch self {
            case .sendsOrdersAgain: "one-submission"
            case .settlesWhatIsAccepted: "accepted-is-no-verdict"
            case .takesFailuresForRefusals: "order-server-error"
            case .believesUnsignedCallbacks: "callback-without-signature"
            case .believesOtherOrders: "callback-for-another-order"
            case .signsOnlyTheOrder: "altered-callback"
            case .quotesTheKeyInCallbacks: "hidden-callback"
            case .deniesWhatItSent: "one-submission"
            case .takesSilenceForRefusal: "one-submission"
            case .sendsAgainWhenBusy: "order-rate-limited-without-wait"
            case .deniesUnknownStatuses: "order-unknown-status"
            case .believesHalfWords: "order-truncated-body"
            case .inquiresByRedeeming: "inquiry-spends-nothing"
            case .settlesTheUnknown: "unmapped-answer"
            case .changesTheCase: "verbatim-code"
            case .letsCodesIntoHeaders: "hostile-code"
            case .asksNobody: "attackable"
            case .believesOtherCards: "callback-for-another-order"
            case .believesOtherAmounts: "callback-for-another-order"
            case .comparesHalfTheSignature: "altered-callback"
            }
        }
    }

    let fault: Fault?
    let setup: AdapterSetup

    static let description = AdapterDescriptor(
        id: "town-counter",
        version: 1,
        name: LocalisedText(zhCN: "市政柜台", en: "Town counter"),
        kind: .swift,
        operations: [.redeem: .consumes],
        settlement: Settlement(byQuery: true, byCallback: true),
        settings: [
            SettingDeclaration(name: "endpoint", kind: .url, isRequired: true),
            SettingDeclaration(name: "secret", isSecret: true, isRequired: true),
        ]
    )

    static func factory(_ fault: Fault? = nil) -> AdapterFactory {
        AdapterFactory(descriptor: descriptor(fault)) { _, setup in
            TownCounter(fault: fault, setup: setup)
        }
    }

    var descriptor: AdapterDescriptor { Self.descriptor(fault) }

    private static func descriptor(_ fault: Fault?) -> AdapterDescriptor {
        var descriptor = description
        if fault == .inquiresByRedeeming { descriptor.operations[.inquire] = .readOnly }
        return descriptor
    }

    func inquire(
        _ inquiry: Inquiry,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> InquiryResult {
        guard fault == .inquiresByRedeeming else {
            return InquiryResult(state: .unsupported, certainty: .local)
        }
        let order = RedemptionOrder(inquiry: inquiry, number: 1, placedAt: inquiry.askedAt)
        return try await exchange("redeem", order, transport).result
    }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        if fault == .asksNobody {
            return RedemptionAnswer(.accepted, .indeterminate(.inProgress))
        }
        do throws(AdapterError) {
            let answer = try await exchange("redeem", order, transport)
            let isBusy = answer.result.cause == .rateLimited
            guard fault == .sendsAgainWhenBusy, isBusy else { return answer }
            return try await exchange("redeem", order, transport)
        } catch {
            if fault == .sendsOrdersAgain { return try await exchange("redeem", order, transport) }
            if fault == .takesSilenceForRefusal {
                return RedemptionAnswer(.notTaken, .indeterminate(error.cause))
            }
            guard fault == .deniesWhatItSent else { throw error }
            var error = error
            error.mayHaveReachedIssuer = false
            throw error
        }
    }

    func query(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        try await exchange("query", order, transport)
    }

    private func exchange(
        _ verb: String,
        _ order: RedemptionOrder,
        _ transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let written = order.inquiry.askedCode.key.withUnredacted { $0 }
        let key = fault == .changesTheCase ? written.lowercased() : written
        let form = "order=\(order.number)" + (verb == "redeem" ? "&" + Self.pin(key) : "")
        let pin = OutboundHeader(
            name: "X-Pin",
            value: order.inquiry.code.key.withUnredacted { $0 },
            isSecret: true
        )
        var conversation = IssuerConversation(
            inquiry: order.inquiry,
            scrubber: setup.scrubber(for: order.inquiry),
            transport: transport
        )
        let response = try await conversation.exchange(
            OutboundRequest(
                method: "POST",
                url: SecretURL((setup.settings["endpoint"] ?? "") + "/" + verb),
                headers: fault == .letsCodesIntoHeaders ? [pin] : [],
                body: Array(form.utf8),
                timeout: descriptor.limits.timeout,
                responseBytesLimit: descriptor.limits.responseBytes
            ),
            label: verb,
            retrySafe: verb == "query"
        )
        var answer = judge(response, order, conversation)
        answer.result.transcripts = conversation.transcripts
        return answer
    }

    private static func pin(_ key: String) -> String { FormEncoding.text([("pin", key)]) }

    private func judge(
        _ response: OutboundResponse,
        _ order: RedemptionOrder,
        _ conversation: IssuerConversation
    ) -> RedemptionAnswer {
        let word = String(decoding: response.body.prefix(40), as: UTF8.self)
        let words = conversation.statement(code: word, text: nil)
        let objection = AnswerScreening(mediaTypes: ["text/plain"])
            .objection(toStatusOf: response, askedAt: order.inquiry.askedAt)
        switch (response.status, word) {
        case (200, "taken") where fault == .settlesWhatIsAccepted:
            return RedemptionAnswer(.accepted, InquiryResult(state: .okActivatedByBuyer))
        case (200, "taken"):
            return RedemptionAnswer(.accepted, .indeterminate(.inProgress, issuer: words))
        case (200, "spent"):
            return RedemptionAnswer(.settled, InquiryResult(state: .used, issuer: words))
        case (401, _), (403, _):
            return RedemptionAnswer(.notTaken, .indeterminate(.ourAccount))
        case (500..., _) where fault == .takesFailuresForRefusals:
            return RedemptionAnswer(.notTaken, .indeterminate(.issuerUnavailable))
        case (418, _) where fault == .deniesUnknownStatuses:
            return RedemptionAnswer(.notTaken, .indeterminate(.malformedAnswer))
        case (200, "tak") where fault == .believesHalfWords:
            return RedemptionAnswer(.settled, InquiryResult(state: .used, issuer: words))
        case (200, "new") where fault == .settlesTheUnknown:
            return RedemptionAnswer(.settled, InquiryResult(state: .used, issuer: words))
        case (200, "new"):
            return RedemptionAnswer(.unknown, .indeterminate(.unmapped, issuer: words))
        default:
            return RedemptionAnswer(
                .unknown,
                objection.map(conversation.undecided) ?? .indeterminate(.malformedAnswer)
            )
        }
    }

    func orderNumber(in callback: IssuerCallback) -> UInt64? {
        fields(callback)["order"].flatMap { UInt64($0) }
    }

    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        let fields = fields(callback)
        guard let number = fields["order"], let result = fields["result"],
            let serial = fields["serial"], let amount = fields["amount"]
        else { throw CallbackRefusal(.malformed, "a field is missing") }
        let signed = fault == .signsOnlyTheOrder ? number : number + serial + amount + result
        guard isSigned(signed, by: fields["sign"] ?? "") else {
            throw CallbackRefusal(.badSignature, "the signature does not fit")
        }
        let inquiry = order.inquiry
        let isOurs =
            (number == String(order.number) || fault == .believesOtherOrders)
            && (serial == inquiry.code.serial?.text || fault == .believesOtherCards)
            && (amount == inquiry.faceValue.map { "\($0.minorUnits)" }
                || fault == .believesOtherAmounts)
        guard isOurs else { throw CallbackRefusal(.otherOrder, "another order") }
        var reading = InquiryResult(state: result == "ok" ? .okActivatedByBuyer : .used)
        if fault == .quotesTheKeyInCallbacks {
            reading.issuer.text = order.inquiry.code.key.withUnredacted { $0 }
        }
        return CallbackReading(
            answer: RedemptionAnswer(.settled, reading),
            acknowledgement: .init(body: Array("thanks".utf8))
        )
    }

    private func isSigned(_ text: String, by signature: String) -> Bool {
        switch fault {
        case .believesUnsignedCallbacks where signature.isEmpty: true
        case .signsOnlyTheOrder: true
        case .comparesHalfTheSignature: signature.prefix(8) == self.signature(text).prefix(8)
        default: signature == self.signature(text)
        }
    }

    private func fields(_ callback: IssuerCallback) -> [String: String] {
        let pairs = callback.formFields?.fields ?? []
        return Dictionary(pairs.map { ($0.name, String(decoding: $0.value, as: UTF8.self)) }) {
            first, _ in first
        }
    }

    func signature(_ text: String) -> String {
        let key = setup.secrets["secret"]?.withUnredacted { Array($0.utf8) } ?? []
        let code = HMAC<SHA256>.authenticationCode(
            for: Array(text.utf8),
            using: SymmetricKey(data: key)
        )
        return Hexadecimal.encode(Array(code))
    }

    static let secret = "mark-Counter-Secret-4417"

    /// Fixtures whose callback is signed by the same recipe, apart from the adapter.
    static func fixtures() -> String {
        let code = HMAC<SHA256>.authenticationCode(
            for: Array("471107-55000ok".utf8),
            using: SymmetricKey(data: Array(secret.utf8))
        )
        return """
            adapter: town-counter
            settings: {endpoint: "https://counter.example"}
            secrets: {secret: \(secret)}
            attacks: {redeemed: taken, callback: done, unmapped: new}
            cases:
              - name: taken
                operation: redeem
                serial: 07-5
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                face_value: {amount_minor: 5000, currency: CNY}
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                answers: [{status: 200, headers: {Content-Type: text/plain}, body: taken}]
                expect: {disposition: accepted, state: indeterminate, cause: in_progress}
              - name: new
                operation: redeem
                serial: 07-5
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                face_value: {amount_minor: 5000, currency: CNY}
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                answers: [{status: 200, headers: {Content-Type: text/plain}, body: new}]
                expect: {disposition: unknown, state: indeterminate, cause: unmapped}
              - name: spent
                operation: query
                serial: 07-5
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                face_value: {amount_minor: 5000, currency: CNY}
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                answers: [{status: 200, headers: {Content-Type: text/plain}, body: spent}]
                expect: {disposition: settled, state: used, requests: 1}
              - name: done
                operation: callback
                serial: 07-5
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                face_value: {amount_minor: 5000, currency: CNY}
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                callback: {query: order=4711&serial=07-5&amount=5000&result=ok&sign=\(Hexadecimal.encode(Array(code)))}
                expect: {state: ok_activated_by_buyer, acknowledgement: thanks}
              - name: done, with another signature
                operation: callback
                serial: 07-5
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                face_value: {amount_minor: 5000, currency: CNY}
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                callback: {query: order=4711&serial=07-5&amount=5000&result=ok&sign=00}
                expect: {refusal: bad_signature}
            """
    }
}

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
        AdapterFactory(descriptor: description) { _, setup in
            TownCounter(fault: fault, setup: setup)
        }
    }

    var descriptor: AdapterDescriptor { Self.description }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        do throws(AdapterError) {
            return try await exchange("redeem", order, transport)
        } catch {
            if fault == .sendsOrdersAgain { return try await exchange("redeem", order, transport) }
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
        let key = order.inquiry.askedCode.key.withUnredacted { $0 }
        var conversation = IssuerConversation(
            inquiry: order.inquiry,
            scrubber: setup.scrubber(for: order.inquiry),
            transport: transport
        )
        let response = try await conversation.exchange(
            OutboundRequest(
                method: "POST",
                url: SecretURL((setup.settings["endpoint"] ?? "") + "/" + verb),
                headers: [],
                body: Array("order=\(order.number)\(verb == "redeem" ? "&pin=\(key)" : "")".utf8),
                timeout: descriptor.limits.timeout,
                responseBytesLimit: descriptor.limits.responseBytes
            ),
            label: verb,
            retrySafe: verb == "query"
        )
        var answer = judge(response, conversation)
        answer.result.transcripts = conversation.transcripts
        return answer
    }

    private func judge(
        _ response: OutboundResponse,
        _ conversation: IssuerConversation
    ) -> RedemptionAnswer {
        let word = String(decoding: response.body.prefix(40), as: UTF8.self)
        let words = conversation.statement(code: word, text: nil)
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
        default:
            return RedemptionAnswer(.unknown, .indeterminate(.malformedAnswer))
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
        guard let number = fields["order"], let result = fields["result"] else {
            throw CallbackRefusal(.malformed, "a field is missing")
        }
        let signed = fault == .signsOnlyTheOrder ? number : number + result
        let signature = fields["sign"] ?? ""
        let isUnsigned = signature.isEmpty && fault == .believesUnsignedCallbacks
        guard
            isUnsigned || signature == self.signature(signed)
                || fault == .signsOnlyTheOrder && signature == self.signature(number + "ok")
        else { throw CallbackRefusal(.badSignature, "the signature does not fit") }
        guard number == String(order.number) || fault == .believesOtherOrders else {
            throw CallbackRefusal(.otherOrder, "another order")
        }
        var reading = InquiryResult(state: result == "ok" ? .okActivatedByBuyer : .used)
        if fault == .quotesTheKeyInCallbacks {
            reading.issuer.text = order.inquiry.code.key.withUnredacted { $0 }
        }
        return CallbackReading(
            answer: RedemptionAnswer(.settled, reading),
            acknowledgement: .init(body: Array("thanks".utf8))
        )
    }

    private func fields(_ callback: IssuerCallback) -> [String: String] {
        let pairs = String(decoding: callback.rawQuery, as: UTF8.self).split(separator: "&")
            .map { $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false) }
        return Dictionary(
            pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) }
        ) { first, _ in first }
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
            for: Array("4711ok".utf8),
            using: SymmetricKey(data: Array(secret.utf8))
        )
        return """
            adapter: town-counter
            settings: {endpoint: "https://counter.example"}
            secrets: {secret: \(secret)}
            attacks: {redeemed: taken, callback: done}
            cases:
              - name: taken
                operation: redeem
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                answers: [{status: 200, headers: {Content-Type: text/plain}, body: taken}]
                expect: {disposition: accepted, state: indeterminate, cause: in_progress}
              - name: spent
                operation: query
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                answers: [{status: 200, headers: {Content-Type: text/plain}, body: spent}]
                expect: {disposition: settled, state: used, requests: 1}
              - name: done
                operation: callback
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                callback: {query: order=4711&result=ok&sign=\(Hexadecimal.encode(Array(code)))}
                expect: {state: ok_activated_by_buyer, acknowledgement: thanks}
              - name: done, with another signature
                operation: callback
                key: Zq7K-m4Xw-9TrB-2LcV-8HsD
                asked_at: 2026-11-20T08:00:00Z
                order: {number: 4711}
                callback: {query: order=4711&result=ok&sign=00}
                expect: {refusal: bad_signature}
            """
    }
}

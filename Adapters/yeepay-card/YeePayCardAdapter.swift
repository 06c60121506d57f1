import AdapterKit
import CardModel
import WireFormat

/// Redeems prepaid cards at YeePay (ChargeCardDirect): a GBK form, HMAC-MD5 over the values'
/// positions, a receipt, then a callback. The callback alone tells the card's state.
struct YeePayCardAdapter: OrderQueryingAdapter, CallbackReadingAdapter {
    let descriptor: AdapterDescriptor
    private let setup: AdapterSetup

    init(descriptor: AdapterDescriptor, setup: AdapterSetup) {
        self.descriptor = descriptor
        self.setup = setup
    }

    func redeem(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let account = try YeePayAccount(setup)
        let charge = try YeePayCharge(order, account, setup)
        let form = try YeePayForm(charge.fields, account)
        let endpoint = try setup.setting("endpoint")
        return try await exchange(form, endpoint, order, transport, isQuery: false) { reply in
            YeePaySubmission.meaning(reply, order: order, account: account)
        }
    }

    func query(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let account = try YeePayAccount(setup)
        let form = try YeePayForm(Self.queryFields(order, account), account)
        let endpoint = try setup.setting("query_endpoint")
        return try await exchange(form, endpoint, order, transport, isQuery: true) { reply in
            let orders = ["r6_Order", "p2_Order"].compactMap { reply[$0] }.filter { !$0.isEmpty }
            guard let code = reply["r1_Code"],
                orders.allSatisfy({ $0 == GatewayOrderID.text(of: order.number) })
            else { return .unknown(.malformedAnswer) }
            return YeePayQueryMeaning.meaning(code: code, payStatus: reply["rb_PayStatus"])
        }
    }

    static func queryFields(
        _ order: RedemptionOrder,
        _ account: YeePayAccount
    ) -> [(name: String, value: String)] {
        [
            ("p0_Cmd", "ChargeCardQuery"), ("p1_MerId", account.merchantID),
            ("p2_Order", GatewayOrderID.text(of: order.number)),
        ]
    }

    func orderNumber(in callback: IssuerCallback) -> UInt64? {
        YeePayCallback.orderNumber(in: callback)
    }

    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        let fields = try YeePayCallback(callback)
        guard let account = try? YeePayAccount(setup),
            let charge = try? YeePayCharge(order, account, setup)
        else { throw CallbackRefusal(.otherOrder, "this order cannot have been sent") }
        try fields.verify(account)
        try fields.compare(with: charge, order: order, account: account)
        let scrubber = scrubber(order, hidden: fields.hmac)
        var answer = fields.meaning(declared: charge.card.faceValue).answer(
            scrubber.statement(code: fields["p8_cardStatus"], text: nil),
            // The code 7 stands for the format, too.
            certainty: fields["p8_cardStatus"] == "7" ? .derived : .authoritative,
            transcripts: [Transcript(callback: callback, scrubber: scrubber)]
        )
        answer.result.actualValue = fields.realValue
        return CallbackReading(
            answer: answer,
            acknowledgement: CallbackReading.Acknowledgement(body: Array("success".utf8))
        )
    }

    private func request(_ endpoint: String, _ body: [UInt8]) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(
                    name: "Content-Type",
                    value: FormEncoding.mediaType + "; charset=GBK"
                )
            ],
            body: body,
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    /// The serial is as secret here as the key: the two stand side by side.
    private func scrubber(_ order: RedemptionOrder, hidden signature: SecretValue) -> Scrubber {
        let serial = order.inquiry.askedCode.serial.map { [SecretValue($0.text)] } ?? []
        return setup.scrubber(for: order.inquiry).adding(serial + [signature])
    }

    private func exchange(
        _ form: YeePayForm,
        _ endpoint: String,
        _ order: RedemptionOrder,
        _ transport: any HTTPTransport,
        isQuery: Bool,
        meaning: (YeePayReply) -> RedemptionMeaning
    ) async throws(AdapterError) -> RedemptionAnswer {
        var conversation = IssuerConversation(
            inquiry: order.inquiry,
            scrubber: scrubber(order, hidden: form.hmac),
            transport: transport
        )
        let response = try await conversation.exchange(
            request(endpoint, form.body),
            label: isQuery ? "ChargeCardQuery" : "ChargeCardDirect",
            retrySafe: isQuery
        )
        if let objection = YeePayReply.objection(to: response, askedAt: order.inquiry.askedAt) {
            return RedemptionAnswer(.unknown, conversation.undecided(objection))
        }
        guard let reply = YeePayReply(response.body, isEscaped: isQuery) else {
            return RedemptionAnswer(
                .unknown,
                conversation.undecided(YeePayReply.unreadable(response))
            )
        }
        if let signature = reply["hmac"] { conversation.alsoScrub(SecretValue(signature)) }
        return meaning(reply).answer(
            conversation.statement(
                code: reply["r1_Code"],
                text: isQuery ? reply["rb_PayStatus"] : reply["rq_ReturnMsg"]
            ),
            transcripts: conversation.transcripts
        )
    }
}

import AdapterKit
import CardModel
import WireFormat

/// Redeems prepaid cards at Shenzhoufu (interface 3): the card encrypted with DES in one field, MD5
/// over the others, a bare number as receipt, then a notification; a query settles what is lost.
struct ShenzhoufuAdapter: OrderQueryingAdapter, CallbackReadingAdapter {
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
        let account = try ShenzhoufuAccount(setup)
        let charge = try ShenzhoufuCharge(order, account, setup)
        var conversation = conversation(order, [charge.cardInfo, charge.md5], transport)
        let response = try await conversation.exchange(
            request(try setup.setting("endpoint"), charge.fields),
            label: "serverconnszx",
            retrySafe: false
        )
        if let objection = ShenzhoufuReply.objection(to: response, askedAt: order.inquiry.askedAt) {
            return RedemptionAnswer(.unknown, conversation.undecided(objection))
        }
        guard let code = ShenzhoufuReply.code(in: response) else {
            return unreadable(response, conversation)
        }
        return ShenzhoufuReplyCode(code: code).meaning.answer(
            conversation.statement(code: code, text: nil),
            transcripts: conversation.transcripts
        )
    }

    func query(
        _ order: RedemptionOrder,
        using transport: any HTTPTransport
    ) async throws(AdapterError) -> RedemptionAnswer {
        let account = try ShenzhoufuAccount(setup)
        let fields = Self.queryFields(order, account)
        let md5 = fields.filter { $0.name == "md5String" }.map { SecretValue($0.value) }
        var conversation = conversation(order, md5, transport)
        let response = try await conversation.exchange(
            request(try setup.setting("query_endpoint"), fields),
            label: "query",
            retrySafe: true
        )
        if let objection = ShenzhoufuReply.objection(to: response, askedAt: order.inquiry.askedAt) {
            return RedemptionAnswer(.unknown, conversation.undecided(objection))
        }
        guard let reply = ShenzhoufuQueryReply(response.body) else {
            return unreadable(response, conversation)
        }
        if let md5 = reply.leaves["md5String"] { conversation.alsoScrub(SecretValue(md5)) }
        return reply.meaning(order, account).answer(
            conversation.statement(
                code: reply.leaves["errcode"] ?? reply.result,
                text: reply.leaves["payResult"].map { "payResult=\($0)" }
            ),
            transcripts: conversation.transcripts
        )
    }

    /// One order, of any day, as XML.
    static func queryFields(
        _ order: RedemptionOrder,
        _ account: ShenzhoufuAccount
    ) -> [(name: String, value: String)] {
        let signed = [
            ("version", ShenzhoufuAccount.version), ("merId", account.merchantID),
            ("orderIds", account.orderID(order)), ("queryBegin", ""), ("queryEnd", ""),
        ]
        return signed + [("resultFormat", "1"), ("md5String", account.md5(signed.map(\.1)))]
    }

    func orderNumber(in callback: IssuerCallback) -> UInt64? {
        ShenzhoufuNotification.orderNumber(in: callback)
    }

    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        guard let account = try? ShenzhoufuAccount(setup),
            let charge = try? ShenzhoufuCharge(order, account, setup)
        else { throw CallbackRefusal(.otherOrder, "this order cannot have been sent") }
        let notification = try ShenzhoufuNotification(callback, account)
        try notification.verify()
        try notification.compare(with: charge)
        let scrubber = scrubber(order, [charge.cardInfo] + notification.signatures)
        let succeeded = notification["payResult"] == "1"
        var answer = notification.meaning(declared: charge.card.faceValue).answer(
            scrubber.statement(
                code: notification["errcode"].isEmpty ? nil : notification["errcode"],
                text: "payResult=\(notification["payResult"])"
            ),
            // `errcode` is covered by no signature.
            certainty: succeeded ? .authoritative : .derived,
            transcripts: [Transcript(callback: callback, scrubber: scrubber)]
        )
        answer.result.actualValue = notification.realValue
        return CallbackReading(
            answer: answer,
            acknowledgement: CallbackReading.Acknowledgement(body: Array(charge.orderID.utf8))
        )
    }

    /// The card encrypted is as good as the card to whoever has the DES key.
    private func scrubber(_ order: RedemptionOrder, _ secrets: [SecretValue]) -> Scrubber {
        let serial = order.inquiry.askedCode.serial.map { [SecretValue($0.text)] } ?? []
        return setup.scrubber(for: order.inquiry).adding(secrets + serial)
    }

    private func conversation(
        _ order: RedemptionOrder,
        _ secrets: [SecretValue],
        _ transport: any HTTPTransport
    ) -> IssuerConversation {
        IssuerConversation(
            inquiry: order.inquiry,
            scrubber: scrubber(order, secrets),
            transport: transport
        )
    }

    private func request(
        _ endpoint: String,
        _ fields: [(name: String, value: String)]
    ) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL(endpoint),
            headers: [
                OutboundHeader(name: "Content-Type", value: FormEncoding.mediaType)
            ],
            body: RawForm(fields.map { ($0.name, Array($0.value.utf8)) }).encoded,
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    private func unreadable(
        _ response: OutboundResponse,
        _ conversation: IssuerConversation
    ) -> RedemptionAnswer {
        RedemptionAnswer(
            .unknown,
            conversation.undecided(
                AnswerScreening.unreadable(response, "the body is not Shenzhoufu's")
            )
        )
    }
}

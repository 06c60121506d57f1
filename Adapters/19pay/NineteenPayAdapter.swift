import AdapterKit
import CardModel
import WireFormat

/// Redeems prepaid cards at 19pay: serial and key each encrypted with DES, MD5 over named values, a
/// receipt in GBK, then a notification. There is no query; a failure may be reported again as a
/// success, which then stands beside it in the record.
struct NineteenPayAdapter: CallbackReadingAdapter {
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
        let account = try NineteenPayAccount(setup)
        let charge = try NineteenPayCharge(order, account, setup)
        var conversation = IssuerConversation(
            inquiry: order.inquiry,
            scrubber: scrubber(order, charge, charge.verifyString),
            transport: transport
        )
        let response = try await conversation.exchange(
            try request(charge),
            label: "charge",
            retrySafe: false
        )
        if let objection = Self.objection(to: response, askedAt: order.inquiry.askedAt) {
            return RedemptionAnswer(.unknown, conversation.undecided(objection))
        }
        guard let reply = NineteenPayReply.reading(response.body) else {
            return RedemptionAnswer(
                .unknown,
                conversation.undecided(
                    AnswerScreening.unreadable(response, "the body is not 19pay's")
                )
            )
        }
        return reply.meaning.answer(
            conversation.statement(code: reply.code, text: reply.text),
            transcripts: conversation.transcripts
        )
    }

    func orderNumber(in callback: IssuerCallback) -> UInt64? {
        NineteenPayNotification.orderNumber(in: callback)
    }

    func read(
        _ callback: IssuerCallback,
        about order: RedemptionOrder
    ) throws(CallbackRefusal) -> CallbackReading {
        let notification = try NineteenPayNotification(callback)
        guard let account = try? NineteenPayAccount(setup),
            let charge = try? NineteenPayCharge(order, account, setup)
        else { throw CallbackRefusal(.otherOrder, "this order cannot have been sent") }
        try notification.verify(account)
        try notification.compare(with: charge, account: account)
        let scrubber = scrubber(order, charge, notification["verifystring"])
        let answer = notification.meaning.answer(
            scrubber.statement(
                code: notification["card_code1"],
                text: "result=\(notification["result"])"
            ),
            transcripts: [Transcript(callback: callback, scrubber: scrubber)]
        )
        return CallbackReading(
            answer: answer,
            acknowledgement: CallbackReading.Acknowledgement(body: Array("Y".utf8))
        )
    }

    private func request(
        _ charge: NineteenPayCharge
    ) throws(AdapterError) -> OutboundRequest {
        OutboundRequest(
            method: "POST",
            url: SecretURL(try setup.setting("endpoint")),
            headers: [
                OutboundHeader(name: "Content-Type", value: FormEncoding.mediaType)
            ],
            body: RawForm(charge.fields.map { ($0.name, Array($0.value.utf8)) }).encoded,
            timeout: descriptor.limits.timeout,
            responseBytesLimit: descriptor.limits.responseBytes
        )
    }

    /// The card encrypted is as good as the card to whoever has the merchant key.
    private func scrubber(
        _ order: RedemptionOrder,
        _ charge: NineteenPayCharge,
        _ signature: String
    ) -> Scrubber {
        setup.scrubber(for: order.inquiry).adding(
            [charge.card.serial, charge.encryptedSerial, charge.encryptedKey, signature].map {
                SecretValue($0)
            }
        )
    }

    private static func objection(
        to response: OutboundResponse,
        askedAt: Instant
    ) -> AnswerScreening.Objection? {
        AnswerScreening(mediaTypes: ["text/plain", "text/html"])
            .objection(toAnyBut200: response, by: "19pay", askedAt: askedAt)
    }
}

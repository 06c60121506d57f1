import HTTPTypes
import WireFormat

/// Shenzhoufu's interface version 3 (神州付): a form whose card is hidden with DES and which is
/// signed with MD5; the answer is a bare number. It takes the card's value: accepted with 200, told
/// by a notice, and to be asked for.
struct Shenzhoufu: WireIssuer {
    static let wireProtocol = SandboxProtocol.shenzhoufu
    static let basePath = "/interface/version3"

    private static let entry = SandboxQuestion(.shenzhoufu, "entry")
    private static let query = SandboxQuestion(.shenzhoufu, "query")
    /// Orders in one query.
    private static let mostOrders = 20

    let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(
        _ credentials: SandboxCredentials,
        _ keys: SandboxKeys
    ) -> [SandboxSetting] {
        [
            .plain("merchant_id", SandboxCredentials.shenzhoufuMerchant),
            .plain("public_key", Base64.encode(keys.rsaPublicKeyDER)),
            .secret("private_key", credentials.shenzhoufuKey),
            .secret("des_key", Base64.encode(credentials.shenzhoufuDESKey)),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        condition == .pending
            ? "never told; query payResult 2" : errorCode(condition).map { "errcode \($0)" }
    }

    private static func errorCode(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "200"
        case .partiallyUsed: "201"
        case .used, .usedBySame: "202"
        case .wrongSecret: "203"
        case .locked: "204"
        case .reserved: "206"
        case .unsupported: "207"
        case .notFound: "208"
        case .notActivated: "209"
        case .revoked: "210"
        case .expired: "211"
        case .faceMismatch: "212"
        case .busy: "219"
        case .disputed: "220"
        case .unknownWord: "299"
        case .rateLimited, .pending: nil
        }
    }

    var routes: [IssuerRoute] {
        let carrier = Self.basePath + "/serverconnszx/entry-noxml.aspx"
        let game = Self.basePath + "/serverconngc/entry.aspx"
        let query = Self.basePath + "/query/entry.aspx"
        return [
            IssuerRoute(.post, carrier) { answerEntry($0.form, isGameCard: false) },
            IssuerRoute(.get, carrier) { answerEntry($0.query, isGameCard: false) },
            IssuerRoute(.post, game) { answerEntry($0.form, isGameCard: true) },
            IssuerRoute(.get, game) { answerEntry($0.query, isGameCard: true) },
            IssuerRoute(.post, query) { answerQuery($0.form) },
            IssuerRoute(.get, query) { answerQuery($0.query) },
        ]
    }

    private func answerEntry(_ form: FormFields?, isGameCard: Bool) -> IssuerOutcome {
        guard let form else { return desk.refused(Self.entry, Self.number("902")) }
        let entry: CardEntry
        do {
            entry = try CardEntry(form, credentials: desk.credentials, isGameCard: isGameCard)
        } catch {
            return desk.refused(Self.entry, Self.number(error.code))
        }
        let redemption = RedemptionRequest(
            code: entry.password,
            question: Self.entry,
            orderID: entry.order,
            subscriber: "",
            declaredMinorUnits: entry.faceMinorUnits,
            successWords: ["200"],
            fields: entry.fields
        )
        switch desk.books.redeem(redemption) {
        case .decided(let found, let order):
            let plan = CallbackPlan(
                CallbackAddress(entry.callback),
                order: order,
                faults: found.faults
            ) { notice(order, as: $0) }
            return .answered(Self.number("200"), code: order.code, found, callbacks: plan)
        case .repeatedOrder(let found, let order):
            return .answered(Self.number("102"), code: order.code, found)
        case .repeatedCard(let found, let order):
            return .answered(Self.number("104"), code: order.code, found)
        case .unbooked(let found):
            return .answered(Self.number("0"), code: entry.password, found)
        case .full: return desk.refused(Self.entry, Self.number("106"))
        }
    }

    /// The form of an answer is not published; the fields are those of a notice, one order a line.
    private func answerQuery(_ form: FormFields?) -> IssuerOutcome {
        let names = ["version", "merId", "orderIds", "queryBegin", "queryEnd"]
        guard let form, names.allSatisfy({ form[$0] != nil }) else { return refusedQuery("F001") }
        guard form["merId"] == SandboxCredentials.shenzhoufuMerchant else {
            return refusedQuery("F002")
        }
        let values = names.compactMap { form[$0] }
        let expected = Digests.md5(values.joined() + desk.credentials.shenzhoufuKey)
        guard form["md5String"] == expected else { return refusedQuery("F004") }
        let ids = (form["orderIds"] ?? "").split(separator: "|").map(String.init)
        guard (1...Self.mostOrders).contains(ids.count) else { return refusedQuery("F001") }
        let orders = ids.compactMap { desk.books.askOrder(.shenzhoufu, $0, Self.query) }
        guard let first = orders.first else { return .refused(Self.queryReply("F003", [])) }
        let lines = orders.map { line($0.order, at: $0.found.askedAt) }
        return .answered(Self.queryReply("S", lines), code: first.order.code, first.found)
    }

    private func refusedQuery(_ result: String) -> IssuerOutcome {
        desk.refused(Self.query, Self.queryReply(result, []))
    }

    private func line(_ order: IssuerOrder, at now: Instant) -> String {
        let result =
            switch order.stage(at: now) {
            case .processing: "2"
            case .succeeded: "1"
            case .failed: "0"
            }
        return "orderId=\(order.id)&payMoney=\(order.field("payMoney"))&payResult=\(result)"
            + "&errcode=\(result == "2" ? "" : code(of: order))"
    }

    private func code(of order: IssuerOrder) -> String {
        order.record.word ?? Self.errorCode(order.record.condition) ?? ""
    }
}

extension Shenzhoufu {
    /// The answer to an order; the number stands in a header too.
    private static func number(_ code: String) -> IssuerReply {
        IssuerReply(contentType: "text/html; charset=utf-8", body: Array(code.utf8))
            .with("szfResponseCode", code)
    }

    private static func queryReply(_ result: String, _ lines: [String]) -> IssuerReply {
        let text = (["queryResult=\(result)"] + lines).joined(separator: "\n") + "\n"
        return IssuerReply(contentType: "text/html; charset=utf-8", body: Array(text.utf8))
    }

    /// A form to the address that the order named; repeated until the answer is the order's
    /// number. The certificate's signature covers the MD5, and so no more than it does.
    private func notice(_ order: IssuerOrder, as variant: CallbackVariant) -> CallbackCall {
        let isTold = variant != .premature && order.succeeds
        let id = variant == .otherOrder ? "20200101-100001-0" : order.id
        let mode = desk.configuration.shenzhoufuNotice
        var fields = ShenzhoufuNotice(
            merchant: SandboxCredentials.shenzhoufuMerchant,
            order: id,
            payMoney: order.field("payMoney"),
            cardMoney: order.field("face"),
            payResult: isTold ? "1" : "0",
            privateField: order.field("privateField"),
            payDetails: ""
        )
        let md5 = fields.md5(mode, key: desk.credentials.shenzhoufuKey)
            .spoiled(if: variant == .badlySigned)
        let signature = desk.keys.rsaMD5(Array(md5.utf8)).spoiled(if: variant == .badlySigned)
        if mode == .withoutCardMoney { fields.cardMoney = "" }
        let form = FormFields(
            fields.fields + [
                ("errcode", variant == .premature ? "219" : code(of: order)),
                ("md5String", md5),
                ("signString", Base64.encode(signature)),
            ],
            in: .utf8
        )
        return CallbackCall(
            method: "POST",
            target: CallbackAddress(order.field("returnUrl"))?.target ?? "/",
            contentType: "application/x-www-form-urlencoded; charset=utf-8",
            body: Array(form.encoded.utf8),
            isAcknowledged: { $0 == id || $0 == id + "\n" }
        )
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .page(status, "\(status.code) \(status.reasonPhrase)")
    }

    func error(quoting code: String) -> IssuerReply {
        IssuerReply(
            contentType: "text/html; charset=utf-8",
            body: Array("card \(code) could not be read".utf8)
        )
    }

    var otherDocument: IssuerReply {
        IssuerReply(
            contentType: "text/xml", body: Array("<response><code>200</code></response>".utf8))
    }

    var contradiction: IssuerReply { Self.number("200\n102") }
}

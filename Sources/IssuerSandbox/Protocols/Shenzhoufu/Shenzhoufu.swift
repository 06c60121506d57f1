import HTTPTypes
import WireFormat

/// Shenzhoufu's interface version 3 (神州付): a form whose card is hidden with DES and which is
/// signed with MD5; the answer is a bare number. It takes the card's value: accepted with 200, told
/// by a notice, and to be asked for.
struct Shenzhoufu: WireIssuer {
    static let wireProtocol = SandboxProtocol.shenzhoufu
    static let basePath = "/interface/version3/serverconnszx/entry-noxml.aspx"
    private static let gamePath = "/interface/version3/serverconngc/entry.aspx"
    private static let queryPath = "/interface/version3/query/entry.aspx"

    private static let entry = SandboxQuestion(.shenzhoufu, "entry")
    private static let query = SandboxQuestion(.shenzhoufu, "query")

    let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("query_endpoint", site.origin + queryPath),
            .plain("merchant_id", SandboxCredentials.shenzhoufuMerchant),
            .plain("card_type", "0"),
            .plain("notify_md5_mode", String(site.configuration.shenzhoufuNotice.rawValue)),
            .plain("certificate", Base64.encode(site.keys.rsaCertificate(from: site.start))),
            .secret("private_key", site.credentials.shenzhoufuKey),
            .secret("des_key", Base64.encode(site.credentials.shenzhoufuDESKey)),
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
        [
            IssuerRoute(.post, Self.basePath) { answerEntry($0.form, isGameCard: false) },
            IssuerRoute(.get, Self.basePath) { answerEntry($0.query, isGameCard: false) },
            IssuerRoute(.post, Self.gamePath) { answerEntry($0.form, isGameCard: true) },
            IssuerRoute(.get, Self.gamePath) { answerEntry($0.query, isGameCard: true) },
            IssuerRoute(.post, Self.queryPath) { answerQuery($0.form) },
            IssuerRoute(.get, Self.queryPath) { answerQuery($0.query) },
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

    /// Seen in one client: a flat XML record about one order, signed but for an order that nobody
    /// knows. What an answer about several looks like is not known, and they are turned away.
    private func answerQuery(_ form: FormFields?) -> IssuerOutcome {
        let names = ["version", "merId", "orderIds", "queryBegin", "queryEnd"]
        guard let form, names.allSatisfy({ form[$0] != nil }), form["resultFormat"] == "1",
            let id = form["orderIds"], !id.isEmpty, !id.contains("|")
        else { return refusedQuery("F001") }
        guard form["merId"] == SandboxCredentials.shenzhoufuMerchant else {
            return refusedQuery("F002")
        }
        let values = names.compactMap { form[$0] }
        let expected = Digests.md5(values.joined() + desk.credentials.shenzhoufuKey)
        guard form["md5String"] == expected else { return refusedQuery("F004") }
        guard let (order, found) = desk.books.askOrder(.shenzhoufu, id, Self.query) else {
            return .refused(Self.record([("queryResult", "F003")]))
        }
        return .answered(Self.record(fields(of: order, found)), code: order.code, found)
    }

    private func refusedQuery(_ result: String) -> IssuerOutcome {
        desk.refused(Self.query, Self.record([("queryResult", result)]))
    }

    private func fields(
        of order: IssuerOrder,
        _ found: IssuerBooks.Finding
    ) -> [(String, String)] {
        let result =
            switch order.stage(at: found.askedAt) {
            case .processing: "2"
            case .succeeded: "1"
            case .failed: "0"
            }
        let signed = [
            ("queryResult", "S"), ("version", "3"),
            ("merId", SandboxCredentials.shenzhoufuMerchant), ("orderId", order.id),
            ("payResult", result), ("payMoney", order.field("payMoney")),
        ]
        let md5 = Digests.md5(signed.map(\.1).joined() + desk.credentials.shenzhoufuKey)
            .spoiled(if: found.faults.contains(.badSignature))
        let code = result == "2" ? "" : code(of: order)
        return signed + [("payDetails", ""), ("errcode", code), ("md5String", md5)]
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

    private static func record(_ fields: [(String, String)]) -> IssuerReply {
        let inner = fields.map { "<\($0.0)>\($0.1)</\($0.0)>" }.joined()
        let text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<response>\(inner)</response>"
        return IssuerReply(contentType: "text/xml", body: Array(text.utf8))
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

import HTTPTypes
import WireFormat

/// YeePay's card charging (非银行卡支付专业版): a form in GBK to `/app-merchant-proxy/command.action`,
/// signed with HMAC-MD5 over the values. It takes the card's value: acknowledged at once, told by
/// a callback, and to be asked for with `ChargeCardQuery`.
struct YeePay: WireIssuer {
    static let wireProtocol = SandboxProtocol.yeepayCard
    static let basePath = "/app-merchant-proxy/command.action"
    private static let queryPath = "/app-merchant-proxy/command"

    static let charge = SandboxQuestion(.yeepayCard, "ChargeCardDirect")
    static let query = SandboxQuestion(.yeepayCard, "ChargeCardQuery")
    private static let other = SandboxQuestion(.yeepayCard, "other")

    let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("query_endpoint", site.origin + queryPath),
            .plain("merchant_id", SandboxCredentials.yeepayMerchant),
            .plain("card_type", "SZX"),
            .secret("merchant_key", site.credentials.yeepayKey),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        condition == .pending
            ? "never told; query 3" : cardStatus(condition).map { "p8_cardStatus \($0)" }
    }

    private static func cardStatus(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "0"
        case .disputed: "1"
        case .faceMismatch: "7"
        case .rateLimited: "1002"
        case .unsupported: "1003"
        case .partiallyUsed: "1007"
        case .used: "2005"
        case .usedBySame: "3002"
        case .reserved: "2006"
        case .locked: "2013"
        case .busy: "2014"
        case .notFound: "3001"
        case .revoked: "3003"
        case .notActivated: "3005"
        case .wrongSecret: "3006"
        case .expired: "3102"
        case .unknownWord: "4711"
        case .pending: nil
        }
    }

    var routes: [IssuerRoute] {
        [
            IssuerRoute(.post, Self.basePath, answerForm),
            IssuerRoute(.get, Self.basePath, answerQueryString),
            IssuerRoute(.post, Self.queryPath, answerForm),
            IssuerRoute(.get, Self.queryPath, answerQueryString),
        ]
    }

    private func answerForm(_ request: IssuerRequest) -> IssuerOutcome { answer(request.form) }

    private func answerQueryString(_ request: IssuerRequest) -> IssuerOutcome {
        answer(request.query)
    }

    private func answer(_ form: FormFields?) -> IssuerOutcome {
        guard let form else { return desk.refused(Self.other, errorReply(.badRequest, "form")) }
        switch form["p0_Cmd"] {
        case Self.charge.name: return answerCharge(form)
        case Self.query.name: return answerQuery(form)
        default: return refused(Self.other, form, "-100", "unknown command")
        }
    }

    private func answerCharge(_ form: FormFields) -> IssuerOutcome {
        let charge: ChargeRequest
        do {
            charge = try ChargeRequest(form, key: desk.credentials.yeepayKey)
        } catch {
            return refused(Self.charge, form, error.code, error.text)
        }
        let redemption = RedemptionRequest(
            code: charge.password,
            question: Self.charge,
            orderID: charge.order,
            subscriber: charge.user,
            declaredMinorUnits: charge.faceMinorUnits,
            successWords: ["0"],
            fields: charge.fields
        )
        switch desk.books.redeem(redemption) {
        case .decided(let found, let order):
            let plan = CallbackPlan(
                CallbackAddress(charge.callback),
                order: order,
                faults: found.faults
            ) { callback(order, as: $0) }
            return answered(found, charge, "1", transaction: order.ordinal, callbacks: plan)
        case .repeatedOrder(let found, _): return answered(found, charge, "11")
        case .repeatedCard(let found, _): return answered(found, charge, "2")
        case .unbooked(let found): return answered(found, charge, "-100")
        case .full: return refused(Self.charge, form, "21", "try again")
        }
    }

    private func answered(
        _ found: IssuerBooks.Finding,
        _ charge: ChargeRequest,
        _ code: String,
        transaction: Int? = nil,
        callbacks: CallbackPlan? = nil
    ) -> IssuerOutcome {
        let reply = Self.reply(
            Self.charge.name,
            code,
            order: charge.order,
            transaction: transaction,
            text: Self.text(of: code),
            key: desk.credentials.yeepayKey,
            isSpoiled: found.faults.contains(.badSignature)
        )
        return .answered(reply, code: charge.password, found, callbacks: callbacks)
    }

    private func refused(
        _ question: SandboxQuestion,
        _ form: FormFields,
        _ code: String,
        _ text: String
    ) -> IssuerOutcome {
        desk.refused(
            question,
            Self.reply(
                form["p0_Cmd"] ?? "",
                code,
                order: form["p2_Order"] ?? "",
                transaction: nil,
                text: text,
                key: desk.credentials.yeepayKey
            )
        )
    }

    /// The texts are Chinese, so that a reader must decode GBK.
    private static func text(of code: String) -> String {
        switch code {
        case "1": ""
        case "2": "卡密已处理过或提交过于频繁"
        case "11": "订单号重复"
        default: "提交失败"
        }
    }

    private func answerQuery(_ form: FormFields) -> IssuerOutcome {
        let fields = ["p0_Cmd", "p1_MerId", "p2_Order"]
        let isSigned = YeePaySignature.verifies(form, fields, key: desk.credentials.yeepayKey)
        guard isSigned, form["p1_MerId"] == SandboxCredentials.yeepayMerchant,
            let id = form["p2_Order"]
        else { return refused(Self.query, form, "-1", "签名错误") }
        guard let (order, found) = desk.books.askOrder(.yeepayCard, id, Self.query) else {
            return .refused(
                Self.queryReply("50", id, "", order: nil, key: desk.credentials.yeepayKey)
            )
        }
        let (code, state) =
            switch order.stage(at: found.askedAt) {
            case .processing: ("3", "INIT")
            case .succeeded: ("1", "SUCCESS")
            case .failed: ("1", "CANCELED")
            }
        let reply = Self.queryReply(
            code,
            id,
            state,
            order: order,
            key: desk.credentials.yeepayKey,
            isSpoiled: found.faults.contains(.badSignature)
        )
        return .answered(reply, code: order.code, found)
    }
}

extension YeePay {
    /// `key=value` lines in GBK. The signature leaves the transaction's number out.
    static func reply(
        _ command: String,
        _ code: String,
        order: String,
        transaction: Int?,
        text: String,
        key: String,
        isSpoiled: Bool = false
    ) -> IssuerReply {
        let hmac = YeePaySignature.hmac([command, code, order, text], key: key)
            .spoiled(if: isSpoiled)
        var lines = ["r0_Cmd=\(command)", "r1_Code=\(code)"]
        if let transaction { lines.append("r2_TrxId=\(transaction)") }
        lines += ["r6_Order=\(order)", "rq_ReturnMsg=\(text)", "hmac=\(hmac)"]
        return plain(lines)
    }

    private static func queryReply(
        _ code: String,
        _ id: String,
        _ state: String,
        order: IssuerOrder?,
        key: String,
        isSpoiled: Bool = false
    ) -> IssuerReply {
        let transaction = order.map { String($0.ordinal) } ?? ""
        let amount = order?.field("p3_Amt") ?? ""
        let values = [Self.query.name, code, transaction, amount, id, state]
        let names = ["r0_Cmd", "r1_Code", "r2_TrxId", "r3_Amt", "r6_Order", "rb_PayStatus"]
        let hmac = YeePaySignature.hmac(values, key: key).spoiled(if: isSpoiled)
        return plain(zip(names, values).map { "\($0)=\($1)" } + ["hmac=\(hmac)"])
    }

    private static func plain(_ lines: [String]) -> IssuerReply {
        let text = lines.joined(separator: "\n") + "\n"
        return IssuerReply(
            contentType: "text/html; charset=GBK",
            body: TextCharset.gbk.encode(text) ?? Array(text.utf8)
        )
    }

    /// A GET to the address that the order named; repeated until the answer begins with
    /// `success`.
    func callback(_ order: IssuerOrder, as variant: CallbackVariant) -> CallbackCall {
        let isTold = variant != .premature && order.succeeds
        let usual = Self.cardStatus(order.record.condition) ?? ""
        let status = variant == .premature ? "2014" : order.record.word ?? usual
        let face = IssuerRecord.major(order.record.valueMinorUnits)
        var fields = [
            ("r0_Cmd", Self.charge.name),
            ("r1_Code", isTold ? "1" : "2"),
            ("p1_MerId", SandboxCredentials.yeepayMerchant),
            ("p2_Order", variant == .otherOrder ? "SANDBOX-OTHER" : order.id),
            ("p3_Amt", order.field("p3_Amt")),
            ("p4_FrpId", order.field("pd_FrpId")),
            ("p5_CardNo", order.field("pa8_cardNo")),
            ("p6_confirmAmount", isTold ? face : "0.00"),
            ("p7_realAmount", isTold ? face : "0.00"),
            ("p8_cardStatus", status),
            ("p9_MP", order.field("pa_MP")),
            ("pb_BalanceAmt", "0.00"),
            ("pc_BalanceAct", ""),
        ]
        let hmac = YeePaySignature.hmac(fields.map(\.1), key: desk.credentials.yeepayKey)
        fields.append(("hmac", hmac.spoiled(if: variant == .badlySigned)))
        let query = FormFields(fields, in: .gbk).encoded
        let address = CallbackAddress(order.field("p8_Url"))
        return CallbackCall(
            method: "GET",
            target: address?.adding(query: query) ?? "/?" + query,
            contentType: nil,
            body: [],
            isAcknowledged: { $0.hasPrefix("success") }
        )
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .page(status, "\(status.code) \(status.reasonPhrase)")
    }

    func error(quoting code: String) -> IssuerReply {
        Self.reply(
            Self.charge.name,
            "-100",
            order: "",
            transaction: nil,
            text: "card \(code) could not be read",
            key: desk.credentials.yeepayKey
        )
    }

    var otherDocument: IssuerReply { Self.plain(["r0_Cmd=Buy", "r1_Code=1"]) }

    var contradiction: IssuerReply {
        Self.plain(["r0_Cmd=\(Self.charge.name)", "r1_Code=1", "r6_Order=", "r1_Code=2"])
    }
}

import HTTPTypes
import WireFormat

/// 19pay (高阳捷迅): a form in GBK whose serial and password are hidden with DES, signed with MD5.
/// It takes the card's value: accepted with `P`, told by a notice that may be taken back. Neither
/// the address of its server nor a query is published; the sandbox has a path of its own.
struct NineteenPay: WireIssuer {
    static let wireProtocol = SandboxProtocol.nineteenPay
    static let basePath = "/19pay/submit"

    private static let submit = SandboxQuestion(.nineteenPay, "submit")
    static let signedFields = [
        "version_id", "merchant_id", "order_date", "order_id", "amount", "currency", "cardnum1",
        "cardnum2", "pm_id", "pc_id",
    ]
    private static let channels: Set<String> = [
        "CMJFK00010001", "CMJFK00010014", "CMJFK00010111", "CMJFK00010112", "LTJFK00020000",
        "DXJFK00010001",
    ]

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("merchant_id", SandboxCredentials.nineteenPayMerchant),
            .plain("card_type", "CMJFK"),
            .plain("card_channel", "CMJFK00010001"),
            .secret("merchant_key", site.credentials.nineteenPayKey),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        condition == .pending ? "never told" : statusCode(condition).map { "card_code1 \($0)" }
    }

    private static func statusCode(_ condition: CardCondition) -> String? {
        switch condition {
        case .good: "00000"
        case .faceMismatch: "10119"
        case .used, .usedBySame: "10082"
        case .locked: "10083"
        case .reserved: "10091"
        case .busy: "10014"
        case .rateLimited: "10110"
        case .notFound, .wrongSecret: "81007"
        case .revoked: "81000"
        case .unsupported: "82019"
        case .unknownWord: "99999"
        case .partiallyUsed, .expired, .notActivated, .pending, .disputed: nil
        }
    }

    var routes: [IssuerRoute] { [IssuerRoute(.post, Self.basePath, answer)] }

    private func answer(_ request: IssuerRequest) -> IssuerOutcome {
        guard let form = request.form else {
            return desk.refused(Self.submit, errorReply(.badRequest, "form"))
        }
        let values = Self.signedFields.map { form[$0] ?? "" }
        guard values[0] == "2.00", values[1] == SandboxCredentials.nineteenPayMerchant,
            form["verifystring"] == Self.verifyString(values, key: desk.credentials.nineteenPayKey)
        else { return refused(form, "签名错误") }
        guard let serial = shown(values[6]), let password = shown(values[7]) else {
            return refused(form, "卡号密码解密失败")
        }
        guard let amount = DecimalAmount.minorUnits(values[4]), values[5] == "RMB",
            Self.channels.contains(values[9]), values[9].hasPrefix(values[8]), !values[3].isEmpty,
            let callback = form["notify_url"]
        else { return refused(form, "参数错误") }
        let selected = form["select_amount"].flatMap(DecimalAmount.minorUnits)
        let fields = [
            "order_date": values[2], "amount": values[4], "pc_id": values[9],
            "cardnum1": values[6], "cardnum2": values[7], "notify_url": callback,
        ]
        return redeem(
            RedemptionRequest(
                code: password,
                question: Self.submit,
                orderID: values[3],
                subscriber: serial,
                declaredMinorUnits: selected ?? amount,
                successWords: ["00000", "00001", "00003"],
                fields: fields
            ),
            form
        )
    }

    private func redeem(_ redemption: RedemptionRequest, _ form: FormFields) -> IssuerOutcome {
        switch desk.books.redeem(redemption) {
        case .decided(let found, let order):
            let plan = CallbackPlan(
                CallbackAddress(order.field("notify_url")),
                order: order,
                faults: found.faults
            ) { notice(order, as: $0) }
            return .answered(reply(form, "P", "提交成功"), code: order.code, found, callbacks: plan)
        case .repeatedOrder(let found, let order):
            let text = order.succeeds ? "10016" : "10076"
            return .answered(reply(form, "F", text), code: order.code, found)
        case .repeatedCard(let found, let order):
            return .answered(reply(form, "F", "10082"), code: order.code, found)
        case .unbooked(let found):
            return .answered(reply(form, "F", "10014"), code: redemption.code, found)
        case .full: return refused(form, "10014")
        }
    }

    private func refused(_ form: FormFields, _ text: String) -> IssuerOutcome {
        desk.refused(Self.submit, reply(form, "F", text))
    }

    /// Under the first eight bytes of the merchant's key.
    private func shown(_ hidden: String) -> String? {
        guard let cipher = Hexadecimal.decode(hidden),
            let plain = DES(key: Self.desKey(desk.credentials.nineteenPayKey))?.decrypt(cipher)
        else { return nil }
        let text = String(validating: plain, as: UTF8.self)
        return text?.isEmpty == false ? text : nil
    }

    static func desKey(_ merchantKey: String) -> [UInt8] {
        let bytes = Array(merchantKey.utf8.prefix(DES.blockBytes))
        return bytes + [UInt8](repeating: 0, count: DES.blockBytes - bytes.count)
    }

    static func verifyString(_ values: [String], key: String) -> String {
        let pairs = zip(signedFields, values).map { "\($0)=\($1)" }
        return Digests.md5((pairs + ["merchant_key=\(key)"]).joined(separator: "&"))
    }
}

extension NineteenPay {
    /// Values between bars; only the twelfth and the thirteenth are published.
    private func reply(_ form: FormFields, _ result: String, _ text: String) -> IssuerReply {
        var values = Self.signedFields.map { form[$0] ?? "" }
        values[6] = ""
        values[7] = ""
        values += [form["verifystring"] ?? "", result, text]
        let line = values.joined(separator: "|")
        return IssuerReply(
            contentType: "text/html; charset=GBK",
            body: TextCharset.gbk.encode(line) ?? Array(line.utf8)
        )
    }

    /// A form to the address that the order named; repeated until the answer is `Y`.
    private func notice(_ order: IssuerOrder, as variant: CallbackVariant) -> CallbackCall {
        let isTold = variant != .premature && order.succeeds
        let usual = Self.statusCode(order.record.condition) ?? ""
        let code = variant == .premature ? "81007" : order.record.word ?? usual
        let date = CalendarDate(
            of: order.settlesAt,
            offsetSeconds: desk.configuration.utcOffsetSeconds
        ).iso8601.filter { $0 != "-" }
        var fields = [
            ("version_id", "2.00"), ("merchant_id", SandboxCredentials.nineteenPayMerchant),
            ("order_id", variant == .otherOrder ? "SANDBOX-OTHER" : order.id),
            ("result", isTold ? "Y" : "N"), ("order_date", order.field("order_date")),
            ("amount", order.field("amount")), ("currency", "RMB"),
            ("pay_sq", "SBX\(order.ordinal)"), ("pay_date", date), ("count", "1"),
            ("card_num1", order.field("cardnum1")), ("card_pwd1", order.field("cardnum2")),
            ("pc_id1", order.field("pc_id")), ("card_status1", isTold ? "Y" : "N"),
            ("card_code1", code), ("card_date1", date), ("r1", ""),
        ]
        let key = desk.credentials.nineteenPayKey
        let signed = fields.map { "\($0)=\($1)" } + ["merchant_key=\(key)"]
        let verify = Digests.md5(signed.joined(separator: "&"))
            .spoiled(if: variant == .badlySigned)
        fields.append(("verifystring", verify))
        return CallbackCall(
            method: "POST",
            target: CallbackAddress(order.field("notify_url"))?.target ?? "/",
            contentType: "application/x-www-form-urlencoded; charset=GBK",
            body: Array(FormFields(fields, in: .gbk).encoded.utf8),
            isAcknowledged: { $0 == "Y" || $0 == "Y\n" }
        )
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .page(status, "\(status.code) \(status.reasonPhrase)")
    }

    func error(quoting code: String) -> IssuerReply {
        IssuerReply(
            contentType: "text/html; charset=GBK",
            body: Array("card \(code) could not be read".utf8)
        )
    }

    var otherDocument: IssuerReply {
        IssuerReply(contentType: "text/html; charset=GBK", body: Array("2.00|1001|ok".utf8))
    }

    var contradiction: IssuerReply {
        let line = "2.00||||||||||||P|P|N"
        return IssuerReply(contentType: "text/html; charset=GBK", body: Array(line.utf8))
    }
}

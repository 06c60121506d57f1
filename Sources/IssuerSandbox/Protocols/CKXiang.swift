import HTTPTypes
import WireFormat

/// CK象, a third party that tests cards: JSON hidden with DES, signed with MD5 over its sorted
/// members. A check is ordered at `checkCard` and its result polled at `checkCardResult`.
struct CKXiang: WireIssuer {
    static let wireProtocol = SandboxProtocol.ckxiang
    private static let path = "/api/userApiManage"

    private static let check = SandboxQuestion(.ckxiang, "checkCard")
    private static let result = SandboxQuestion(.ckxiang, "checkCardResult")
    private static let mostCards = 100
    private static let marks: Set<String> = [
        "sephora", "Razer", "iTunes", "amazon", "xBox", "nike", "nd",
    ]

    private let desk: IssuerDesk

    init(_ desk: IssuerDesk) { self.desk = desk }

    static func settings(_ site: SandboxSite) -> [SandboxSetting] {
        [
            .plain("app_id", SandboxCredentials.ckxiangApplication),
            .plain("product_mark", "iTunes"),
            .plain("region_id", "2"),
            .plain("region_name", "美国"),
            .plain("auto_type", "0"),
            .secret("app_secret", site.credentials.ckxiangSecret),
        ]
    }

    static func wording(_ condition: CardCondition) -> String? {
        status(condition).map { "status \($0)" }
    }

    private static func status(_ condition: CardCondition) -> Int? {
        switch condition {
        case .good: 2
        case .used, .usedBySame: 4
        case .notFound, .wrongSecret, .expired, .revoked, .notActivated: 3
        case .busy, .rateLimited: 5
        case .pending: 1
        case .unknownWord: 9
        case .partiallyUsed, .reserved, .locked, .unsupported, .faceMismatch, .disputed: nil
        }
    }

    var routes: [IssuerRoute] {
        [
            IssuerRoute(.post, Self.path + "/checkCard", answerCheck),
            IssuerRoute(.post, Self.path + "/checkCardResult", answerResult),
        ]
    }

    private func answerCheck(_ request: IssuerRequest) -> IssuerOutcome {
        let body: JSONObject
        do {
            body = try opened(request)
        } catch {
            return desk.refused(Self.check, Self.failure(error.text))
        }
        guard let cards = body["cards"]?.arrayValue?.compactMap(\.stringValue),
            (1...Self.mostCards).contains(cards.count), !cards.contains(""),
            Self.marks.contains(body["productMark"]?.stringValue ?? "")
        else { return desk.refused(Self.check, Self.failure("参数错误")) }
        var first: IssuerBooks.Finding?
        for card in cards {
            let answer = desk.books.redeem(order(card, body))
            switch answer {
            case .decided(let found, _), .repeatedOrder(let found, _),
                .repeatedCard(let found, _), .unbooked(let found):
                first = first ?? found
            case .full: return desk.refused(Self.check, Self.failure(IssuerReply.booksAreFull))
            }
        }
        guard let first else { return desk.refused(Self.check, Self.failure("参数错误")) }
        return .answered(
            .json(["code": 200, "msg": "操作成功", "data": true]),
            code: Self.code(cards[0]),
            first
        )
    }

    /// A check is an order that takes nothing; asking twice for one card is one check.
    private func order(_ card: String, _ body: JSONObject) -> RedemptionRequest {
        RedemptionRequest(
            code: Self.code(card),
            question: Self.check,
            orderID: card,
            subscriber: "",
            declaredMinorUnits: nil,
            successWords: ["2"],
            fields: ["regionName": body["regionName"]?.stringValue ?? ""],
            isInquiry: true
        )
    }

    /// `number-pin` is asked about by its PIN.
    private static func code(_ card: String) -> String {
        guard let dash = card.lastIndex(of: "-") else { return card }
        let pin = card[card.index(after: dash)...]
        return pin.isEmpty ? card : String(pin)
    }

    private func answerResult(_ request: IssuerRequest) -> IssuerOutcome {
        let body: JSONObject
        do {
            body = try opened(request)
        } catch {
            return desk.refused(Self.result, Self.failure(error.text))
        }
        guard let number = body["cardNo"]?.stringValue, !number.isEmpty else {
            return desk.refused(Self.result, Self.failure("参数错误"))
        }
        let pin = body["pinCode"]?.stringValue ?? ""
        let id = pin.isEmpty ? number : number + "-" + pin
        guard let (order, found) = desk.books.askOrder(.ckxiang, id, Self.result) else {
            return .refused(Self.failure("未查询到该卡"))
        }
        let json = result(order, number: number, pin: pin, body: body, at: found.askedAt)
        return .answered(reply(json), code: order.code, found)
    }

    /// Waiting at the first poll, in the making at the second, then decided.
    private func result(
        _ order: IssuerOrder,
        number: String,
        pin: String,
        body: JSONObject,
        at now: Instant
    ) -> JSONValue {
        let word = order.record.word.flatMap { Int($0) }
        let final = word ?? Self.status(order.record.condition) ?? 2
        let status = order.polls == 1 ? 0 : order.polls == 2 ? 1 : final
        return [
            "cardNo": .string(order.record.namesOtherCode ? "X000000000000000" : number),
            "pinCode": .string(pin),
            "status": .integer(Int64(status)),
            "message": .string(status == final ? "检测完成" : "检测中"),
            "checkTime": .string(now.rfc3339Seconds),
            "regionName": .string(order.field("regionName")),
            "regionId": body["regionId"] ?? 2,
        ]
    }

    private func reply(_ json: JSONValue) -> IssuerReply {
        let key = Array(desk.credentials.ckxiangSecret.utf8.prefix(DES.blockBytes))
        let hidden = DES(key: key)?.encrypt(json.serialized()) ?? []
        return .json(["code": 200, "msg": "操作成功", "data": .string(Hexadecimal.encode(hidden))])
    }
}

extension CKXiang {
    private struct Refusal: Error {
        let text: String
    }

    private func opened(_ request: IssuerRequest) throws(Refusal) -> JSONObject {
        guard request.header("appId") == SandboxCredentials.ckxiangApplication else {
            throw Refusal(text: "appId不存在")
        }
        let secret = desk.credentials.ckxiangSecret
        guard let data = request.json?["data"]?.stringValue, let cipher = Hexadecimal.decode(data),
            let plain = DES(key: Array(secret.utf8.prefix(DES.blockBytes)))?.decrypt(cipher),
            let json = try? JSONValue.parse(plain), let object = json.objectValue
        else { throw Refusal(text: "解密失败") }
        guard object["timestamp"]?.integerValue != nil, let sign = object["sign"]?.stringValue,
            Self.signatures(object, secret: secret).contains(sign)
        else { throw Refusal(text: "验签失败") }
        return object
    }

    /// The vendor's document signs every member, a client of another hand leaves empty and zero
    /// ones out; the sandbox takes either.
    static func signatures(_ object: JSONObject, secret: String) -> [String] {
        let members = object.members.filter { $0.name != "sign" }
            .map {
                ($0.name, $0.value.lexeme ?? String(decoding: $0.value.serialized(), as: UTF8.self))
            }
            .sorted { $0.0 < $1.0 }
        let filled = members.filter { $0.1 != "" && $0.1 != "0" }
        return [members, filled].map { pairs in
            Digests.md5(secret + pairs.map { $0.0 + $0.1 }.joined() + secret)
        }
    }

    private static func failure(_ text: String) -> IssuerReply {
        .json(["code": 500, "msg": .string(text), "data": nil])
    }

    func errorReply(_ status: HTTPResponse.Status, _ text: String) -> IssuerReply {
        .json(["code": .integer(Int64(status.code)), "msg": .string(text)], status: status)
    }

    var otherDocument: IssuerReply { .json(["code": 200, "msg": "操作成功", "rows": []]) }

    var contradiction: IssuerReply {
        .rawJSON(#"{"code":200,"msg":"操作成功","data":true,"code":500,"data":false}"#)
    }
}

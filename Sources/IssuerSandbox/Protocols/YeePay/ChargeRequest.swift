import WireFormat

/// YeePay's signatures: HMAC-MD5 over the values in their order, with nothing between them.
enum YeePaySignature {
    static func hmac(_ values: [String], key: String) -> String {
        Digests.hmacMD5(Array(values.joined().utf8), key: key)
    }

    /// The vendor's samples sign the UTF-8 bytes of what they send in GBK, other implementations
    /// the GBK bytes; the sandbox takes either. ASCII is the same in both.
    static func verifies(_ form: FormFields, _ names: [String], key: String) -> Bool {
        let sent = form["hmac"]
        let gbk = names.flatMap { form.bytes($0) }
        let utf8 = names.compactMap { form.text($0, in: .gbk) }.joined()
        return sent == Digests.hmacMD5(gbk, key: key)
            || sent == Digests.hmacMD5(Array(utf8.utf8), key: key)
    }
}

/// The form of `ChargeCardDirect`, as far as YeePay would take it.
struct ChargeRequest: Sendable {
    static let signedFields = [
        "p0_Cmd", "p1_MerId", "p2_Order", "p3_Amt", "p4_verifyAmt", "p5_Pid", "p6_Pcat", "p7_Pdesc",
        "p8_Url", "pa_MP", "pa7_cardAmt", "pa8_cardNo", "pa9_cardPwd", "pd_FrpId",
        "pr_NeedResponse", "pz_userId", "pz1_userRegTime",
    ]
    private static let cardTypes: Set<String> = [
        "SZX", "UNICOM", "TELECOM", "JUNNET", "SNDACARD", "ZHENGTU", "QQCARD", "JIUYOU", "NETEASE",
        "WANMEI", "SOHU", "ZONGYOU", "TIANXIA", "TIANHONG", "GUANGYU", "YPCARD",
    ]
    private static let mostCards = 10

    let order: String
    let password: String
    let user: String
    let callback: String
    let faceMinorUnits: Int64
    /// What answers repeat.
    let fields: [String: String]

    /// A synchronous `r1_Code` other than 1.
    struct Refusal: Error, Sendable {
        let code: String
        let text: String
    }

    /// - Throws: -1 for the signature or the merchant, 8002 and 5 for the cards' number, 66 for an
    ///   amount, 8001 for a face value, 112 for the type, 7 for a card of another form.
    init(_ form: FormFields, key: String) throws(Refusal) {
        guard form["p1_MerId"] == SandboxCredentials.yeepayMerchant,
            YeePaySignature.verifies(form, Self.signedFields, key: key)
        else { throw Refusal(code: "-1", text: "签名错误") }
        let lists = ["pa7_cardAmt", "pa8_cardNo", "pa9_cardPwd"].map {
            (form[$0] ?? "").split(separator: ",", omittingEmptySubsequences: false)
        }
        guard lists.allSatisfy({ $0.count == lists[0].count }), !lists.joined().contains("") else {
            throw Refusal(code: "8002", text: "卡号或密码个数不一致")
        }
        guard lists[0].count <= Self.mostCards else { throw Refusal(code: "5", text: "卡数量过多") }
        // Nobody has published what a callback about several cards looks like.
        guard lists[0].count == 1 else { throw Refusal(code: "-100", text: "one card an order") }
        guard let amount = form["p3_Amt"], DecimalAmount.minorUnits(amount) != nil else {
            throw Refusal(code: "66", text: "支付金额有误")
        }
        guard let face = DecimalAmount.minorUnits(String(lists[0][0])) else {
            throw Refusal(code: "8001", text: "卡面额组填写错误")
        }
        guard let type = form["pd_FrpId"], Self.cardTypes.contains(type) else {
            throw Refusal(code: "112", text: "业务未开通")
        }
        let (number, password) = (String(lists[1][0]), String(lists[2][0]))
        guard [number, password].allSatisfy(Self.looksLikeCard) else {
            throw Refusal(code: "7", text: "卡号卡密不符合规则")
        }
        guard let order = form["p2_Order"], !order.isEmpty, let callback = form["p8_Url"],
            form["p4_verifyAmt"] == "true" || form["p4_verifyAmt"] == "false",
            form["pr_NeedResponse"] == "1"
        else { throw Refusal(code: "-100", text: "参数错误") }
        self.order = order
        self.password = password
        self.callback = callback
        user = form["pz_userId"] ?? ""
        faceMinorUnits = face
        fields = [
            "p3_Amt": amount, "pd_FrpId": type, "pa8_cardNo": number, "p8_Url": callback,
            "pa_MP": form.text("pa_MP", in: .gbk) ?? "",
        ]
    }

    private static func looksLikeCard(_ text: String) -> Bool {
        (5...30).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39) ~= $0 || (0x41...0x5A) ~= $0 || (0x61...0x7A) ~= $0
            }
    }
}

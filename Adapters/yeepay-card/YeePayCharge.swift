import AdapterKit
import CardModel

/// `ChargeCardDirect`: the fields in the order in which they are signed.
struct YeePayCharge {
    /// Kinds of cards the gateway knows.
    static let cardTypes: Set<String> = [
        "SZX", "UNICOM", "TELECOM", "JUNNET", "SNDACARD", "ZHENGTU", "QQCARD", "JIUYOU", "NETEASE",
        "WANMEI", "SOHU", "ZONGYOU", "TIANXIA", "TIANHONG", "GUANGYU", "YPCARD",
    ]

    private static let typeOfCarrier: [ChineseCarrier: String] = [
        .mobile: "SZX", .unicom: "UNICOM", .telecom: "TELECOM",
    ]

    let card: PlainCard
    let cardType: String
    /// `pa_MP`, which comes back.
    let merchantNote: String
    let fields: [(name: String, value: String)]

    init(
        _ order: RedemptionOrder,
        _ account: YeePayAccount,
        _ setup: AdapterSetup
    ) throws(AdapterError) {
        card = try PlainCard(order.inquiry)
        cardType = try Self.cardType(setup, order.inquiry)
        guard let callbackURL = order.callbackURL else {
            throw PlainCard.refusal(
                "there is no address for the callback, and only the callback tells the card's state"
            )
        }
        let amount = card.faceValue.decimalText
        merchantNote = setup.settings["merchant_note"] ?? ""
        fields = [
            ("p0_Cmd", "ChargeCardDirect"), ("p1_MerId", account.merchantID),
            ("p2_Order", GatewayOrderID.text(of: order.number)), ("p3_Amt", amount),
            ("p4_verifyAmt", "true"), ("p5_Pid", setup.settings["product_name"] ?? ""),
            ("p6_Pcat", ""), ("p7_Pdesc", ""), ("p8_Url", callbackURL),
            ("pa_MP", merchantNote), ("pa7_cardAmt", amount),
            ("pa8_cardNo", card.serial), ("pa9_cardPwd", card.key.withUnredacted { $0 }),
            ("pd_FrpId", cardType), ("pr_NeedResponse", "1"),
            ("pz_userId", setup.settings["user_id"] ?? ""),
            ("pz1_userRegTime", setup.settings["user_registered_at"] ?? ""),
        ]
    }

    /// `pd_FrpId` from the settings; the card's own format must not contradict it.
    static func cardType(
        _ setup: AdapterSetup,
        _ inquiry: Inquiry
    ) throws(AdapterError) -> String {
        guard let type = setup.settings["card_type"] else {
            throw PlainCard.refusal("`card_type` is not configured: the card's kind is not known")
        }
        guard cardTypes.contains(type) else {
            throw PlainCard.refusal("`card_type` is none that YeePay knows")
        }
        if let expected = ChineseCarrier(of: inquiry.format).flatMap({ typeOfCarrier[$0] }),
            expected != type
        {
            throw PlainCard.refusal("the card is a \(expected) card, but `card_type` is \(type)")
        }
        return type
    }
}

/// Signed fields as the form that is sent: GBK, percent-encoded.
struct YeePayForm {
    let body: [UInt8]
    /// Against it the merchant's key could be tried.
    let hmac: SecretValue

    init(
        _ fields: [(name: String, value: String)],
        _ account: YeePayAccount
    ) throws(AdapterError) {
        guard let hmac = account.hmac(fields.map(\.value)) else { throw Self.notGBK }
        var form: [(name: String, value: [UInt8])] = []
        for field in fields + [("hmac", hmac)] {
            guard let value = GBKText.encode(field.value) else { throw Self.notGBK }
            form.append((field.name, value))
        }
        body = RawForm(form).encoded
        self.hmac = SecretValue(hmac)
    }

    private static let notGBK = AdapterSetup.unusable("a setting holds symbols that GBK lacks")
}

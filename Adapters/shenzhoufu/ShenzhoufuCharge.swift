import AdapterKit
import CardModel
import WireFormat

/// The request that hands a card in.
struct ShenzhoufuCharge {
    let card: PlainCard
    let orderID: String
    /// The card as it is sent; whoever has the DES key can read it.
    let cardInfo: SecretValue
    /// Against it the private key could be tried, which may be short.
    let md5: SecretValue
    let fields: [(name: String, value: String)]

    /// From here on `cardTypeCombine` names game cards, whose type stands in the card, too.
    private static let firstGameCard = 3

    /// `cardTypeCombine` of each carrier's cards.
    private static let typeOfCarrier: [ChineseCarrier: Int] = [
        .mobile: 0, .unicom: 1, .telecom: 2,
    ]

    init(
        _ order: RedemptionOrder,
        _ account: ShenzhoufuAccount,
        _ setup: AdapterSetup
    ) throws(AdapterError) {
        card = try PlainCard(order.inquiry)
        let type = try Self.cardType(setup, order.inquiry)
        guard let returnURL = order.callbackURL else {
            throw PlainCard.refusal("there is no address for the notification")
        }
        orderID = account.orderID(order)
        let cardInfo = try Self.cardInfo(card, type, try setup.secret("des_key"))
        self.cardInfo = SecretValue(cardInfo)
        let signed = [
            ("version", ShenzhoufuAccount.version), ("merId", account.merchantID),
            ("payMoney", String(card.faceValue.minorUnits)), ("orderId", orderID),
            ("returnUrl", returnURL), ("cardInfo", cardInfo),
            ("privateField", account.privateField), ("verifyType", "1"),
        ]
        let md5 = account.md5(signed.map(\.1))
        self.md5 = SecretValue(md5)
        fields =
            signed + [
                ("merUserName", setup.settings["merchant_user_name"] ?? ""),
                ("merUserMail", setup.settings["merchant_user_mail"] ?? ""),
                ("cardTypeCombine", String(type)), ("md5String", md5),
                ("signString", ""),
            ]
    }

    private static func cardType(
        _ setup: AdapterSetup,
        _ inquiry: Inquiry
    ) throws(AdapterError) -> Int {
        guard let text = setup.settings["card_type"] else {
            throw PlainCard.refusal("`card_type` is not configured: the card's kind is not known")
        }
        guard let type = Int(text), (0...99).contains(type), String(type) == text else {
            throw PlainCard.refusal("`card_type` is a number: 0, 1, 2, or from 3 for game cards")
        }
        if let expected = ChineseCarrier(of: inquiry.format).flatMap({ typeOfCarrier[$0] }),
            expected != type
        {
            throw PlainCard.refusal("the card's format is of type \(expected), not \(text)")
        }
        return type
    }

    /// base64(DES(`face@serial@password`)), with `type@` in front for game cards.
    private static func cardInfo(
        _ card: PlainCard,
        _ type: Int,
        _ desKey: SecretValue
    ) throws(AdapterError) -> String {
        let yuan = try card.wholeYuan()
        let prefix = type >= firstGameCard ? "\(type)@" : ""
        let cipher = desKey.withUnredacted { Base64.decode($0) }.flatMap { DESCipher(key: $0) }
        guard let cipher else {
            throw AdapterSetup.unusable("`des_key` is no base64 of eight bytes")
        }
        let text = card.key.withUnredacted { "\(prefix)\(yuan)@\(card.serial)@\($0)" }
        guard let encrypted = cipher.encrypt(Array(text.utf8)) else {
            throw PlainCard.refusal("the card is too long")
        }
        return Base64.encode(encrypted)
    }
}

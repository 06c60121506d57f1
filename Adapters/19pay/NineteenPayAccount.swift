import AdapterKit
import CardModel
import WireFormat

/// The merchant's settings, as far as a request or a notification needs them.
struct NineteenPayAccount {
    static let currency = "RMB"

    var version: String
    var merchantID: String
    private var key: SecretValue
    private let cipher: DESCipher

    init(_ setup: AdapterSetup) throws(AdapterError) {
        version = try setup.setting("version_id")
        merchantID = try setup.setting("merchant_id")
        key = try setup.secret("merchant_key")
        // The first eight bytes of the merchant key; a shorter one is filled with zeros.
        let bytes = key.withUnredacted { Array($0.utf8.prefix(DESCipher.blockBytes)) }
        let padding = [UInt8](repeating: 0, count: DESCipher.blockBytes - bytes.count)
        guard let cipher = DESCipher(key: bytes + padding) else {
            throw AdapterSetup.unusable("`merchant_key` makes no DES key")
        }
        self.cipher = cipher
    }

    /// `name=value` pairs joined by `&`, the key last, as MD5.
    func verifyString(_ fields: [(name: String, value: String)]) -> String {
        key.withUnredacted { key in
            let pairs = fields.map { "\($0.name)=\($0.value)" } + ["merchant_key=\(key)"]
            return LegacyDigest.md5(Array(pairs.joined(separator: "&").utf8))
        }
    }

    /// A serial or key as it is sent; nil when it is too long.
    func encrypted(_ text: String) -> String? {
        cipher.encrypt(Array(text.utf8)).map { Hexadecimal.encode($0) }
    }
}

/// The request that hands a card in.
struct NineteenPayCharge {
    let card: PlainCard
    let orderID: String
    let orderDate: String
    let channel: String
    /// `cardnum1` and `cardnum2`; whoever has the merchant key can read them.
    let encryptedSerial: String
    let encryptedKey: String
    /// Against it the merchant key could be tried.
    let verifyString: String
    let fields: [(name: String, value: String)]

    /// `pm_id` of each carrier's cards.
    private static let typeOfCarrier: [ChineseCarrier: String] = [
        .mobile: "CMJFK", .unicom: "LTJFK", .telecom: "DXJFK",
    ]

    init(
        _ order: RedemptionOrder,
        _ account: NineteenPayAccount,
        _ setup: AdapterSetup
    ) throws(AdapterError) {
        card = try PlainCard(order.inquiry)
        let (type, channel) = try Self.kind(setup, order.inquiry)
        self.channel = channel
        guard let notifyURL = order.callbackURL else {
            throw PlainCard.refusal(
                "there is no address for the notification, and nothing else tells the card's state"
            )
        }
        orderID = GatewayOrderID.text(of: order.number)
        orderDate = order.inquiry.zone.day(of: order.placedAt).iso8601.filter { $0 != "-" }
        guard let serial = account.encrypted(card.serial),
            let key = card.key.withUnredacted({ account.encrypted($0) })
        else { throw PlainCard.refusal("the card is too long") }
        encryptedSerial = serial
        encryptedKey = key
        let signed = [
            ("version_id", account.version), ("merchant_id", account.merchantID),
            ("order_date", orderDate), ("order_id", orderID),
            ("amount", card.faceValue.decimalText), ("currency", NineteenPayAccount.currency),
            ("cardnum1", serial), ("cardnum2", key), ("pm_id", type), ("pc_id", channel),
        ]
        verifyString = account.verifyString(signed)
        let name = setup.settings["order_name"] ?? ""
        fields =
            signed + [
                ("verifystring", verifyString), ("order_pdesc", ""),
                ("user_name", ""), ("user_phone", ""), ("user_mobile", ""), ("user_email", ""),
                ("order_pname", name), ("select_amount", try card.wholeYuan()),
                ("notify_url", notifyURL),
            ]
    }

    /// `pm_id` and `pc_id` from the settings; they must fit each other and the card's own format.
    private static func kind(
        _ setup: AdapterSetup,
        _ inquiry: Inquiry
    ) throws(AdapterError) -> (type: String, channel: String) {
        guard let type = setup.settings["card_type"], let channel = setup.settings["card_channel"]
        else {
            throw PlainCard.refusal(
                "`card_type` and `card_channel` are not configured: the card's kind is not known"
            )
        }
        guard channel.hasPrefix(type), typeOfCarrier.values.contains(type) else {
            throw PlainCard.refusal("`card_type` is none that 19pay knows, or not the channel's")
        }
        if let expected = ChineseCarrier(of: inquiry.format).flatMap({ typeOfCarrier[$0] }),
            expected != type
        {
            throw PlainCard.refusal("the card is of type \(expected), but `card_type` is \(type)")
        }
        return (type, channel)
    }
}

import AdapterKit
import CardModel

/// What 19pay reports to `notify_url`. The MD5 covers every field that is read here.
struct NineteenPayNotification {
    /// In the order in which they are signed.
    private static let signed = [
        "version_id", "merchant_id", "order_id", "result", "order_date", "amount", "currency",
        "pay_sq", "pay_date", "count", "card_num1", "card_pwd1", "pc_id1", "card_status1",
        "card_code1", "card_date1", "r1",
    ]

    private let values: [String: String]

    /// - Throws: `CallbackRefusal` when a field is missing, twice, or not text.
    init(_ callback: IssuerCallback) throws(CallbackRefusal) {
        guard let form = callback.formFields else {
            throw CallbackRefusal(.malformed, "the notification cannot be read as a form")
        }
        var values: [String: String] = [:]
        for name in Self.signed + ["verifystring"] {
            guard let value = form[name].flatMap({ String(validating: $0, as: UTF8.self) }) else {
                throw CallbackRefusal(.malformed, "`\(name)` is missing or not text")
            }
            values[name] = value
        }
        self.values = values
    }

    subscript(name: String) -> String { values[name] ?? "" }

    static func orderNumber(in callback: IssuerCallback) -> UInt64? {
        callback.formFields?["order_id"].flatMap { String(validating: $0, as: UTF8.self) }
            .flatMap(GatewayOrderID.number(in:))
    }

    func verify(_ account: NineteenPayAccount) throws(CallbackRefusal) {
        let computed = account.verifyString(Self.signed.map { ($0, self[$0]) })
        guard LegacyDigest.matches(computed, self["verifystring"]) else {
            throw CallbackRefusal(.badSignature, "`verifystring` is not the one over these values")
        }
    }

    /// Merchant, order, amount and card must be ours. The card comes in clear or as it was sent;
    /// a failed order may report no amount.
    func compare(
        with charge: NineteenPayCharge,
        account: NineteenPayAccount
    ) throws(CallbackRefusal) {
        let amount = Money(yuan: self["amount"])
        let isRightAmount =
            amount == charge.card.faceValue
            || (self["result"] != "Y" && (self["amount"].isEmpty || amount?.minorUnits == 0))
        let cards = ["", charge.card.serial, charge.encryptedSerial]
        let checks = [
            ("version_id", self["version_id"] == account.version),
            ("merchant_id", self["merchant_id"] == account.merchantID),
            ("order_id", self["order_id"] == charge.orderID),
            ("order_date", self["order_date"] == charge.orderDate),
            ("amount", isRightAmount),
            ("card_num1", cards.contains(self["card_num1"])),
            ("pc_id1", ["", charge.channel].contains(self["pc_id1"])),
        ]
        if let wrong = checks.first(where: { !$0.1 }) {
            throw CallbackRefusal(.otherOrder, "`\(wrong.0)` is not this order's")
        }
    }

    var meaning: RedemptionMeaning {
        let code = NineteenPayCode(code: self["card_code1"])
        switch self["result"] {
        // A success that names a failure, or the other way round, says nothing.
        case "Y": return code.isSuccess ? code.meaning : .unknown(.ambiguousAnswer)
        case "N": return code.isSuccess ? .unknown(.ambiguousAnswer) : code.meaning
        default: return .unknown(.unmapped)
        }
    }
}

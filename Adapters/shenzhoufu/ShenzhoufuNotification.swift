import AdapterKit
import CardModel
import WireFormat

/// What Shenzhoufu reports to `returnUrl`.
///
/// The MD5 covers neither `errcode` nor, in mode 1, `cardMoney`; `signString` is an RSA signature
/// over the MD5's hexadecimal text and so covers no more than the MD5 does.
struct ShenzhoufuNotification {
    private let form: [String: String]
    private let account: ShenzhoufuAccount

    /// - Throws: `CallbackRefusal` when a field that every notification has is missing.
    init(
        _ callback: IssuerCallback,
        _ account: ShenzhoufuAccount
    ) throws(CallbackRefusal) {
        guard let fields = callback.formFields else {
            throw CallbackRefusal(.malformed, "the notification cannot be read as a form")
        }
        var form: [String: String] = [:]
        for field in fields.fields {
            guard let text = String(validating: field.value, as: UTF8.self) else {
                throw CallbackRefusal(.malformed, "a field is not UTF-8")
            }
            form[field.name] = text
        }
        self.form = form
        self.account = account
        if let missing = (account.mode.fields + ["md5String"]).first(where: { form[$0] == nil }) {
            throw CallbackRefusal(.malformed, "`\(missing)` is missing")
        }
    }

    subscript(name: String) -> String { form[name] ?? "" }

    /// Against either the private key could be tried, which may be short.
    var signatures: [SecretValue] { ["md5String", "signString"].map { SecretValue(self[$0]) } }

    static func orderNumber(in callback: IssuerCallback) -> UInt64? {
        callback.formFields?["orderId"].flatMap { String(validating: $0, as: UTF8.self) }
            .flatMap(ShenzhoufuAccount.number)
    }

    /// The MD5 must be right, and `signString` too where a certificate is configured.
    func verify() throws(CallbackRefusal) {
        let values = account.mode.fields.map { self[$0] }
        let md5 = account.md5(values, separator: account.mode.separator)
        guard LegacyDigest.matches(md5, self["md5String"]) else {
            throw CallbackRefusal(.badSignature, "`md5String` is not the one over these values")
        }
        guard let verifier = account.verifier else { return }
        guard let signature = Base64.decode(self["signString"]),
            verifier.isValid(signature, over: Array(md5.utf8))
        else {
            throw CallbackRefusal(.badSignature, "`signString` is not the certificate's")
        }
    }

    /// Merchant, order and amount must be ours; a failed order may report no amount.
    func compare(with charge: ShenzhoufuCharge) throws(CallbackRefusal) {
        let amount = self["payMoney"]
        let isRightAmount =
            amount == String(charge.card.faceValue.minorUnits)
            || (self["payResult"] != "1" && ["", "0"].contains(amount))
        let checks = [
            ("version", self["version"] == ShenzhoufuAccount.version),
            ("merId", self["merId"] == account.merchantID),
            ("orderId", self["orderId"] == charge.orderID),
            ("privateField", self["privateField"] == account.privateField),
            ("payMoney", isRightAmount),
        ]
        if let wrong = checks.first(where: { !$0.1 }) {
            throw CallbackRefusal(.otherOrder, "`\(wrong.0)` is not this order's")
        }
    }

    /// The card's real value, where the MD5 covers it.
    var realValue: Money? {
        guard account.mode != .joined else { return nil }
        return Money(yuan: self["cardMoney"]).flatMap { $0.minorUnits > 0 ? $0 : nil }
    }

    func meaning(declared: Money) -> RedemptionMeaning {
        switch self["payResult"] {
        case "1": .settled(.okActivatedByBuyer)
        case "0":
            account.trustsErrorCode
                ? ShenzhoufuErrorCode(code: self["errcode"])
                    .meaning(realValue: realValue?.compared(to: declared))
                : .unknown(.ambiguousAnswer)
        default: .unknown(.unmapped)
        }
    }
}

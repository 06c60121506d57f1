import AdapterKit
import CardModel

/// What the gateway reports to `p8_Url`: a GET in GBK, signed over the values as they came.
struct YeePayCallback {
    /// In the order in which they are signed.
    private static let signed = [
        "r0_Cmd", "r1_Code", "p1_MerId", "p2_Order", "p3_Amt", "p4_FrpId", "p5_CardNo",
        "p6_confirmAmount", "p7_realAmount", "p8_cardStatus", "p9_MP", "pb_BalanceAmt",
        "pc_BalanceAct",
    ]

    private let values: [String: String]
    let hmac: SecretValue

    /// - Throws: `CallbackRefusal` when a signed field is missing, twice, or not GBK.
    init(_ callback: IssuerCallback) throws(CallbackRefusal) {
        guard let form = callback.formFields else {
            throw CallbackRefusal(.malformed, "the query cannot be read as a form")
        }
        var values: [String: String] = [:]
        for name in Self.signed + ["hmac"] {
            guard let value = form[name].flatMap(GBKText.decode) else {
                throw CallbackRefusal(.malformed, "`\(name)` is missing or not GBK")
            }
            values[name] = value
        }
        self.values = values
        hmac = SecretValue(values["hmac"] ?? "")
    }

    subscript(name: String) -> String { values[name] ?? "" }

    static func orderNumber(in callback: IssuerCallback) -> UInt64? {
        callback.formFields?["p2_Order"].flatMap(GBKText.decode).flatMap(GatewayOrderID.number(in:))
    }

    func verify(_ account: YeePayAccount) throws(CallbackRefusal) {
        let signed = Self.signed.map { self[$0] }
        guard hmac.withUnredacted({ account.isSigned(signed, by: $0) }) else {
            throw CallbackRefusal(.badSignature, "`hmac` is not the one over these values")
        }
        if let moved = Self.amounts.first(where: { !Self.isAmount(self[$0]) }) {
            throw CallbackRefusal(.malformed, "`\(moved)` is no amount")
        }
    }

    /// What stands around `p8_cardStatus`. Values are signed without anything between them: digits
    /// that were moved over from the status make another status under the same signature, and of
    /// these no amount.
    private static let amounts = ["p6_confirmAmount", "p7_realAmount", "pb_BalanceAmt"]

    private static func isAmount(_ text: String) -> Bool {
        // Without the point, digits of the status would make an amount too.
        text.isEmpty
            || Money(yuan: text) != nil && text.contains(".")
                && (text.first != "0" || text.dropFirst().first == ".")
    }

    /// Merchant, order, card, note and amount must be ours; a failed order may report no amount.
    func compare(
        with charge: YeePayCharge,
        order: RedemptionOrder,
        account: YeePayAccount
    ) throws(CallbackRefusal) {
        let amount = Money(yuan: self["p3_Amt"])
        let isRightAmount =
            amount == charge.card.faceValue
            || (self["r1_Code"] != "1" && (self["p3_Amt"].isEmpty || amount?.minorUnits == 0))
        let checks = [
            ("p1_MerId", self["p1_MerId"] == account.merchantID),
            ("p2_Order", self["p2_Order"] == GatewayOrderID.text(of: order.number)),
            ("p5_CardNo", self["p5_CardNo"] == charge.card.serial),
            ("p4_FrpId", ["", charge.cardType].contains(self["p4_FrpId"])),
            ("p3_Amt", isRightAmount), ("p9_MP", self["p9_MP"] == charge.merchantNote),
        ]
        if let wrong = checks.first(where: { !$0.1 }) {
            throw CallbackRefusal(.otherOrder, "`\(wrong.0)` is not this order's")
        }
    }

    /// The value the gateway found on the card.
    var realValue: Money? {
        Money(yuan: self["p7_realAmount"]).flatMap { $0.minorUnits > 0 ? $0 : nil }
    }

    func meaning(declared: Money) -> RedemptionMeaning {
        let status = YeePayCardStatus(code: self["p8_cardStatus"])
        let succeeded = self["r1_Code"] == "1"
        guard self["r0_Cmd"] == "ChargeCardDirect", succeeded || self["r1_Code"] == "2" else {
            return .unknown(.unmapped)
        }
        // A success that names a failure, or the other way round, says nothing.
        guard succeeded == (status == .spent) else { return .unknown(.ambiguousAnswer) }
        return status.meaning(realValue: realValue?.compared(to: declared))
    }
}

import AdapterKit
import CardModel
import WireFormat

/// Replies to submissions and queries.
enum ShenzhoufuReply {
    private static let screening = AnswerScreening(mediaTypes: [
        "text/plain", "text/html", "text/xml", "application/xml",
    ])

    static func objection(
        to response: OutboundResponse,
        askedAt: Instant
    ) -> AnswerScreening.Objection? {
        screening.objection(toAnyBut200: response, by: "Shenzhoufu", askedAt: askedAt)
    }

    /// The bare number in the body; nil when anything else stands there, or `szfResponseCode`
    /// says otherwise.
    static func code(in response: OutboundResponse) -> String? {
        let blanks = Array(" \r\n\t".utf8)
        let body = String(
            decoding: response.body.filter { !blanks.contains($0) },
            as: UTF8.self
        )
        let codes = Set([body, response.header("szfResponseCode") ?? body])
        guard codes.count == 1, let code = codes.first, (1...4).contains(code.utf8.count),
            code.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return code
    }
}

/// The reply to a query: a flat XML record.
struct ShenzhoufuQueryReply {
    let leaves: XMLLeaves
    let result: String

    init?(_ body: [UInt8]) {
        guard let leaves = XMLLeaves(body), let result = leaves["queryResult"] else { return nil }
        self.leaves = leaves
        self.result = result
    }

    /// In the order in which they are signed.
    private static let signed = [
        "queryResult", "version", "merId", "orderId", "payResult", "payMoney",
    ]

    /// What the order came to; a record without a valid MD5 says nothing.
    func meaning(
        _ order: RedemptionOrder,
        _ account: ShenzhoufuAccount
    ) -> RedemptionMeaning {
        guard result == "S" else { return ShenzhoufuQueryFailure(code: result).meaning }
        let md5 = account.md5(Self.signed.map { leaves[$0] ?? "" })
        guard LegacyDigest.matches(md5, leaves["md5String"] ?? "") else {
            return .unknown(.badSignature)
        }
        guard leaves["merId"] == account.merchantID, leaves["orderId"] == account.orderID(order)
        else { return .unknown(.malformedAnswer) }
        switch leaves["payResult"] {
        case "1": return isRightAmount(order) ? .settled(.okActivatedByBuyer) : .unknown(.unmapped)
        case "0": return .unknown(.ambiguousAnswer)
        case "2": return .accepted
        default: return .unknown(.unmapped)
        }
    }

    private func isRightAmount(_ order: RedemptionOrder) -> Bool {
        order.inquiry.faceValue.map { String($0.minorUnits) == leaves["payMoney"] } ?? false
    }
}

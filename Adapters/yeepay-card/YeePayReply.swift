import AdapterKit
import CardModel
import WireFormat

/// A reply of the gateway: GBK text, one `name=value` a line.
struct YeePayReply {
    private let values: [String: String]

    /// Lines of a reply at most.
    private static let mostLines = 64

    /// Nil when the bytes are not such a text, or name a value twice.
    ///
    /// - Parameter isEscaped: values are URL-encoded once more, as in replies to queries.
    init?(_ body: [UInt8], isEscaped: Bool) {
        let lines = body.split(separator: UInt8(ascii: "\n"))
        guard !lines.isEmpty, lines.count <= Self.mostLines else { return nil }
        var values: [String: String] = [:]
        for line in lines {
            let bytes = line.last == UInt8(ascii: "\r") ? line.dropLast() : line
            if bytes.isEmpty { continue }
            guard let (name, value) = Self.pair(bytes, isEscaped),
                values.updateValue(value, forKey: name) == nil
            else { return nil }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    private static func pair(
        _ line: ArraySlice<UInt8>,
        _ isEscaped: Bool
    ) -> (String, String)? {
        guard let end = line.firstIndex(of: UInt8(ascii: "=")),
            let name = GBKText.decode(Array(line[..<end]))
        else { return nil }
        var value = Array(line[(end + 1)...])
        if isEscaped {
            guard let decoded = RawForm(parsing: Array("v=".utf8) + value)?["v"]
            else { return nil }
            value = decoded
        }
        return GBKText.decode(value).map { (name, $0) }
    }

    /// Whether a reply is one of the gateway's at all.
    static func objection(
        to response: OutboundResponse,
        askedAt: Instant
    ) -> AnswerScreening.Objection? {
        AnswerScreening(mediaTypes: ["text/plain", "text/html"])
            .objection(toAnyBut200: response, by: "the gateway", askedAt: askedAt)
    }

    static func unreadable(_ response: OutboundResponse) -> AnswerScreening.Objection {
        AnswerScreening.unreadable(response, "the body is not the gateway's")
    }
}

/// The reply to a submission.
enum YeePaySubmission {
    static func meaning(
        _ reply: YeePayReply,
        order: RedemptionOrder,
        account: YeePayAccount
    ) -> RedemptionMeaning {
        guard let text = reply["r1_Code"], reply["r0_Cmd"] == "ChargeCardDirect",
            reply["r6_Order"] == GatewayOrderID.text(of: order.number)
        else { return .unknown(.malformedAnswer) }
        let code = YeePayReplyCode(code: text)
        let signed = ["r0_Cmd", "r1_Code", "r6_Order", "rq_ReturnMsg"].map { reply[$0] ?? "" }
        // Who cannot verify our signature cannot be expected to sign for us.
        guard code == .badSignature || account.isSigned(signed, by: reply["hmac"] ?? "") else {
            return .unknown(.badSignature)
        }
        return code.meaning
    }
}

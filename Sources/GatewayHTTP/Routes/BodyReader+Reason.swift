import CardModel
import Gateway

extension BodyReader {
    /// Why something is declared or decided, in words that stand in the log for all time: nothing
    /// is cut out of them, so what is spelt like a code is refused.
    mutating func reason(longest: Int, _ gateway: DeliveryGateway) -> String? {
        let reason = string("reason", required: true, longest: longest)
        if let reason, gateway.holdsCode(reason) {
            fail("reason", .malformed, detail: Self.codeInReason)
        }
        return reason
    }

    private static let codeInReason = LocalisedText(
        zhCN: "其中有形似卡密的内容（12 位以上的字母和数字），而此原因会被他人看到；请去掉后重新提交。",
        en: "It holds what is spelt like a card code (12 or more letters and digits), and others "
            + "read it. Take that out, and send it again.")
}

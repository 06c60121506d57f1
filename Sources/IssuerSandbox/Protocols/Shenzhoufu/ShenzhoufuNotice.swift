/// Which of the three published forms the MD5 of a notice has.
public enum ShenzhoufuNoticeMode: Int, Sendable, CaseIterable {
    /// The values in a row, without `cardMoney`.
    case withoutCardMoney = 1
    /// The values between bars, with `cardMoney`.
    case piped = 2
    /// The values in a row, with `cardMoney`.
    case concatenated = 3
}

/// What a notice says about an order.
struct ShenzhoufuNotice: Sendable {
    var version = "3"
    var merchant: String
    var order: String
    /// In fen.
    var payMoney: String
    /// In yuan.
    var cardMoney: String
    /// 1 or 0.
    var payResult: String
    var privateField: String
    var payDetails: String

    func md5(_ mode: ShenzhoufuNoticeMode, key: String) -> String {
        switch mode {
        case .withoutCardMoney:
            Digests.md5(
                [version, merchant, payMoney, order, payResult, privateField, payDetails, key]
                    .joined()
            )
        case .piped: Digests.md5(withCardMoney(key).joined(separator: "|"))
        case .concatenated: Digests.md5(withCardMoney(key).joined())
        }
    }

    private func withCardMoney(_ key: String) -> [String] {
        [version, merchant, payMoney, cardMoney, order, payResult, privateField, payDetails, key]
    }

    /// As they are sent; without a `cardMoney` that is empty.
    var fields: [(String, String)] {
        [
            ("version", version), ("merId", merchant), ("orderId", order), ("payMoney", payMoney),
            ("payResult", payResult), ("privateField", privateField), ("payDetails", payDetails),
        ] + (cardMoney.isEmpty ? [] : [("cardMoney", cardMoney)])
    }
}

extension CardFormat {
    /// Recharge cards of China's carriers (充值卡). One row a card, with the mark of its source.
    static let carriers: [CardFormat] = [
        format(
            "cmcc",
            "中国移动充值卡（全国）",
            "China Mobile recharge card (national)",
            .wellKnown,
            serial: digits(17),
            key: digits(18)
        ),
        format(
            "cmcc-jiangsu",
            "中国移动充值卡（江苏）",
            "China Mobile recharge card (Jiangsu)",
            .known,
            serial: digits(16),
            key: digits(17)
        ),
        format(
            "cmcc-fujian",
            "中国移动充值卡（福建）",
            "China Mobile recharge card (Fujian)",
            .known,
            serial: digits(16),
            key: digits(17)
        ),
        format(
            "cmcc-zhejiang",
            "中国移动充值卡（浙江）",
            "China Mobile recharge card (Zhejiang)",
            .known,
            serial: digits(10),
            key: digits(8)
        ),
        // One source gives the serial 18 digits.
        format(
            "cmcc-liaoning",
            "中国移动充值卡（辽宁）",
            "China Mobile recharge card (Liaoning)",
            .known,
            serial: digits(16, 18),
            key: digits(21)
        ),
        format(
            "cmcc-guangdong",
            "中国移动充值卡（广东）",
            "China Mobile recharge card (Guangdong)",
            .singleSource,
            serial: digits(17),
            key: digits(18)
        ),
        format(
            "unicom",
            "中国联通充值卡",
            "China Unicom recharge card",
            .wellKnown,
            serial: digits(15),
            key: digits(19)
        ),
        format(
            "telecom",
            "中国电信充值卡",
            "China Telecom recharge card",
            .wellKnown,
            serial: digits(19),
            key: digits(18)
        ),
    ]
}

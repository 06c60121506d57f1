extension CardFormat {
    /// Vouchers and gift cards (礼品卡). One row a card, with the mark of its source.
    static let vouchers: [CardFormat] = [
        format(
            "ericsson-voucher",
            "爱立信充值券",
            "Ericsson charging voucher",
            .known,
            serial: CodeRule(characters: .lettersAndDigits, lengths: .between(8, 20)),
            key: CodeRule(characters: .digits, lengths: .between(8, 20))
        ),
        format(
            "apple",
            "Apple 礼品卡",
            "Apple gift card",
            .known,
            serial: nil,
            key: CodeRule(
                characters: .upperLettersAndDigits,
                lengths: .exactly(16),
                letterCase: .upper,
                prefixes: ["X"]
            )
        ),
        // 14 symbols as an e-code, 15 on a physical card.
        format(
            "amazon",
            "亚马逊礼品卡",
            "Amazon gift card",
            .known,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .exactly(14, 15),
                grouping: .asDelivered
            )
        ),
        format(
            "xbox",
            "Xbox / 微软 25 位代码",
            "Xbox / Microsoft 5x5 code",
            .wellKnown,
            serial: nil,
            key: CodeRule(
                characters: .microsoft,
                lengths: .exactly(25),
                letterCase: .upper,
                grouping: .groups([5, 5, 5, 5, 5])
            )
        ),
        format(
            "nike",
            "耐克礼品卡",
            "Nike gift card",
            .singleSource,
            serial: symbols(19),
            key: symbols(6)
        ),
        format(
            "sephora",
            "丝芙兰礼品卡",
            "Sephora gift card",
            .singleSource,
            serial: symbols(16),
            key: symbols(8)
        ),
        format("nd", "ND 礼品卡", "ND gift card", .singleSource, serial: symbols(16), key: symbols(8)),
        // "About 16" is all its source says.
        format(
            "razer-gold",
            "雷蛇金点卡",
            "Razer Gold PIN",
            .singleSource,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .between(14, 18),
                grouping: .asDelivered
            )
        ),
        // Other groupings than 5-5-5 exist, so the dashes stay as delivered.
        format(
            "steam",
            "Steam 激活码",
            "Steam product code",
            .known,
            serial: nil,
            key: CodeRule(
                characters: .lettersAndDigits,
                lengths: .exactly(15),
                grouping: .asDelivered
            )
        ),
        format(
            "square",
            "Square 礼品卡",
            "Square gift card number",
            .wellKnown,
            serial: nil,
            key: CodeRule(
                characters: .digits,
                lengths: .exactly(16),
                checkDigit: CodeRule.CheckDigitRule(.luhn, isBinding: false)
            )
        ),
    ]
}

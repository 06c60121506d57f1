extension CardFormat {
    /// Prepaid cards of Chinese game publishers (点卡). One row a card, with the mark of its source.
    static let gameCards: [CardFormat] = [
        format("junnet", "骏网一卡通", "Junnet card", .known, serial: symbols(16), key: symbols(16)),
        format(
            "snda",
            "盛大一卡通",
            "Shanda card",
            .known,
            serial: CodeRule(
                characters: .lettersAndDigits,
                lengths: .exactly(15, 16),
                prefixes: ["CSC5", "CS", "S", "CA", "CSB", "YA", "YB", "YC", "YD", "801335"]
            ),
            key: digits(8, 9)
        ),
        format("zhengtu", "征途卡", "Zhengtu card", .known, serial: symbols(16), key: symbols(8)),
        format("qq", "Q币卡", "QQ card", .known, serial: symbols(9), key: symbols(12)),
        format("jiuyou", "久游一卡通", "9you card", .known, serial: symbols(13), key: symbols(10)),
        format("netease", "网易一卡通", "NetEase card", .known, serial: symbols(13), key: symbols(9)),
        format(
            "wanmei",
            "完美一卡通",
            "Perfect World card",
            .known,
            serial: symbols(10),
            key: symbols(15)
        ),
        format("sohu", "搜狐一卡通", "Sohu card", .known, serial: symbols(20), key: symbols(12)),
        format(
            "zongyou",
            "纵游一卡通",
            "Zongyou card",
            .singleSource,
            serial: symbols(15),
            key: symbols(15)
        ),
        format(
            "tianxia",
            "天下一卡通",
            "Tianxia card",
            .singleSource,
            serial: symbols(15),
            key: symbols(8)
        ),
        format(
            "tianhong",
            "天宏一卡通",
            "Tianhong card",
            .singleSource,
            serial: CodeRule(
                characters: .digits,
                lengths: .exactly(10, 12),
                leading: CodeRule.Leading(count: 2, characters: .letters)
            ),
            key: symbols(10, 15)
        ),
    ]
}

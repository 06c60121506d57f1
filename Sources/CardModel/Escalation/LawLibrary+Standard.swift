extension LawLibrary {
    /// The library the gateway ships with; `Config/rules/law.yaml` says the same.
    public static let standard = LawLibrary(
        id: "cn-law",
        version: 1,
        citations: consumerLaw + commerceLaw + civilLaw + evidenceRules
    )

    private static let consumerLaw = [
        citation(
            "cn.consumer.24",
            ("《消费者权益保护法》第二十四条", "Consumer Rights Protection Law, art. 24"),
            (
                "商品不符合质量要求的，消费者可以退货或要求更换、修理。",
                "Goods that fall short may be returned, replaced or repaired."
            )
        ),
        citation(
            "cn.consumer.26",
            ("《消费者权益保护法》第二十六条", "Consumer Rights Protection Law, art. 26"),
            ("排除或限制消费者权利的格式条款无效。", "Standard terms that take away a consumer's rights are void.")
        ),
        citation(
            "cn.consumer.39",
            ("《消费者权益保护法》第三十九条", "Consumer Rights Protection Law, art. 39"),
            (
                "争议可以协商、请消费者组织调解、向行政部门投诉、仲裁或起诉。",
                "A dispute may be negotiated, mediated, complained of, arbitrated or sued over."
            )
        ),
        citation(
            "cn.consumer.55",
            ("《消费者权益保护法》第五十五条", "Consumer Rights Protection Law, art. 55"),
            (
                "经营者有欺诈行为的，消费者可以要求增加赔偿价款的三倍。",
                "In a case of fraud the consumer may claim three times the price on top."
            )
        ),
    ]

    private static let commerceLaw = [
        citation(
            "cn.ecommerce.17",
            ("《电子商务法》第十七条", "E-Commerce Law, art. 17"),
            ("经营者应当披露商品或服务信息。", "A trader discloses what the goods or services are.")
        ),
        citation(
            "cn.ecommerce.59",
            ("《电子商务法》第五十九条", "E-Commerce Law, art. 59"),
            (
                "经营者应当建立便捷、有效的投诉机制，公开投诉方式并及时处理。",
                "A trader has a complaint mechanism, publishes it and deals with "
                    + "complaints in time."
            )
        ),
    ]

    private static let civilLaw = [
        citation(
            "cn.civil-code.148",
            ("《民法典》第一百四十八条", "Civil Code, art. 148"),
            ("受欺诈方可以请求撤销民事法律行为。", "A party that was deceived may have the act revoked.")
        ),
        citation(
            "cn.civil-code.188",
            ("《民法典》第一百八十八条", "Civil Code, art. 188"),
            (
                "诉讼时效为三年，自知道或应当知道权利受到损害之日起计算。",
                "Claims lapse three years after the harm was or should have been known."
            )
        ),
        citation(
            "cn.civil-code.577",
            ("《民法典》第五百七十七条", "Civil Code, art. 577"),
            (
                "不履行或不按约定履行合同的，应当继续履行、补救或赔偿损失。",
                "A party in breach performs, makes good or pays for the loss."
            )
        ),
        citation(
            "cn.civil-procedure.small-claims",
            ("《民事诉讼法》小额诉讼程序", "Civil Procedure Law, small claims"),
            ("金额较小的金钱给付案件适用小额诉讼程序。", "Small money claims have a procedure of their own.")
        ),
    ]

    private static let evidenceRules = [
        citation(
            "cn.internet-court.11",
            (
                "《最高人民法院关于互联网法院审理案件若干问题的规定》第十一条",
                "Supreme People's Court, Internet Courts, art. 11 (2018)"
            ),
            (
                "电子签名、可信时间戳、哈希值校验等可用于证明电子数据的真实性。",
                "Electronic signatures, trusted time stamps and hash checks can prove that "
                    + "electronic data is authentic."
            )
        ),
        citation(
            "cn.sf-t-0076-2020",
            ("SF/T 0076-2020 电子数据存证技术规范", "SF/T 0076-2020, electronic data preservation"),
            ("电子数据存证的技术规范。", "A judicial standard for preserving electronic data.")
        ),
    ]

    private static func citation(
        _ id: String,
        _ title: (zhCN: String, en: String),
        _ summary: (zhCN: String, en: String)
    ) -> LawCitation {
        LawCitation(
            id: id,
            title: LocalisedText(zhCN: title.zhCN, en: title.en),
            summary: LocalisedText(zhCN: summary.zhCN, en: summary.en),
            isVerified: false
        )
    }
}

import Crypto

extension WarrantyPolicy {
    /// 质保说明: the whole policy in plain sentences, as a product's page shows it (M3-16). One line
    /// a sentence, ending with a line break.
    public func statement(in language: Language) -> String {
        ([Self.heading] + statementLines).map { $0[language] + "\n" }.joined()
    }

    /// SHA-256 over the UTF-8 of ``statement(in:)``, 32 bytes: what a shop that shows the statement
    /// states as `order.terms_sha256`.
    public func statementHash(in language: Language) -> [UInt8] {
        Array(SHA256.hash(data: Array(statement(in: language).utf8)))
    }

    private static let heading = LocalisedText(zhCN: "质保说明", en: "Warranty")

    private var statementLines: [LocalisedText] {
        windowLines + coverageLines + promiseLines + handlingLines + remedyLines + disputeLines
    }

    /// The lines that a line of each language is made of.
    static func line(_ text: (Language) -> String) -> LocalisedText {
        LocalisedText(zhCN: text(.zhCN), en: text(.en))
    }

    private var coverageLines: [LocalisedText] {
        guard window.mode != .none else { return [] }
        let covered = Self.line { language in
            VerdictState.allCases.filter { coverage.states.contains($0) }
                .compactMap { $0.defectName(in: language) }
                .joined(separator: language == .zhCN ? "、" : ", ")
        }
        let lines = [LocalisedText(zhCN: "质保范围：\(covered.zhCN)。", en: "Covered: \(covered.en).")]
        guard !coverage.exclusions.isEmpty else { return lines }
        let excluded = Self.line { language in
            Exclusion.Kind.allCases.filter { coverage.exclusions.contains($0) }
                .map { $0.name(in: language) }
                .joined(separator: language == .zhCN ? "、" : ", ")
        }
        return lines + [
            LocalisedText(
                zhCN: "有证据证明以下情形的，不在质保范围：\(excluded.zhCN)。",
                en: "Not covered where there is evidence for it: \(excluded.en)."
            )
        ]
    }

    private var promiseLines: [LocalisedText] {
        var lines: [LocalisedText] = []
        if promise.isFaceValueExact {
            lines.append(
                LocalisedText(
                    zhCN: "面值与商品说明一致。",
                    en: "The value is the face value of the listing."
                )
            )
        }
        if let within = promise.deliverWithin.map(Self.words) {
            lines.append(
                LocalisedText(
                    zhCN: "付款后 \(within.zhCN)内交付。",
                    en: "Delivery within \(within.en) of the payment."
                )
            )
        }
        if let region = promise.region {
            lines.append(LocalisedText(zhCN: "适用区服：\(region)。", en: "Region: \(region)."))
        }
        if let days = promise.minimumShelfLifeDays {
            lines.append(
                LocalisedText(
                    zhCN: "交付时卡密剩余有效期不少于 \(days) 天。",
                    en: "At delivery the code can be used for at least \(Self.days(days))."
                )
            )
        }
        if let days = promise.minimumBalanceValidityDays {
            lines.append(
                LocalisedText(
                    zhCN: "充值后余额有效期不少于 \(days) 天。",
                    en: "Once charged, the balance is valid for at least \(Self.days(days))."
                )
            )
        }
        return lines + membershipLines
    }

    private var membershipLines: [LocalisedText] {
        guard let membership else { return [] }
        let tolerance = Self.words(.hours(Int64(membership.toleranceHours)))
        return [
            LocalisedText(
                zhCN: "会员时长 \(membership.lengthDays) 天；提前 \(tolerance.zhCN)以上到期的，视为时长缩水。",
                en: "The membership lasts \(Self.days(membership.lengthDays)); one that ends more"
                    + " than \(tolerance.en) early is shortened."
            )
        ]
    }

    /// A length of time in both languages.
    static func words(_ duration: PolicyDuration) -> LocalisedText {
        line { duration.text(in: $0) }
    }

    /// Days in English.
    static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }
}

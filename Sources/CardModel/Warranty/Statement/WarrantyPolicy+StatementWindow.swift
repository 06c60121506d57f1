extension WarrantyPolicy {
    /// How long the warranty runs, what ends it before, and what stops its clock.
    var windowLines: [LocalisedText] {
        switch window.mode {
        case .none:
            [LocalisedText(zhCN: "本商品不提供质保。", en: "There is no warranty on this product.")]
        case .period: [lengthLine] + clockLines
        case .oneTimeVerification: [oneTimeWarning, lengthLine] + clockLines
        }
    }

    private var lengthLine: LocalisedText {
        let start = Self.line { window.basis.name(in: $0) }
        let days = Self.days(window.days)
        guard let latest = window.fallback.map({ Self.words($0.after) }) else {
            return LocalisedText(
                zhCN: "质保期：自\(start.zhCN)起 \(window.days) 天；\(countingText.zhCN)。",
                en: "Period: \(days) from \(start.en), \(countingText.en)."
            )
        }
        return LocalisedText(
            zhCN: "质保期：自\(start.zhCN)起 \(window.days) 天；交付满 \(latest.zhCN)仍未"
                + "\(start.zhCN)的，自满 \(latest.zhCN)时起算；\(countingText.zhCN)。",
            en: "Period: \(days) from \(start.en), or from \(latest.en) after the delivery where"
                + " that comes first, \(countingText.en)."
        )
    }

    private var countingText: LocalisedText {
        switch window.counting {
        case .exact: LocalisedText(zhCN: "每天按 24 小时计算", en: "a day being 24 hours")
        case .localDays:
            LocalisedText(
                zhCN: "到期日当地时间（\(window.zone.identifier)）24 时止",
                en: "to the end of the last local day (\(window.zone.identifier))"
            )
        }
    }

    /// M3-49: a buyer is warned before he pays.
    private var oneTimeWarning: LocalisedText {
        let end =
            oneTime.endsOnActivation
            ? LocalisedText(
                zhCN: "您首次查验且结果有效，或发行方有证据表明卡密在交付后已激活，质保即结束",
                en: "it ends with your first check that shows a good code, or with the issuer's"
                    + " evidence of an activation after delivery"
            )
            : LocalisedText(
                zhCN: "您首次查验且结果有效，质保即结束",
                en: "it ends with your first check that shows a good code"
            )
        let disclosure =
            oneTime.isDisclosureRequired
            ? LocalisedText(
                zhCN: "下单前未告知的，此规则不适用，质保期照常计算。",
                en: " Where this was not disclosed before the order, it does not hold and the"
                    + " period runs in full."
            ) : LocalisedText(zhCN: "", en: "")
        return LocalisedText(
            zhCN: "注意：本商品为一次性验证质保，\(end.zhCN)。\(disclosure.zhCN)",
            en: "Note: this is a one-time verification warranty: \(end.en).\(disclosure.en)"
        )
    }

    private var clockLines: [LocalisedText] {
        var lines = [
            LocalisedText(
                zhCN: "以您提出问题的时间为准，不以作出决定的时间为准。",
                en: "The time of your report counts, not that of the decision."
            )
        ]
        let kinds = TollingKind.allCases.filter { window.tolling.contains($0) }
        if !kinds.isEmpty {
            let names = Self.line { language in
                kinds.map { $0.name(in: language) }
                    .joined(separator: language == .zhCN ? "、" : ", ")
            }
            lines.append(
                LocalisedText(
                    zhCN: "以下期间不计入质保期：\(names.zhCN)。",
                    en: "The clock stands during: \(names.en)."
                )
            )
        }
        let least = window.replacement.leastDays
        lines.append(
            LocalisedText(
                zhCN: "更换的卡密享有剩余质保期，且不少于 \(least) 天。",
                en: "A replacement code has the rest of the period, at least \(Self.days(least))."
            )
        )
        return lines
    }
}

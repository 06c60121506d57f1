extension WarrantyPolicy {
    /// Who does what by when.
    var handlingLines: [LocalisedText] {
        let levels = serviceLevels
        let first = Self.words(levels.firstResponse)
        let proposal = Self.words(levels.proposal)
        let resolution = Self.words(levels.resolution)
        let hard = Self.words(levels.hardLimit)
        let lines = [
            LocalisedText(
                zhCN: "客服在 \(first.zhCN)内首次响应，\(proposal.zhCN)内给出处理方案，"
                    + "\(resolution.zhCN)内完成处理，最迟 \(hard.zhCN)。",
                en: "A first answer comes within \(first.en), a plan within \(proposal.en), the end"
                    + " of the handling within \(resolution.en), at the latest within \(hard.en)."
            )
        ]
        return publishedFlow.map { [$0] + lines } ?? lines
    }

    /// The sentence of the published flow (M2-11); `nil` where the platform has not agreed on it.
    private var publishedFlow: LocalisedText? {
        guard let evidence = serviceLevels.buyerEvidenceWithin.map(Self.words),
            let decision = serviceLevels.platformDecidesWithin.map(Self.words)
        else { return nil }
        return LocalisedText(
            zhCN: "卡密失效需在 \(evidence.zhCN)内提供凭证，平台将在 \(decision.zhCN)内处理。",
            en: "For a code that does not work, bring your evidence within \(evidence.en); the"
                + " platform decides within \(decision.en)."
        )
    }

    /// What the buyer gets, and by when.
    var remedyLines: [LocalisedText] {
        let names = Self.line { language in
            remedies.order.map { $0.name(in: language) }
                .joined(separator: language == .zhCN ? "、" : ", ")
        }
        let choice =
            switch remedies.choice {
            case .buyer: LocalisedText(zhCN: "由您选择", en: "the choice is yours")
            case .policy:
                LocalisedText(zhCN: "按所列次序处理", en: "in the order in which they stand")
            }
        let replace = Self.words(serviceLevels.replaceWithin)
        let refund = Self.words(serviceLevels.refundWithin)
        var lines = [
            LocalisedText(
                zhCN: "补救方式：\(names.zhCN)；\(choice.zhCN)。",
                en: "Remedies: \(names.en); \(choice.en)."
            ),
            LocalisedText(
                zhCN: "责任判定后，更换在 \(replace.zhCN)内完成，退款在 \(refund.zhCN)内完成。",
                en: "Once it is decided, a replacement takes \(replace.en) at most, a refund"
                    + " \(refund.en)."
            ),
        ]
        if let percent = remedies.delayPercent {
            lines.append(
                LocalisedText(
                    zhCN: "延迟交付的，按价款的 \(percent)% 补偿。",
                    en: "A late delivery is compensated with \(percent) % of the price."
                )
            )
        }
        if let within = noReasonReturn.map(Self.words) {
            lines.append(
                LocalisedText(
                    zhCN: "未使用的卡密，\(within.zhCN)内可无理由退货。",
                    en: "An unused code may be returned within \(within.en) without a reason."
                )
            )
        }
        return lines
    }

    /// What the buyer can do against a decision, and who pays when the merchant does not.
    var disputeLines: [LocalisedText] {
        let appeal = Self.words(serviceLevels.appealWithin)
        let answer = Self.words(serviceLevels.appealDecidedWithin)
        var lines = [
            LocalisedText(
                zhCN: "对决定有异议的，可在 \(appeal.zhCN)内申请复核，\(answer.zhCN)内答复。",
                en: "You may appeal a decision within \(appeal.en); the answer comes within"
                    + " \(answer.en)."
            )
        ]
        if let amount = arbitration.quorumAmount {
            let text = "\(amount.decimalText) \(amount.currency)"
            lines.append(
                LocalisedText(
                    zhCN: "争议金额达到 \(text) 的，由 \(arbitration.arbiters) 名仲裁人共同决定。",
                    en: "From \(text) on, \(arbitration.arbiters) arbiters decide together."
                )
            )
        }
        if deposit.backstop {
            lines.append(
                LocalisedText(
                    zhCN: "商家保证金不足且逾期未回应的，由平台垫付。",
                    en: "Where the merchant's deposit is short and the merchant is silent past the"
                        + " limit, the platform pays."
                )
            )
        }
        if let noRefundClause {
            lines.append(
                LocalisedText(
                    zhCN: "商家写有“\(noRefundClause)”，这一表述不影响本质保。",
                    en: "The merchant states “\(noRefundClause)”; this does not limit the warranty."
                )
            )
        }
        return lines
    }
}

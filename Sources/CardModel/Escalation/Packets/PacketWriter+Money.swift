import WireFormat

/// Money, other channels and rules.
extension PacketWriter {
    var payment: [String] {
        guard let payment = facts.payment else { return [] }
        var lines = [
            item("付款方式", "Paid by", payment.method.name(in: language)),
            item("金额", "Amount", money(payment.amount)),
            item("付款时间", "Paid at", time(payment.paidAt)),
        ]
        lines += payment.references.map {
            item("支付单号", "Payment number", PacketText.code($0))
        }
        lines += payment.payeeAccounts.map {
            item("已知收款账户", "Known payee account", PacketText.code($0))
        }
        if packet.channel.kind == .police {
            lines.append(
                say(
                    "- 账户止付和资金追查由公安机关决定；本系统只列出已知账户。",
                    "- Freezing and tracing are for the police to decide; the known accounts are "
                        + "listed."
                )
            )
        }
        return lines
    }

    var loss: [String] {
        guard let loss = facts.loss else { return [] }
        let rows = loss.items.map { [$0.kind.name(in: language), money($0.amount)] }
        return table(
            [say("项目", "Item"), say("金额", "Amount")],
            rows + [[say("合计", "Total"), money(loss.total)]]
        )
    }

    var contacts: [String] {
        table(
            [say("时间", "When"), say("方式", "Way"), say("结果", "Result")],
            facts.contacts.sorted { $0.at < $1.at }.map {
                [time($0.at), $0.way.name(in: language), result($0.result)]
            }
        )
    }

    private func result(_ result: ContactAttempt.Result) -> String {
        let name = result.name(in: language)
        guard case .awaited(let until?) = result else { return name }
        return name + say("，截至 ", " until ") + time(until)
    }

    /// Only what is true: what lies with a body, and what is due next (M1-32).
    var filings: [String] {
        let filed = facts.filings.filter { $0.channel != packet.channel }.compactMap(filedLine)
        return filed + nextLine
    }

    private func filedLine(_ filing: OutsideFiling) -> String? {
        guard let filedAt = filing.filedAt else { return nil }
        let parts = [
            say("提交于 ", "filed at ") + time(filedAt),
            filing.reference.map { say("编号 ", "number ") + PacketText.code($0.text) },
            filing.status.name(in: language),
        ]
        let channel = filing.channel.name(in: language)
        return item(channel, channel, parts.compactMap(\.self).joined(separator: say("，", ", ")))
    }

    private var nextLine: [String] {
        // A court decides; what would come next is no matter of its.
        guard packet.channel.kind != .court, let next = facts.nextChannel,
            next != packet.channel,
            !facts.filings.contains(where: { $0.channel == next && $0.isFiled }),
            let deadline = facts.demand?.finalDeadline
        else { return [] }
        let channel = next.name(in: language)
        let at = time(deadline)
        return [
            say(
                "- \(at) 前未解决的，下一渠道为\(channel)。",
                "- Without a remedy by \(at), the next channel is \(channel)."
            )
        ]
    }

    var law: [String] {
        guard !facts.law.isEmpty else { return [] }
        var lines = facts.law.map { citation in
            "- " + citation.title[language] + say("：", ": ") + citation.summary[language]
                + aside(PacketText.code(citation.id))
        }
        if facts.law.contains(where: { !$0.isVerified }) {
            lines += [
                "",
                say(
                    "条文为摘要，提交前请核对现行法律文本。",
                    "These are summaries: compare them with the law in force before filing."
                ),
            ]
        }
        return lines
    }

    /// Who files, and that it has not been done (E4).
    var filing: [String] {
        let persons = packet.channel.filers.map { $0.name(in: language) }
            .joined(separator: say("或", " or "))
        return [
            say(
                "本材料由系统根据记录编制，尚未提交。由\(persons)核对后自行提交。",
                "This was prepared from the records and has not been filed. It is checked and "
                    + "filed by \(persons)."
            )
        ] + confirmations
    }

    private var confirmations: [String] {
        let acts = facts.actsToConfirm(for: packet.channel)
        let given = acts.compactMap { act in facts.confirmations.first { $0.act == act } }
        return (given.isEmpty ? [] : [""])
            + given.map { confirmation in
                let name = confirmation.act.name(in: language)
                let who = confirmation.by.name(in: language) + say("，", ", ")
                return item(name, name, who + time(confirmation.at))
            }
    }
}

extension PaymentMethod {
    func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .guaranteed: LocalisedText(zhCN: "担保交易", en: "payment held by a third party")
        case .wechat: LocalisedText(zhCN: "微信支付", en: "WeChat Pay")
        case .alipay: LocalisedText(zhCN: "支付宝", en: "Alipay")
        case .bankCard: LocalisedText(zhCN: "银行卡", en: "bank card")
        case .directTransfer: LocalisedText(zhCN: "直接转账", en: "direct transfer")
        case .unknown: LocalisedText(zhCN: "未记录", en: "not recorded")
        }
    }
}

extension PersonConfirmation.Act {
    func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .accusationOfFraud:
            LocalisedText(zhCN: "欺诈嫌疑由人工确认", en: "Suspicion of fraud confirmed by")
        case .refundPlusThree:
            LocalisedText(zhCN: "三倍赔偿由人工确认", en: "Threefold claim confirmed by")
        case .collectiveFiling:
            LocalisedText(zhCN: "集体案件由人工确认", en: "Collective case confirmed by")
        }
    }
}

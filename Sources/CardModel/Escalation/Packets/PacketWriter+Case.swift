import WireFormat

/// What happened, between whom, and what is asked.
extension PacketWriter {
    var problem: [String] {
        var lines = [
            item("商品", "Product", PacketText.plain(facts.productName)),
            item("订单号", "Order", PacketText.code(facts.orderNumber)),
        ]
        if !facts.serials.isEmpty {
            let serials = facts.serials.map { PacketText.code($0.text) }.joined(separator: ", ")
            lines.append(item("卡号（仅后四位）", "Serials (last four)", serials))
        }
        lines.append(item("问题", "Problem", facts.problem.name(in: language)))
        if let state = facts.state {
            lines.append(item("查询结果", "Finding", state.meaning(in: language)))
        }
        lines.append(item("发生时间", "When", time(facts.occurredAt)))
        if let answer = facts.issuerAnswer {
            let words = PacketText.plain(answer.text) + aside(time(answer.at))
            lines.append(item("发行方原文", "The issuer's words", words))
        }
        return lines
    }

    var demand: [String] {
        guard let demand = facts.demand else { return [] }
        var lines = demand.reliefs.map { say("- 要求", "- Demanded: ") + $0.text(in: language) }
        lines.append(item("最后期限", "Final deadline", time(demand.finalDeadline)))
        if demand.asksForThreefold {
            lines.append(
                say(
                    "- 三倍赔偿由人工确认后提出；是否适用由受理方判断。",
                    "- The threefold claim was confirmed by a person; whether it applies is for "
                        + "the body to judge."
                )
            )
        }
        return lines
    }

    var parties: [String] {
        guard let respondent = facts.respondent else { return [] }
        var lines: [String] = []
        if let complainant = facts.complainant {
            let contact = aside(PacketText.plain(complainant.contact))
            let name = PacketText.plain(complainant.name)
            lines.append(item("投诉人", "Complainant", name + contact))
        }
        let role = respondent.role.name(in: language)
        let name = PacketText.plain(respondent.legalName)
        lines.append(item("被投诉方", "Respondent", name + aside(role)))
        if let number = respondent.registrationNumber {
            lines.append(item("统一社会信用代码", "Registration", PacketText.code(number)))
        }
        if let number = respondent.icpNumber {
            lines.append(item("ICP备案号", "ICP filing", PacketText.code(number)))
        }
        lines.append(
            item("主体信息快照时间", "Identity as recorded at", time(respondent.snapshotAt))
        )
        let heads = [say("域名", "Domain"), say("首次记录", "First seen"), say("最后记录", "Last seen")]
        let rows = respondent.domains.map { domain in
            [
                PacketText.code(domain.host), time(domain.firstSeenAt),
                domain.lastSeenAt.map(time) ?? say("使用中", "in use"),
            ]
        }
        return lines + (rows.isEmpty ? [] : [""]) + table(heads, rows)
    }

    var agreement: [String] {
        guard let agreement = facts.agreement else { return [] }
        var lines = [item("下单时间", "Ordered at", time(agreement.orderedAt))]
        if let capturedAt = agreement.listingCapturedAt {
            lines.append(item("页面快照时间", "Listing recorded at", time(capturedAt)))
        }
        lines += agreement.promises.map {
            item("页面承诺原文", "The listing's words", PacketText.plain($0[language]))
        }
        return lines
    }

    var breach: [String] {
        table(
            [say("项目", "Attribute"), say("约定", "Agreed"), say("实际", "Actual")],
            facts.breach.map {
                [
                    $0.attribute[language], PacketText.plain($0.agreed[language]),
                    PacketText.plain($0.actual[language]),
                ]
            }
        )
    }

    var timeline: [String] {
        table(
            [say("时间", "When"), say("一方", "Who"), say("事件", "What")],
            facts.timeline.sorted { $0.at < $1.at }.map {
                [time($0.at), $0.actor.name(in: language), $0.text[language]]
            }
        )
    }

    var collective: [String] {
        guard let collective = facts.collective, let first = collective.members.first,
            let last = collective.members.last
        else { return [] }
        var lines = [
            item("问题卡密申诉数量", "Claims about bad codes", String(collective.members.count)),
            item("首件申诉时间", "First at", time(first.at)),
            item("末件申诉时间", "Last at", time(last.at)),
        ]
        if let batch = collective.batch {
            lines.append(item("批次", "Batch", PacketText.code(batch)))
        }
        let claims = collective.members.map { PacketText.code($0.claimID) }.joined(separator: ", ")
        return lines + [item("案件编号", "Claims", claims)]
    }
}

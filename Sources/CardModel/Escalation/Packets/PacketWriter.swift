import WireFormat

/// Writes a packet as Markdown from templates without free adjectives (M0-24, M4-21).
struct PacketWriter {
    let packet: EscalationPacket
    let language: Language

    var facts: PacketFacts { packet.facts }

    /// - Parameter missing: what a draft lacks; `nil` for a ready packet.
    func markdown(draftWithout missing: [PacketField]?) -> String {
        var lines = ["# \(title)", ""] + head
        if let missing { lines += draftNotice(missing) }
        for section in PacketSection.of(packet.channel.kind) {
            let body = body(of: section)
            if !body.isEmpty {
                lines += ["", "## \(section.heading(in: language))", ""] + body
            } else if let field = section.field, missing?.contains(field) == true {
                lines += ["", "## \(section.heading(in: language))", ""]
                lines.append(say("（缺）", "(missing) ") + field.whatToDo(in: language))
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var title: String {
        let channel = packet.channel.name(in: language)
        switch packet.channel.kind {
        case .platform: return say("投诉书：\(channel)", "Complaint to \(channel)")
        case .consumerBody: return say("消费投诉书：\(channel)", "Consumer complaint to \(channel)")
        case .paymentFirm: return say("支付争议申请：\(channel)", "Payment dispute with \(channel)")
        case .court: return say("民事起诉材料：\(channel)", "Papers for a civil suit: \(channel)")
        case .police: return say("报案材料：\(channel)", "Papers for a report to \(channel)")
        case .notary: return say("公证材料清单：\(channel)", "List of material for \(channel)")
        }
    }

    private var head: [String] {
        [
            item("跟踪号", "Tracking number", PacketText.code(facts.claimNumber)),
            item("编制时间", "Prepared at", time(facts.preparedAt)),
            item(
                "状态",
                "Status",
                OutsideFiling.Status.prepared.name(in: language)
            ),
        ]
    }

    private func draftNotice(_ missing: [PacketField]) -> [String] {
        ["", say("**草稿，不可提交。**", "**Draft, not to be filed.**")]
            + (missing.isEmpty ? [] : [""])
            + missing.map { "- [ ] " + $0.whatToDo(in: language) }
    }

    /// Empty when the facts have nothing for the section.
    private func body(of section: PacketSection) -> [String] {
        switch section {
        case .problem: problem
        case .demand: demand
        case .parties: parties
        case .agreement: agreement
        case .breach: breach
        case .timeline: timeline
        case .payment: payment
        case .loss: loss
        case .collective: collective
        case .evidence: evidence
        case .contacts: contacts
        case .filings: filings
        case .rules: facts.rules.map { "- " + PacketText.code($0.text) }
        case .law: law
        case .hashes: hashes
        case .verification: verification
        case .filing: filing
        }
    }
}

extension PacketWriter {
    func say(_ zhCN: String, _ en: String) -> String {
        LocalisedText(zhCN: zhCN, en: en)[language]
    }

    func item(_ zhCN: String, _ en: String, _ value: String) -> String {
        "- " + say(zhCN + "：", en + ": ") + value
    }

    /// What follows a fact in parentheses.
    func aside(_ text: String) -> String { say("（\(text)）", " (\(text))") }

    func time(_ instant: Instant) -> String { facts.zone.text(of: instant, to: .seconds) }

    func money(_ amount: Money) -> String { amount.text(in: language) }

    /// A table; nothing without rows.
    func table(_ heads: [String], _ rows: [[String]]) -> [String] {
        guard !rows.isEmpty else { return [] }
        return [row(heads), row(heads.map { _ in "---" })] + rows.map(row)
    }

    private func row(_ cells: [String]) -> String {
        "| " + cells.joined(separator: " | ") + " |"
    }
}

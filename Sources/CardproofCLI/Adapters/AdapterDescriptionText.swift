import AdapterKit
import CardModel
import Foundation

/// What `adapter describe` tells a merchant: what is asked, what that does to the code, and what
/// each answer means.
struct AdapterDescriptionText {
    let listing: AdapterRegistry.Listing
    let language: Language

    private var descriptor: AdapterDescriptor { listing.descriptor }

    /// One word or phrase: ready, off and why, or what is missing.
    var status: String {
        switch listing.off {
        case .disabled: return language("已关闭（enabled: false）", "off (enabled: false)")
        case .notTestedLive:
            return language(
                "已关闭：未经真实发行方验证，在 adapters.\(listing.id) 中配置后启用",
                "off: not tested live; configuring adapters.\(listing.id) turns it on"
            )
        case nil: break
        }
        if listing.isReady {
            return descriptor.notTestedLive
                ? language("就绪，未经真实发行方验证", "ready, not tested live")
                : language("就绪", "ready")
        }
        return language("缺少 ", "needs ")
            + listing.missingSettings.joined(separator: listSeparator)
    }

    /// What asking does to the code, or handing it in where nothing can be asked.
    var effect: String {
        if descriptor.kind == .local {
            return language("不联系任何人，不改变任何东西", "asks nobody, changes nothing")
        }
        let operation =
            descriptor.operations[.inquire] == nil
            ? AdapterOperation.redeem : AdapterOperation.inquire
        guard let effect = descriptor.operations[operation] else {
            return language("不查询", "is not asked about")
        }
        var words = Self.meaning(effect)[language]
        if descriptor.disclosesTo != nil {
            words += language("；第三方会看到卡密", "; a third party sees it")
        }
        return words
    }

    var text: String {
        ([title] + operations + facts + settings + answers).joined(separator: "\n")
    }

    private var title: String {
        "\(descriptor.name[language])  (\(listing.id), \(descriptor.label), "
            + "\(descriptor.kind.rawValue))\n\(status)\n"
    }

    private var operations: [String] {
        let rows = AdapterOperation.allCases.compactMap { operation -> [String]? in
            guard let effect = descriptor.operations[operation] else { return nil }
            var cells = [Self.name(operation)[language], Self.meaning(effect)[language]]
            if descriptor.needsConsent(operation) {
                cells[1] += language("；须有卡密主人的授权记录", "; only with its owner's consent on record")
            }
            if let note = descriptor.operationNotes[operation] { cells.append(note[language]) }
            return cells
        }
        return [
            language("询问什么，对卡密有什么影响：", "What is asked, and what it does to the code:")
        ]
            + Table(rows: rows.map { ["  " + $0[0]] + $0.dropFirst() }).text.components(
                separatedBy: "\n")
    }

    private var facts: [String] {
        var lines: [String] = []
        // One that asks nobody shows the code to nobody, and needs no limits.
        if descriptor.kind != .local { lines.append(witnesses) }
        if let settlement { lines.append(settlement) }
        if descriptor.kind != .local { lines.append(limits) }
        if !descriptor.formats.isEmpty {
            lines.append(
                language("卡密格式：", "Card formats: ")
                    + descriptor.formats.joined(separator: listSeparator)
            )
        }
        if !descriptor.canaries.isEmpty {
            lines.append(
                language("定期自查的已知卡密：", "Known codes asked on a schedule: ")
                    + descriptor.canaries.map(\.name).joined(separator: listSeparator)
            )
        }
        if let shadow = listing.shadow {
            lines.append(
                language("并行比对（不据此行动）：", "Compared with, without acting on it: ") + shadow
            )
        }
        return lines.isEmpty ? [] : [""] + lines
    }

    private var listSeparator: String { language("、", ", ") }

    /// Who is asked need not have issued the code: some sell the cards of others, or take them.
    private var witnesses: String {
        language("还有谁会看到卡密：", "Who else sees the code: ")
            + (descriptor.disclosesTo?[language]
                ?? language("只有被询问的服务方", "only the service that is asked"))
    }

    private var limits: String {
        let limits = descriptor.limits
        let rate = Self.plain(limits.requestsPerSecond)
        let timeout = Self.plain(limits.timeout / .seconds(1))
        return language("限制：", "Limits: ")
            + language(
                "同时 \(limits.concurrency) 个请求，每秒 \(rate) 个，超时 \(timeout) 秒",
                "\(Self.count("\(limits.concurrency)", "request")) at a time, \(rate) a second, "
                    + "\(Self.count(timeout, "second")) for an answer"
            )
    }

    private var settlement: String? {
        guard descriptor.operations[.redeem] != nil else { return nil }
        let heading = language("超时后如何确认：", "How a time-out is settled: ")
        let settlement = descriptor.settlement
        if let note = settlement.note { return heading + note[language] }
        var ways: [String] = []
        if settlement.byQuery { ways.append(language("向发行方查询订单", "by asking about the order")) }
        if settlement.byCallback { ways.append(language("发行方回调", "by the issuer's callback")) }
        if let other = settlement.byAdapter {
            ways.append(language("通过适配器 \(other)", "through the adapter \(other)"))
        }
        return heading
            + (ways.isEmpty
                ? language("无法自动确认，由人工处理", "not at all; a person decides")
                : ways.joined(separator: language("，", ", ")))
    }

    private var settings: [String] {
        guard !descriptor.settings.isEmpty else { return [] }
        let rows = descriptor.settings.map { setting -> [String] in
            var words = [
                setting.isRequired ? language("必填", "required") : language("可选", "optional")
            ]
            if setting.isSecret { words.append(language("写在文件里", "in a file")) }
            if let value = setting.defaultValue {
                let shown = Self.shortened(value)
                words.append(language("默认 \(shown)", "default \(shown)"))
            }
            return [
                "  " + setting.name, words.joined(separator: language("，", ", ")),
                setting.summary?[language] ?? "",
            ]
        }
        return ["", language("设置：", "Settings:")]
            + Table(rows: rows).text.components(separatedBy: "\n")
    }

    private var answers: [String] {
        guard !descriptor.answers.isEmpty else { return [] }
        let rows = descriptor.answers.map { answer in
            [
                "  " + answer.words[language],
                answer.state.rawValue + (answer.cause.map { " (\($0.rawValue))" } ?? ""),
                answer.merchantMeaning(in: language),
            ]
        }
        return [
            "", language("每种应答的含义：", "What each answer means:"),
        ] + Table(rows: rows).text.components(separatedBy: "\n") + everythingElse
    }

    /// What is not in the table. An order that spends a code is never placed a second time.
    private var everythingElse: [String] {
        var lines: [String] = []
        if descriptor.operations[.inquire] != nil, descriptor.kind != .local {
            lines.append(
                language(
                    "其他任何应答：indeterminate，稍后再问，不对商家作出结论",
                    "anything else: indeterminate, asked again, never held against the seller"
                )
            )
        }
        if descriptor.operations[.redeem] != nil {
            lines.append(
                language(
                    "其他任何应答：indeterminate，订单保持未决，卡密不会再次提交，按上面的方式确认，不对商家作出结论",
                    "anything else: indeterminate; the order stays open, the code is not handed in "
                        + "again, and it is settled as said above; never held against the seller"
                )
            )
        }
        return lines.map { "  " + $0 }
    }

    /// A key by its beginning: in full, it would put what follows far to the right in every row.
    /// An address stays whole.
    private static func shortened(_ value: String) -> String {
        value.count > mostShown ? value.prefix(mostShown / 2) + "…" : value
    }

    private static let mostShown = 80

    /// A number and what it counts, in English.
    private static func count(_ number: String, _ noun: String) -> String {
        "\(number) \(noun)" + (number == "1" ? "" : "s")
    }

    /// A whole number without a fraction.
    private static func plain(_ number: Double) -> String {
        Int(exactly: number).map { "\($0)" } ?? "\(number)"
    }

    static func name(_ operation: AdapterOperation) -> LocalisedText {
        switch operation {
        case .inquire: LocalisedText(zhCN: "查询状态", en: "inquire: its state now")
        case .history: LocalisedText(zhCN: "查询使用记录", en: "history: when and by whom it was used")
        case .provenance: LocalisedText(zhCN: "核对来源", en: "provenance: whether it was issued")
        case .stockCount:
            LocalisedText(zhCN: "清点库存", en: "stock count: how many of a range were loaded")
        case .reserve: LocalisedText(zhCN: "预留", en: "reserve: hold it for a moment")
        case .activate: LocalisedText(zhCN: "激活", en: "activate: take a seat of the licence")
        case .redeem: LocalisedText(zhCN: "兑换", en: "redeem: spend it")
        }
    }

    static func meaning(_ effect: OperationEffect) -> LocalisedText {
        switch effect {
        case .readOnly: LocalisedText(zhCN: "只读，不改变任何东西", en: "changes nothing")
        case .leavesTrace:
            LocalisedText(
                zhCN: "留下痕迹（计数或时间），卡密仍可使用",
                en: "leaves a trace (a counter, a date); the code stays usable"
            )
        case .consumes: LocalisedText(zhCN: "会消耗卡密", en: "spends the code")
        }
    }
}

import AdapterKit
import CardModel
import Gateway
import WireFormat

/// What an audit says about asking the issuer.
extension AuditText {
    /// Whom, how, how much and how long, before the first question.
    func plan(_ work: InquiryWork, _ reach: InquiryWork.Reach, journal: String) -> String {
        let adapter = work.issuer.descriptor
        let rate = Self.rate(work.issuer.limits.requestsPerSecond)
        let seconds = Double(reach.open) / work.issuer.limits.requestsPerSecond
        var lines = [
            language(
                "查询发行方：商品 \(work.head.product)，\(adapter.name[.zhCN])（\(adapter.label)），"
                    + "inquire：\(effect(adapter.inquiryEffect))",
                "asking the issuer: product \(work.head.product), \(adapter.name[.en]) "
                    + "(\(adapter.label)), inquire: \(effect(adapter.inquiryEffect))"
            )
        ]
        if let note = adapter.operationNotes[.inquire] { lines.append("  " + note[language]) }
        if let party = adapter.disclosesTo {
            lines.append("  " + language("卡密将被展示给：", "sees the codes: ") + party[language])
        }
        lines.append(
            language(
                "  最多查询 \(reach.open) 个（共 \(work.survey.candidates) 个无自身缺陷的卡密），每秒最多 \(rate) 次，"
                    + "约需 \(Self.time(seconds, .zhCN))",
                "  at most \(reach.open) of \(work.survey.candidates) codes without a defect of "
                    + "their own will be asked, at most \(rate) a second, about "
                    + Self.time(seconds, .en)
            )
        )
        if reach.known + reach.interrupted > 0 {
            lines.append(
                language(
                    "  已有答案 \(reach.known) 个，中断 \(reach.interrupted) 个，不再查询",
                    "  \(reach.known) have their answer, \(reach.interrupted) were interrupted; "
                        + "none of them is asked again"
                )
            )
        }
        if let plan = work.plan { lines.append("  " + self.plan(plan, work.head)) }
        lines.append("  " + language("答案保存在 \(journal)", "answers are kept in \(journal)"))
        return lines.joined(separator: "\n")
    }

    private func plan(_ plan: SamplingPlan, _ head: InquiryHead) -> String {
        var seed = ""
        if case .sample(_, let number) = head.choice { seed = "\(number)" }
        let share = Self.percent(plan.demand.maximumBadShare)
        let confidence = Self.percent(plan.demand.confidence)
        let count = plan.batches.count
        let batches = "\(count) \(count == 1 ? "batch" : "batches")"
        let sentence = language(
            "抽样 \(plan.size) 个，\(count) 个批次；全部有效则可声明坏卡不超过 \(share)（置信度 \(confidence)），"
                + "出现 \(plan.failureNumber) 个坏卡即停止；种子 \(seed)",
            "a sample of \(plan.size) over \(batches); if all are "
                + "good, at most \(share) are bad at \(confidence) confidence; "
                + "\(plan.failureNumber) bad codes end it early; seed \(seed)"
        )
        guard !plan.isMet(notGood: 0) else { return sentence }
        let reachable = Self.percent(
            Double(plan.mostBad(notGood: 0)) / Double(max(1, plan.population))
        )
        return language(
            "抽样 \(plan.size) 个，\(count) 个批次；预算不足以证明 \(share)，全部有效时只能声明坏卡不超过 \(reachable)"
                + "（置信度 \(confidence)）；种子 \(seed)",
            "a sample of \(plan.size) over \(batches); the budget "
                + "is too small to show \(share): if all are good, at most \(reachable) are bad at "
                + "\(confidence) confidence; seed \(seed)"
        )
    }

    private func effect(_ effect: OperationEffect) -> String {
        switch effect {
        case .readOnly: language("只读", "reads only")
        case .leavesTrace: language("会留下痕迹", "leaves a trace")
        case .consumes: language("会消耗卡密", "spends the code")
        }
    }

    var issuerHeading: String { language("发行方的答复", "What the issuer says") }

    /// What followed, in one sentence.
    func finding(_ summary: IssuerInquirySummary) -> String {
        let asked = summary.asked
        let of = summary.candidates
        let counts = language(
            "坏卡 \(summary.bad) 个，未定 \(summary.undecided) 个，查询了 \(of) 个中的 \(asked) 个",
            "\(summary.bad) bad, \(summary.undecided) undecided, "
                + "\(Self.grouped(asked)) of \(Self.grouped(of)) asked"
        )
        let head = language("发行方：", "issuer: ")
        switch summary.finding {
        case .everyCode: return head + counts
        case .unfinished:
            return head + counts + language("；查询未完成", "; asking is not finished")
        case .clearFailure:
            guard case .sample(let plan, _) = summary.extent else { return head + counts }
            let share = Self.percent(plan.demand.maximumBadShare)
            let confidence = Self.percent(plan.demand.confidence)
            return head
                + language(
                    "坏卡超过 \(share)（置信度 \(confidence)），已停止：\(counts)",
                    "more than \(share) bad at \(confidence) confidence, stopped early: \(counts)"
                )
        case .atMost(let bad, let isMet):
            guard case .sample(let plan, _) = summary.extent else { return head + counts }
            let bound =
                isMet
                ? plan.demand.maximumBadShare : Double(bad) / Double(max(1, plan.population))
            let share = Self.percent(bound)
            let confidence = Self.percent(plan.demand.confidence)
            return head
                + language(
                    "坏卡不超过 \(share)（置信度 \(confidence)）：\(counts)",
                    "at most \(share) bad at \(confidence) confidence: \(counts)"
                )
        }
    }

    func ending(_ ending: StockInquirer.Ending) -> String {
        switch ending {
        case .done: ""
        case .issuerAway:
            language(
                "发行方长时间无法查询；稍后用 --resume 继续",
                "the issuer could not be asked for a long time; go on later with --resume"
            )
        case .accountRefused:
            language(
                "发行方拒绝了我们的账户或请求；请检查适配器的设置和凭据，再用 --resume 继续",
                "the issuer refuses our account or our requests: look at the adapter's settings "
                    + "and credentials, then go on with --resume"
            )
        }
    }

    func pause(_ reason: String, until: Instant) -> String {
        language(
            "发行方暂不可查询（\(reason)），等到 \(until.rfc3339Seconds)",
            "the issuer is left alone (\(reason)) until \(until.rfc3339Seconds)"
        )
    }

    var askingBrokeOff: String {
        language(
            "查询进程意外结束；用 --resume 继续",
            "the asking process ended unexpectedly; go on with --resume"
        )
    }

    func waitingForJournal(_ path: String) -> String {
        language(
            "\(path)：等待先前运行中尚未返回的查询",
            "\(path): waiting for the questions that an earlier run has under way"
        )
    }

    var journalInUse: String {
        language("正被另一个审核写入", "is being written by another audit")
    }

    func interrupted(_ journal: String) -> String {
        language(
            "已中断；答案保存在 \(journal)，用 --resume 继续",
            "interrupted; the answers are in \(journal): go on with --resume"
        )
    }

    func difference(_ difference: InquiryHead.Difference) -> String {
        switch difference {
        case .issuer:
            language(
                "属于另一商品或适配器版本，不能继续",
                "belongs to another product, or to another version of its adapter; it cannot be "
                    + "gone on with"
            )
        case .choice:
            language(
                "属于另一种抽样（--online、--max-bad-share、--confidence、--budget、--seed），不能继续",
                "belongs to another choice of codes (--online, --max-bad-share, --confidence, "
                    + "--budget, --seed); it cannot be gone on with"
            )
        case .stock:
            language(
                "库存、历史文件或读法已改变，不能继续；请用新的 --journal 重新开始",
                "the stock, the history or how they are read has changed; it cannot be gone on "
                    + "with: start again with another --journal"
            )
        }
    }

    /// `0.2 %`, as exact as it was given, rounded up.
    static func percent(_ share: Double) -> String {
        let thousandths = (share * 100_000 - 1e-6).rounded(.up)
        var text = "\(thousandths / 1000)"
        if text.hasSuffix(".0") { text.removeLast(2) }
        return text + " %"
    }

    private static func rate(_ rate: Double) -> String {
        let text = "\((rate * 1000).rounded() / 1000)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    /// `100,000`.
    private static func grouped(_ number: Int) -> String {
        let digits = Array(String(number))
        return digits.indices.map { index in
            let isBreak = index > 0 && (digits.count - index) % 3 == 0
            return (isBreak ? "," : "") + String(digits[index])
        }.joined()
    }

    private static func time(_ seconds: Double, _ language: Language) -> String {
        switch seconds {
        case ..<90: language("\(Int(seconds.rounded(.up))) 秒", "\(Int(seconds.rounded(.up))) s")
        case ..<5400:
            language("\(Int(seconds / 60) + 1) 分钟", "\(Int(seconds / 60) + 1) min")
        default: language("\(Int(seconds / 3600) + 1) 小时", "\(Int(seconds / 3600) + 1) h")
        }
    }
}

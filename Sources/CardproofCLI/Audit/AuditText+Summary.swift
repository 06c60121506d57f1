import CardModel
import Gateway

/// What was found and what was not looked at, as small tables.
extension AuditText {
    func summary(_ outcome: AuditOutcome) -> String {
        guard let summary = outcome.summary else { return "" }
        var parts: [String] = []
        if let interruption = summary.interruption { parts.append(partial(interruption)) }
        parts.append(
            text(
                "\(summary.lines) 行，\(summary.codes) 个卡密：",
                "\(summary.lines) lines, \(summary.codes) codes:"
            )
        )
        parts.append(classes(summary, outcome.scope))
        parts += groups(summary.breakdown, outcome.scope)
        if outcome.scope.readsHistory {
            parts.append(
                text(
                    "历史 \(summary.historyCodes) 个已售卡密，\(summary.historyMalformed) 行无法识别",
                    "history: \(summary.historyCodes) codes sold, "
                        + "\(summary.historyMalformed) lines not understood"
                )
            )
        }
        if let interruption = summary.inquiry?.interruption { parts.append(interruption) }
        if let issuer = outcome.issuer { parts += [issuer.heading] + issuer.paragraphs }
        if !outcome.unchecked.isEmpty {
            parts.append(
                text("未检查：", "not checked: ")
                    + outcome.unchecked.joined(separator: text("；", "; "))
            )
        }
        return parts.joined(separator: "\n")
    }

    private func partial(_ interruption: StockInterruption) -> String {
        let name = Terminal.safeWord(interruption.fileName)
        let cause =
            interruption.isRequested
            ? text("审核被中止", "the audit was stopped")
            : text("读取中断", "reading broke off")
        let reason = interruption.isRequested ? "" : text("：", ": ") + interruption.message
        return text(
            "\(cause)，报告不完整\(reason)（\(name) 第 \(interruption.afterLine) 行之后）",
            "\(cause), the report is partial\(reason) (after line \(interruption.afterLine) "
                + "of \(name))"
        )
    }

    private func classes(_ summary: StockAuditSummary, _ scope: AuditScope) -> String {
        let classes = StockDefectClass.allCases.filter { $0 != .issuer || summary.inquiry != nil }
        let counts = classes.map { summary.defects[$0] ?? 0 }
        return Table(
            rows: zip(classes, aligned(counts)).map { defect, count in
                ["  " + defect.code, count, defect.title[language]]
            }
        ).text
    }

    /// Suppliers, or else batches, or else files, where there are several.
    private func groups(_ breakdown: StockBreakdown, _ scope: AuditScope) -> [String] {
        let divisions: [(GroupTotals.Division, String)] = [
            (.supplier, text("供货商", "supplier")), (.batch, text("批次", "batch")),
            (.file, text("文件", "file")),
        ]
        for (division, title) in divisions {
            let totals = GroupTotals.of(breakdown, by: division)
            guard totals.count > 1 else { continue }
            let shown = Array(totals.prefix(AuditReportLimits.terminalGroups))
            let lines = aligned(shown.map(\.lines))
            let defective = aligned(shown.map(\.defectiveLines))
            let rows = shown.enumerated().map { index, group in
                let name = group.batch ?? group.supplier ?? group.file.map { scope.files[$0] }
                return [
                    "  " + (name.map(Terminal.safeWord) ?? text("（未注明）", "(not named)")),
                    lines[index], defective[index], AuditNumbers.percent(group.defectShare),
                ]
            }
            let header = [
                "  " + title, text("行数", "lines"), text("有问题", "defective"),
                text("占比", "share"),
            ]
            let rest = totals.count - shown.count
            let more = rest > 0 ? [text("  另有 \(rest) 项", "  \(rest) more")] : []
            return [Table(header: header, rows: rows).text] + more
        }
        return []
    }

    /// Numbers of equal width, so that their digits stand below each other.
    private func aligned(_ numbers: [Int]) -> [String] {
        let texts = numbers.map { String($0) }
        let width = texts.map(\.count).max() ?? 0
        return texts.map { String(repeating: " ", count: width - $0.count) + $0 }
    }

    /// What no part of this audit looked at.
    func unchecked(
        checksFormat: Bool,
        checksHistory: Bool,
        isHistoryWhole: Bool,
        unreadHistory: Int,
        asksIssuers: Bool
    ) -> [String] {
        var parts =
            asksIssuers ? [] : [text("发行方的状态（--online）", "the issuer's own state (--online)")]
        if !checksFormat {
            parts.append(
                text(
                    "长度、字符与校验位（--card-format）",
                    "length, characters and check digit (--card-format)"
                )
            )
        }
        if !checksHistory { parts.append(text("是否已售（--history）", "already sold (--history)")) }
        if unreadHistory > 0 {
            parts.append(
                text(
                    "历史中无法识别的 \(unreadHistory) 行（--history-format）",
                    "\(unreadHistory) lines of the history, which were not understood "
                        + "(--history-format)"
                )
            )
        }
        if !isHistoryWhole {
            parts.append(text("历史的其余部分（未读完）", "the rest of the history, which was not read"))
        }
        return parts
    }
}

import CardModel
import Gateway
import WireFormat

/// Suppliers, batches and files.
extension AuditPage {
    func groups(_ breakdown: StockBreakdown) -> [String] {
        let language = outcome.scope.language
        var parts: [String] = []
        let suppliers = GroupTotals.of(breakdown, by: .supplier)
        if !suppliers.isEmpty {
            parts.append(
                section(
                    language("按供货商", "By supplier"),
                    table(of: suppliers, [language("供货商", "Supplier")]) { [$0.supplier] }
                )
            )
        }
        let batches = GroupTotals.of(breakdown, by: .batch)
        if !batches.isEmpty {
            let columns =
                (suppliers.isEmpty ? [] : [language("供货商", "Supplier")])
                + [language("批次", "Batch")]
            parts.append(
                section(
                    language("按批次，问题最多的在前", "By batch, the worst first"),
                    table(of: batches, columns) { batch in
                        suppliers.isEmpty ? [batch.batch] : [batch.supplier, batch.batch]
                    }
                )
            )
        }
        let files = GroupTotals.of(breakdown, by: .file)
        if files.count > 1 {
            let names = outcome.scope.files
            parts.append(
                section(
                    language("按文件", "By file"),
                    table(of: files, [language("文件", "File")]) { [$0.file.map { names[$0] }] }
                )
            )
        }
        if breakdown.hasTooManyGroups {
            parts.append(
                "<p>"
                    + language(
                        "供货商和批次超过 \(StockAuditLimits.groups) 个，只按文件统计。",
                        "The files name more than \(StockAuditLimits.groups) suppliers and "
                            + "batches; they are divided by file alone."
                    ) + "</p>\n"
            )
        }
        return parts
    }

    private func table(
        of groups: [GroupTotals],
        _ columns: [String],
        _ names: (GroupTotals) -> [String?]
    ) -> String {
        let language = outcome.scope.language
        let shown = groups.prefix(AuditReportLimits.htmlGroups)
        let rows = shown.map { group in
            names(group).map { name in
                name.map(Self.name) ?? language("（未注明）", "(not named)")
            } + [
                AuditNumbers.grouped(group.lines),
                AuditNumbers.grouped(group.defectiveLines)
                    + " (\(Markup.escaped(AuditNumbers.percent(group.defectShare))))",
                "<span class=\"words\">\(classes(of: group))</span>",
            ]
        }
        let head =
            columns + [
                language("行数", "Lines"), language("有问题", "Defective"),
                language("类别", "By class"),
            ]
        let numbers = Set(columns.count..<columns.count + 2)
        let rest = groups.count - shown.count
        let more =
            rest == 0 ? "" : "<p>" + language("另有 \(rest) 项。", "\(rest) more.") + "</p>\n"
        return table(head, rows, numbers: numbers) + more
    }

    private func classes(of group: GroupTotals) -> String {
        let language = outcome.scope.language
        let parts = StockDefectClass.allCases.compactMap { defect in
            group.rows[defect].map { "\(defect.title[language]) \(AuditNumbers.grouped($0))" }
        }
        return parts.isEmpty ? language("无", "none") : parts.joined(separator: language("，", ", "))
    }
}

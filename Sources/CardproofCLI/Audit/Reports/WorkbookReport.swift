import CardModel
import Drivers
import Gateway
import StatementKit
import WireFormat

/// A workbook for people who work in spreadsheets: what was found as totals, every defect as a row
/// to filter and sort, and the stock by supplier, days left and face value.
///
/// Defects go to the workbook as they come; the other sheets follow when all is counted. Every text
/// is a text for a spreadsheet, whatever it begins with.
final class WorkbookReport: StockAuditReport {
    private let output: ReportOutput
    private let workbook: WorkbookWriter
    private let words: WorkbookWords

    /// - Throws: ``AuditReportError`` when nothing is there to write workbooks.
    init(_ output: ReportOutput, scope: AuditScope) throws {
        self.output = output
        words = WorkbookWords(language: scope.language)
        guard let program = ProgramRenderer.installed(configured: nil)?.path else {
            throw AuditReportError(
                path: ProgramRenderer.programName,
                message: "is not installed beside cardproof; it writes --report-format xlsx"
            )
        }
        do {
            workbook = try WorkbookWriter(program: program) { try output.append($0) }
        } catch {
            throw Self.failure(error)
        }
        try write(.sheet(words.defects))
    }

    func write(_ defect: StockDefect) throws {
        let first = defect.firstLine.map { WorkbookCell.integer(Int($0)) } ?? .empty
        try write(
            .row([
                .text(defect.fileName), .integer(Int(defect.line)), .text(defect.defect.code),
                .text(defect.detail), first,
            ])
        )
    }

    func finish(_ outcome: AuditOutcome) throws {
        let breakdown = outcome.summary?.breakdown ?? StockBreakdown()
        try write(.sheet(words.summary))
        for (item, value) in WorkbookSummary(outcome, words).rows {
            try write(.row([.text(item), value]))
        }
        try writeGroups(breakdown, files: outcome.scope.files)
        try write(.sheet(words.shelfLife))
        for life in StockShelfLife.allCases {
            let count = breakdown.shelfLife[life] ?? 0
            try write(.row([.text(life.title[words.language]), .integer(count)]))
        }
        try write(.sheet(words.faceValues))
        for (value, count) in breakdown.faceValues.sorted(by: Self.isBefore) {
            try write(.row([.text(value), .integer(count)]))
        }
        do {
            try workbook.finish()
        } catch {
            throw Self.failure(error)
        }
        try output.finish()
    }

    private func writeGroups(_ breakdown: StockBreakdown, files: [String]) throws {
        try write(.sheet(words.groups))
        for group in breakdown.groups {
            let totals: [WorkbookCell] = [
                .text(files[group.file]), .text(group.supplier ?? ""), .text(group.batch ?? ""),
                .integer(group.lines), .integer(group.codes), .integer(group.defectiveLines),
                .share(tenThousandths: Int((group.defectShare * 10_000).rounded())),
            ]
            let classes = StockDefectClass.allCases.map { defect in
                WorkbookCell.integer(group.rows[defect] ?? 0)
            }
            try write(.row(totals + classes))
        }
    }

    private func write(_ record: WorkbookRecord) throws {
        do {
            try workbook.write(record)
        } catch {
            throw Self.failure(error)
        }
    }

    /// By amount where both are numbers.
    private static func isBefore(
        _ left: (key: String, value: Int),
        _ right: (key: String, value: Int)
    ) -> Bool {
        let amounts = (Double(left.key) ?? .infinity, Double(right.key) ?? .infinity)
        return amounts.0 == amounts.1 ? left.key < right.key : amounts.0 < amounts.1
    }

    private static func failure(_ error: any Error) -> AuditReportError {
        if let error = error as? AuditReportError { return error }
        let message = (error as? RenderingError)?.message ?? "\(error)"
        return AuditReportError(
            path: ProgramRenderer.programName,
            message: "the workbook was not written: \(message)"
        )
    }
}

/// The first sheet: totals, what was not looked at, and whether the report is whole.
private struct WorkbookSummary {
    let outcome: AuditOutcome
    let words: WorkbookWords

    init(_ outcome: AuditOutcome, _ words: WorkbookWords) {
        self.outcome = outcome
        self.words = words
    }

    var rows: [(String, WorkbookCell)] { partial + scope + totals + issuer + unchecked }

    private var partial: [(String, WorkbookCell)] {
        guard let partial = outcome.partial else { return [] }
        return [
            (
                words("报告不完整", "This report is partial"),
                .text("\(partial.cause): \(partial.place)")
            )
        ]
    }

    private var scope: [(String, WorkbookCell)] {
        let scope = outcome.scope
        var rows = scope.files.map { (words("文件", "File"), WorkbookCell.text($0)) }
        rows.append(
            (words("判断有效期的日期", "Expiry judged on"), .text(scope.asOf.iso8601))
        )
        if scope.minimumRemainingDays > 0 {
            rows.append(
                (
                    words("至少剩余天数", "Days codes must still be good for"),
                    .integer(scope.minimumRemainingDays)
                )
            )
        }
        if let format = scope.cardFormat {
            rows.append((words("卡密格式", "Card format"), .text(format)))
        }
        return rows
    }

    private var totals: [(String, WorkbookCell)] {
        guard let summary = outcome.summary else { return [] }
        var rows: [(String, WorkbookCell)] = [
            (words("行数", "Lines"), .integer(summary.lines)),
            (words("卡密数", "Codes"), .integer(summary.codes)),
        ]
        rows += StockDefectClass.allCases.map { defect in
            let isUnchecked = !outcome.checks(defect)
            return (
                "\(defect.title[words.language]) (\(defect.code))",
                isUnchecked
                    ? .text(words("未检查", "not checked"))
                    : .integer(summary.defects[defect] ?? 0)
            )
        }
        if outcome.scope.checksHistory {
            rows.append(
                (words("历史已售卡密", "Codes sold before"), .integer(summary.historyCodes))
            )
            rows.append(
                (
                    words("历史中无法识别的行", "History lines not understood"),
                    .integer(summary.historyMalformed)
                )
            )
        }
        return rows
    }

    private var issuer: [(String, WorkbookCell)] {
        guard let issuer = outcome.issuer else { return [] }
        return issuer.paragraphs.map { (issuer.heading, .text($0)) }
    }

    private var unchecked: [(String, WorkbookCell)] {
        var rows = outcome.unchecked.map { (words("未检查", "Not checked"), WorkbookCell.text($0)) }
        let breakdown = outcome.summary?.breakdown
        if breakdown?.hasTooManyGroups == true {
            let most = StockAuditLimits.groups
            rows.append(
                (
                    words("供货商和批次", "Suppliers and batches"),
                    .text(words("超过 \(most) 个，只按文件统计", "more than \(most); by file alone"))
                )
            )
        }
        if breakdown?.hasTooManyFaceValues == true {
            let most = StockAuditLimits.faceValues
            rows.append(
                (
                    words("面值", "Face values"),
                    .text(words("超过 \(most) 种，未统计", "more than \(most); not counted"))
                )
            )
        }
        return rows
    }
}

/// The sheets and their columns in the report's language.
private struct WorkbookWords {
    let language: Language

    func callAsFunction(_ zhCN: String, _ en: String) -> String {
        LocalisedText(zhCN: zhCN, en: en)[language]
    }

    var summary: WorkbookSheet {
        WorkbookSheet(
            self("概要", "Summary"),
            leads: true,
            columns: [
                .init(self("项目", "Item"), width: 34), .init(self("值", "Value"), width: 60),
            ]
        )
    }

    var defects: WorkbookSheet {
        WorkbookSheet(
            self("问题", "Defects"),
            columns: [
                .init(self("文件", "File"), width: 30), .init(self("行", "Line"), width: 10),
                .init(self("类别", "Class"), width: 12), .init(self("说明", "Detail"), width: 44),
                .init(self("首次出现的行", "First line"), width: 14),
            ]
        )
    }

    var groups: WorkbookSheet {
        let classes = StockDefectClass.allCases.map { defect in
            WorkbookSheet.Column(defect.title[language], width: 16)
        }
        return WorkbookSheet(
            self("供货商和批次", "Groups"),
            columns: [
                .init(self("文件", "File"), width: 30), .init(self("供货商", "Supplier"), width: 24),
                .init(self("批次", "Batch"), width: 20), .init(self("行数", "Lines"), width: 12),
                .init(self("卡密数", "Codes"), width: 12),
                .init(self("有问题的行", "Defective lines"), width: 16),
                .init(self("占比", "Share"), width: 10),
            ] + classes
        )
    }

    var shelfLife: WorkbookSheet {
        WorkbookSheet(
            self("剩余有效期", "Shelf life"),
            columns: [
                .init(self("剩余有效期", "Days left"), width: 24),
                .init(self("卡密数", "Codes"), width: 12),
            ]
        )
    }

    var faceValues: WorkbookSheet {
        WorkbookSheet(
            self("面值", "Face values"),
            columns: [
                .init(self("面值", "Face value"), width: 24),
                .init(self("卡密数", "Codes"), width: 12),
            ]
        )
    }
}

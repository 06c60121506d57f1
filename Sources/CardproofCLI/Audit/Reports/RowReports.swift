import Gateway
import WireFormat

/// `line<TAB>class[<TAB>detail]`, with several stock files behind the file's name.
final class TabReport: StockAuditReport {
    private let output: ReportOutput
    private let namesFiles: Bool

    init(_ output: ReportOutput, namesFiles: Bool) {
        self.output = output
        self.namesFiles = namesFiles
    }

    func write(_ defect: StockDefect) throws {
        if namesFiles { try output.append(PlainCell.tabSafe(defect.fileName) + "\t") }
        try output.append("\(defect.line)\t\(defect.defect.code)")
        try output.append(
            defect.detail.isEmpty ? "\n" : "\t\(PlainCell.tabSafe(defect.detail))\n"
        )
    }

    func finish(_ outcome: AuditOutcome) throws {
        try output.append(PlainCell.mark(outcome))
        try output.finish()
    }
}

/// RFC 4180 with a header, safe to open in a spreadsheet.
final class CommaReport: StockAuditReport {
    private let output: ReportOutput
    private let namesFiles: Bool

    init(_ output: ReportOutput, namesFiles: Bool) throws {
        self.output = output
        self.namesFiles = namesFiles
        let columns = (namesFiles ? ["file"] : []) + ["line", "class", "detail"]
        try output.append(columns.joined(separator: ",") + "\r\n")
    }

    func write(_ defect: StockDefect) throws {
        if namesFiles { try output.append(PlainCell.spreadsheetSafe(defect.fileName) + ",") }
        try output.append("\(defect.line),\(defect.defect.code),")
        try output.append(PlainCell.spreadsheetSafe(defect.detail) + "\r\n")
    }

    func finish(_ outcome: AuditOutcome) throws {
        try output.append(PlainCell.mark(outcome))
        try output.finish()
    }
}

/// One JSON object a defect and line; a last one says so when the report is partial.
final class JSONLinesReport: StockAuditReport {
    private let output: ReportOutput
    private let scope: AuditScope

    init(_ output: ReportOutput, scope: AuditScope) {
        self.output = output
        self.scope = scope
    }

    func write(_ defect: StockDefect) throws {
        var object = JSONObject()
        if scope.namesFiles {
            object["file"] = .string(defect.fileName)
            object["first_file"] = defect.firstFile.map { .string(scope.files[$0]) } ?? .null
        }
        object["line"] = .integer(Int64(defect.line))
        object["class"] = .string(defect.defect.code)
        object["detail"] = defect.detail.isEmpty ? .null : .string(defect.detail)
        object["first_line"] = defect.firstLine.map { .integer(Int64($0)) } ?? .null
        try output.append(JSONValue.object(object).serialized() + [0x0a])
    }

    func finish(_ outcome: AuditOutcome) throws {
        if let partial = outcome.partial {
            let mark: JSONValue = ["partial": true, "place": .string(partial.place)]
            try output.append(mark.serialized() + [0x0a])
        }
        try output.finish()
    }
}

/// Text from outside in the cells of a report. File names may hold anything; a report's rows may
/// not.
enum PlainCell {
    /// The last line of a report that is not whole; empty for one that is.
    static func mark(_ outcome: AuditOutcome) -> String {
        outcome.partial.map { "# partial: \($0.cause): \(tabSafe($0.place))\n" } ?? ""
    }

    static func tabSafe(_ text: String) -> String {
        // Nearly all: to look at symbols takes longer than all the rest of a row.
        if text.utf8.allSatisfy({ (0x20..<0x7f).contains($0) }) { return text }
        return String(text.map { $0 == "\t" || $0.isNewline ? " " : $0 })
    }

    /// Quoted where needed, and never a formula (OWASP "CSV Injection").
    static func spreadsheetSafe(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t".contains($0) || $0.isNewline } == true
        let plain = isFormula ? "'" + text : text
        guard plain.contains(where: { $0 == "\"" || $0 == "," || $0.isNewline }) else {
            return plain
        }
        return "\"" + plain.replacing("\"", with: "\"\"") + "\""
    }
}

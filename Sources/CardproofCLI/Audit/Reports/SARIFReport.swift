import CardModel
import Gateway
import WireFormat

/// SARIF 2.1.0 (OASIS Standard, errata 01): one run, a result for each defect and line.
///
/// Results are written as they come; nothing is kept of them. `partialFingerprints` hold class,
/// reason, line and first line: the same file audited again gives the same ones. They cannot follow
/// a code to another line, because nothing of a code may stand in a report.
final class SARIFReport: StockAuditReport {
    private let output: ReportOutput
    private let scope: AuditScope
    /// `{"artifactLocation":{…}` of each file, without its end.
    private let places: [String]
    private let ruleIndices: [AuditRule: Int]
    private var isFirst = true

    init(_ output: ReportOutput, scope: AuditScope) throws {
        self.output = output
        self.scope = scope
        places = scope.files.indices.map { Self.place(of: $0, in: scope.files) }
        ruleIndices = Dictionary(
            uniqueKeysWithValues: AuditRule.all.enumerated().map { ($1, $0) }
        )
        let head: JSONValue = [
            "$schema": .string(Self.schema), "version": "2.1.0",
        ]
        try output.append(Array(head.serialized().dropLast()))
        try output.append(",\"runs\":[{\"tool\":\(Self.text(SARIFTool.object(scope.language)))")
        try output.append(",\"results\":[")
    }

    func write(_ defect: StockDefect) throws {
        let rule = AuditRule(defect)
        let message = defect.sentence(scope.language, files: scope.files)
        var result = isFirst ? "\n" : ",\n"
        isFirst = false
        result += "{\"ruleId\":\"\(rule.id)\",\"ruleIndex\":\(ruleIndices[rule] ?? -1)"
        result += ",\"level\":\"\(rule.level)\",\"message\":{\"text\":\(Self.quoted(message))}"
        result += ",\"locations\":[\(location(file: defect.file, line: defect.line))]"
        if let firstLine = defect.firstLine, let firstFile = defect.firstFile {
            result += ",\"relatedLocations\":[\(location(file: firstFile, line: firstLine))]"
        }
        result +=
            ",\"partialFingerprints\":{\"cardproofRow/v1\":\"\(Self.fingerprint(of: defect))\"}}"
        try output.append(result)
    }

    func finish(_ outcome: AuditOutcome) throws {
        var invocation = JSONObject()
        invocation["executionSuccessful"] = .bool(outcome.partial == nil)
        if let partial = outcome.partial {
            invocation["toolExecutionNotifications"] = [
                [
                    "level": "error",
                    "message": ["text": .string("\(partial.cause): \(partial.place)")],
                ]
            ]
        }
        let artifacts = scope.files.map(Self.artifact)
        try output.append("],\"invocations\":[\(Self.text(.object(invocation)))]")
        try output.append(",\"artifacts\":\(Self.text(.array(artifacts)))")
        try output.append(",\"properties\":\(Self.text(Self.totals(outcome)))}]}\n")
        try output.finish()
    }

    private static let schema =
        "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
        + "sarif-schema-2.1.0.json"

    private func location(file: Int, line: UInt64) -> String {
        "{\"physicalLocation\":" + places[file]
            + (line > 0 ? ",\"region\":{\"startLine\":\(line)}}" : "}")
            + (scope.files[file] == StandardInput.name
                ? ",\"logicalLocations\":[{\"name\":\"stdin\"}]}" : "}")
    }

    /// Standard input has no address: its place is the artifact alone.
    private static func place(of file: Int, in files: [String]) -> String {
        var location = JSONObject()
        location["index"] = .integer(Int64(file))
        location["uri"] = FileReference.uri(of: files[file]).map(JSONValue.string)
        return "{\"artifactLocation\":" + text(.object(location))
    }

    private static func artifact(_ name: String) -> JSONValue {
        guard let uri = FileReference.uri(of: name) else {
            return ["description": ["text": "standard input"]]
        }
        return ["location": ["uri": .string(uri)]]
    }

    private static func fingerprint(of defect: StockDefect) -> String {
        let rule = AuditRule(defect).id
        guard let firstLine = defect.firstLine else { return "\(rule):\(defect.line)" }
        return "\(rule):\(defect.line):\(firstLine)"
    }

    /// What the whole audit found, for those who read no results.
    private static func totals(_ outcome: AuditOutcome) -> JSONValue {
        let scope = outcome.scope
        var totals = JSONObject()
        totals["as_of"] = .string(scope.asOf.iso8601)
        totals["card_format"] = scope.cardFormat.map(JSONValue.string)
        totals["minimum_remaining_days"] = .integer(Int64(scope.minimumRemainingDays))
        totals["not_checked"] = .array(outcome.unchecked.map(JSONValue.string))
        guard let summary = outcome.summary else { return .object(totals) }
        totals["lines"] = .integer(Int64(summary.lines))
        totals["codes"] = .integer(Int64(summary.codes))
        var defects = JSONObject()
        for defect in StockDefectClass.allCases where outcome.checks(defect) {
            defects[defect.code] = .integer(Int64(summary.defects[defect] ?? 0))
        }
        totals["defects"] = .object(defects)
        if scope.checksHistory { totals["history_codes"] = .integer(Int64(summary.historyCodes)) }
        return .object(totals)
    }

    fileprivate static func text(_ value: JSONValue) -> String {
        String(decoding: value.serialized(), as: UTF8.self)
    }

    private static func quoted(_ text: String) -> String { Self.text(.string(text)) }
}

/// What the report says of the program: its version and its rules.
enum SARIFTool {
    static func object(_ language: Language) -> JSONValue {
        [
            "driver": [
                "name": "cardproof", "version": .string(ProgramVersion.text),
                "language": .string(language.rawValue),
                "rules": .array(AuditRule.all.map { rule($0, language) }),
            ]
        ]
    }

    private static func rule(_ rule: AuditRule, _ language: Language) -> JSONValue {
        [
            "id": .string(rule.id),
            "shortDescription": ["text": .string(rule.title[language])],
            "defaultConfiguration": ["level": .string(rule.level)],
        ]
    }
}

extension AuditRule {
    /// A code that is good but not for long is a warning, everything else an error.
    var level: String { self == .shortShelfLife ? "warning" : "error" }
}

/// The name of standard input in reports.
enum StandardInput {
    static let name = "<stdin>"
}

/// File names as URI references (RFC 3986).
enum FileReference {
    /// A relative path stays relative; an absolute one becomes `file:///…`. Nil for standard
    /// input.
    static func uri(of name: String) -> String? {
        guard name != StandardInput.name else { return nil }
        let path = percentEncoded(name)
        // A relative reference may not begin like an authority.
        return name.hasPrefix("/")
            ? "file://" + (name.hasPrefix("//") ? "/" + path.drop { $0 == "/" } : path) : path
    }

    private static func percentEncoded(_ path: String) -> String {
        let digits = Array("0123456789ABCDEF")
        var encoded = ""
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                encoded.append("%")
                encoded.append(digits[Int(byte >> 4)])
                encoded.append(digits[Int(byte & 15)])
            }
        }
        return encoded
    }
}

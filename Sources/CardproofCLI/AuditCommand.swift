import ArgumentParser
import CardModel
import Drivers
import Foundation
import Gateway
import WireFormat

/// `cardproof audit`: which codes of a stock file are duplicates, malformed, expired, in conflict
/// or already sold (售前审核).
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Check a stock file before its codes are sold.",
        discussion: """
            Reads lines such as serial----key, serial|key, serial,key, serial<tab>key, serial \
            key, serial:key, a bare key, lines that name their parts (卡号:x 密码:y), accounts \
            (mail----password), or CSV with or without a header; UTF-8, UTF-16 with a byte \
            order mark, or GB18030; plain or gzip; or .xlsx workbooks, each visible sheet as a \
            file of its own, which cardproof-render reads. How each file was understood is \
            said on stderr before the work starts. Nothing is sent anywhere, unless --online \
            asks the issuer about a sample of the codes, or all, or --register says so: then \
            the lines and their classes go to a gateway, which keeps the codes sealed and \
            writes the audit into its log as one leaf (see `cardproof batches`).

            The report has one row per line and class (dup, malformed, expired, sold, conflict, \
            issuer), sorted by line; it never shows a code.

            Ctrl-C ends the reading and writes what was found until then, marked partial; a second \
            one ends at once.

            What is already sold comes from history files, from an index of them \
            (cardproof audit index --help), and from the deliveries (--sold-here) and the stock \
            (--registered-here) of a gateway.

            Exit: 0 no defect, 13 only dup and sold, 10 any other defect, 11 the issuer left \
            something undecided, 64 unreadable or ambiguous input or no codes, 1 reading or \
            asking broke off (the report is marked partial) or the report could not be written. \
            --fail-on says which classes count.
            """
    )

    @Option(help: "Stock file; - is standard input. May be given several times.")
    var stock: [String] = []

    @Option(
        help: """
            auto, lines, lines:SEP (SEP as written, or tab, space, bare, labelled, account), csv, \
            or csv:SEP (one symbol, or tab).
            """
    )
    var format: String = "auto"

    @Option(help: "Id of a configured product, whose card format is taken.")
    var product: String?

    @Option(
        name: .customLong("config"),
        help: "Configuration file for --product; ./cardproof.yaml or /etc/cardproof otherwise."
    )
    var configurationFile: String?

    @Option(
        help: "Id of a built-in card format, or a YAML file; goes before the product's format."
    )
    var cardFormat: String?

    @Option(help: "File of codes already sold, one per line. May be given several times.")
    var history: [String] = []

    @Option(help: "How history files are read; same values as --format.")
    var historyFormat: String = "auto"

    @OptionGroup var sold: SoldOptions

    @Option(help: "Day on which expiry is judged, YYYY-MM-DD; today when not given.")
    var asOf: String?

    @Option(help: "File for the report; - is standard output.")
    var report: String?

    @Option(help: "tsv, json (one object a line), csv, html, sarif, junit or xlsx.")
    var reportFormat: String = AuditReportFormat.tsv.rawValue

    @Option(
        help: "Classes the exit code speaks of, with commas between, or none; all otherwise."
    )
    var failOn: String?

    @Option(
        help: "Report codes with fewer full days left than this as expired; 0 otherwise."
    )
    var minRemainingDays: Int?

    @Option(help: "Memory to stay within, e.g. 64M, 512M, 2G; the rest goes to TMPDIR.")
    var memory: String = "512M"

    @Option(help: "Threads; one per processor when not given.")
    var threads: Int?

    @OptionGroup var online: OnlineOptions

    @OptionGroup var registration: RegistrationOptions

    @Option(help: "Language of messages: zh-CN or en.")
    var lang: String?

    @Flag(help: "Print a summary as JSON on standard output instead of the report.")
    var json = false

    func run() async throws {
        let text = AuditText(language: try language())
        let plan = try AuditPlan(self, text: text)
        plan.announce()
        let registrar = try registration.plan(for: self)
        try registrar?.check(plan)
        let findings = registrar.map { _ in LineFindings() }
        let outcome: AuditOutcome
        do {
            outcome = try await plan.run(noting: findings)
        } catch let exit as ExitCode {
            throw exit
        } catch {
            throw AuditExit.failed("\(error)")
        }
        Terminal.say(text.summary(outcome))
        guard let summary = outcome.summary else { throw AuditExit.broken }
        var object = Self.object(summary)
        if let registrar, let findings, summary.conclusion.isWhole {
            object["batch"] = try await registrar.register(
                plan,
                findings,
                lines: summary.registrableLines,
                text
            )
        }
        if json { try Terminal.write(JSONValue.object(object).serialized() + [0x0a]) }
        var conclusion = summary.conclusion(regarding: plan.failOn.classes)
        // The gateway knows of codes that it sold, or that stand in other stock.
        let known = [StockLineClass.sold, .duplicateStock].contains { word in
            object["batch"]?["classes"]?[word.rawValue]?.integerValue ?? 0 > 0
        }
        if conclusion == .clean, known, plan.failOn.classes.contains(.sold) {
            conclusion = .onlyDuplicates
        }
        try Self.conclude(conclusion, text)
    }

    private func language() throws -> Language {
        try LanguageChoice.language(option: lang, environment: ProcessInfo.processInfo.environment)
    }

    private static func conclude(
        _ conclusion: StockAuditSummary.Conclusion, _ text: AuditText
    ) throws {
        switch conclusion {
        case .clean: return
        case .onlyDuplicates: throw AuditExit.onlyDuplicates
        case .defects: throw AuditExit.defects
        case .undecided: throw AuditExit.undecided
        case .noCodes: throw AuditExit.usage(text.noCodes)
        case .partial: throw AuditExit.broken
        }
    }

    private static func object(_ summary: StockAuditSummary) -> JSONObject {
        var defects = JSONObject()
        for defect in StockDefectClass.allCases
        where defect != .issuer || summary.inquiry != nil {
            defects[defect.code] = .integer(Int64(summary.defects[defect] ?? 0))
        }
        var object = JSONObject()
        object["lines"] = .integer(Int64(summary.lines))
        object["codes"] = .integer(Int64(summary.codes))
        object["defects"] = .object(defects)
        object["history_codes"] = .integer(Int64(summary.historyCodes))
        object["history_malformed"] = .integer(Int64(summary.historyMalformed))
        object["partial"] = .bool(summary.conclusion == .partial)
        object["issuer"] = summary.inquiry.map(\.json) ?? .null
        return object
    }
}

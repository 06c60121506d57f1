import CardModel
import Gateway
import WireFormat

/// A report of an audit, written while the defects come.
///
/// One type a format. Each takes a ``ReportOutput`` and what it must know before the first row; a
/// report that is released without ``finish(_:)`` leaves no file behind.
protocol StockAuditReport: AnyObject {
    /// Takes the next defect; they come sorted by file, line and class.
    /// - Throws: ``AuditReportError``.
    func write(_ defect: StockDefect) throws

    /// Writes what is known at the end, and closes the report. Called once.
    /// - Throws: ``AuditReportError``.
    func finish(_ outcome: AuditOutcome) throws
}

/// What is audited against what: known before the first line is read.
struct AuditScope {
    /// The stock files as they were named, in order.
    let files: [String]
    /// Whether anything says what is sold.
    let checksHistory: Bool
    /// Whether history files do.
    let readsHistory: Bool
    /// The day on which expiry is judged.
    let asOf: CalendarDate
    /// Full days a code must still be good for, 0 when only the day itself counts.
    let minimumRemainingDays: Int
    /// The id of the card format that codes are held against; nil without one.
    let cardFormat: String?
    /// Of the reports that people read.
    let language: Language

    /// With several stock files the rows of a report name their file.
    var namesFiles: Bool { files.count > 1 }
}

/// How an audit ended and what it found.
struct AuditOutcome {
    enum Ending {
        case whole
        /// A file broke off, or somebody stopped the audit.
        case interrupted(StockInterruption)
        /// Asking the issuer broke off.
        case askingBrokeOff(String)
        /// The audit could not do its work; there is no summary.
        case failed
    }

    let scope: AuditScope
    let ending: Ending
    /// Nil when the audit failed.
    let summary: StockAuditSummary?
    /// What issuers said when they were asked; nil when they were not.
    let issuer: AuditSection?

    init(scope: AuditScope, summary: StockAuditSummary, issuer: AuditSection? = nil) {
        self.scope = scope
        self.summary = summary
        self.issuer = issuer
        ending =
            summary.interruption.map(Ending.interrupted)
            ?? summary.inquiry?.interruption.map(Ending.askingBrokeOff) ?? .whole
    }

    /// An audit that failed after some rows were written.
    init(failedWithin scope: AuditScope) {
        self.scope = scope
        ending = .failed
        summary = nil
        issuer = nil
    }

    /// Why the report is not whole, and up to where it goes; nil when it is whole.
    var partial: (cause: String, place: String)? {
        switch ending {
        case .whole: nil
        case .failed: ("reading broke off", "the audit failed")
        case .askingBrokeOff(let reason): ("asking broke off", reason)
        case .interrupted(let interruption):
            (
                interruption.isRequested ? "interrupted" : "reading broke off",
                "\(interruption.fileName) after line \(interruption.afterLine)"
            )
        }
    }

    /// Whether defects of a class could have been found: sold codes where something says what is
    /// sold, the issuer's word where it was asked.
    func checks(_ defect: StockDefectClass) -> Bool {
        switch defect {
        case .sold: scope.checksHistory
        case .issuer: issuer != nil
        case .duplicate, .malformed, .expired, .conflict: true
        }
    }

    /// What the audit did not look at, in the language of the report.
    var unchecked: [String] {
        AuditText(language: scope.language).unchecked(
            checksFormat: scope.cardFormat != nil,
            checksHistory: scope.checksHistory,
            isHistoryWhole: summary?.isHistoryWhole ?? true,
            unreadHistory: summary?.historyMalformed ?? 0,
            asksIssuers: issuer != nil
        )
    }
}

/// A part of a report in plain sentences, in the report's language.
struct AuditSection {
    let heading: String
    let paragraphs: [String]
}

/// How much of an audit the reports show that are read as a whole.
enum AuditReportLimits {
    /// Line numbers a failure of the JUnit report names; it counts all.
    static let junitLines = 20
    /// Rows the HTML report shows; the others are in the reports a program reads.
    static let htmlRows = 200
    /// Suppliers, and batches, the HTML report shows, those with most defects first.
    static let htmlGroups = 50
    /// Suppliers or batches the terminal shows, those with most defects first.
    static let terminalGroups = 8
    /// Bars of a histogram; smaller values are shown as one.
    static let histogramBars = 24
}

/// The formats a report is written in.
enum AuditReportFormat: String, CaseIterable {
    case tsv
    /// JSON lines: one object a defect.
    case json
    /// RFC 4180, safe to open in a spreadsheet.
    case csv
    /// One page for people.
    case html
    /// SARIF 2.1.0.
    case sarif
    /// JUnit XML.
    case junit
    /// Office Open XML, for spreadsheets.
    case xlsx

    /// `tsv, json, …`.
    static var list: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// - Parameter path: where the report goes; `-` is standard output.
    /// - Throws: ``AuditReportError`` when it cannot be written there.
    func report(to path: String, of scope: AuditScope) throws -> any StockAuditReport {
        let output = try ReportOutput(path: path)
        return switch self {
        case .tsv: TabReport(output, namesFiles: scope.namesFiles)
        case .json: JSONLinesReport(output, scope: scope)
        case .csv: try CommaReport(output, namesFiles: scope.namesFiles)
        case .html: HTMLReport(output, scope: scope)
        case .sarif: try SARIFReport(output, scope: scope)
        case .junit: JUnitReport(output, scope: scope)
        case .xlsx: try WorkbookReport(output, scope: scope)
        }
    }
}

/// How far an audit has come.
public struct StockAuditProgress: Sendable, Equatable {
    public var stockBytes = 0
    public var historyBytes = 0
    public var lines = 0
    /// Malformed and expired lines; duplicates are known at the end.
    public var defects = 0

    public init() {}
}

/// What an audit found.
public struct StockAuditSummary: Sendable, Equatable {
    /// Physical lines of all stock files.
    public var lines = 0
    /// Well-formed codes.
    public var codes = 0
    public var historyCodes = 0
    /// History lines that could not be read as a code.
    public var historyMalformed = 0
    /// Rows of the report by class; of the issuer's those that say the code is bad.
    public var defects: [StockDefectClass: Int] = [:]
    /// The same, divided by file, supplier and batch, shelf life and face value.
    public var breakdown = StockBreakdown()
    public var bytes = 0
    /// What went to scratch because of the memory limit.
    public var spilledBytes = 0
    /// Set when reading broke off; the report is then partial.
    public var interruption: StockInterruption?
    /// Whether all history was read: otherwise more codes may be sold than are reported.
    public var isHistoryWhole = true
    /// Set when an issuer was asked.
    public var inquiry: IssuerInquirySummary?

    public init() {}

    /// What the exit code says.
    public var conclusion: Conclusion { conclusion(regarding: Set(StockDefectClass.allCases)) }

    /// The same, when defects of other classes are reported but held against nobody.
    public func conclusion(regarding classes: Set<StockDefectClass>) -> Conclusion {
        if interruption != nil || inquiry?.interruption != nil { return .partial }
        if codes == 0, defects.isEmpty { return .noCodes }
        let found = classes.intersection(defects.keys)
        if found.isEmpty {
            let isIssuerUndecided = classes.contains(.issuer) && inquiry?.isUndecided ?? false
            // A code may be sold in a line of the history that nobody could read.
            let isSoldUndecided = classes.contains(.sold) && historyMalformed > 0
            return isIssuerUndecided || isSoldUndecided ? .undecided : .clean
        }
        return found.isSubset(of: [.duplicate, .sold]) ? .onlyDuplicates : .defects
    }

    public enum Conclusion: Sendable {
        case clean, onlyDuplicates, defects, undecided, noCodes, partial
    }
}

/// Counts while the audit runs.
struct StockAuditTally {
    private var result = StockAuditSummary()
    private var groups = StockGroupTally()
    private(set) var progress = StockAuditProgress()

    /// - Returns: the marks that belong between the block's rows.
    mutating func addStock(_ findings: StockBlockFindings) -> [DefectRow] {
        result.lines += findings.lines
        result.codes += findings.codes
        result.bytes += findings.bytes
        progress.stockBytes += findings.bytes
        progress.lines += findings.lines
        progress.defects += findings.rows.count
        return groups.add(findings.groups, of: findings.file)
    }

    mutating func addHistory(_ findings: StockBlockFindings) {
        result.historyCodes += findings.codes
        result.historyMalformed += findings.malformed
        progress.historyBytes += findings.bytes
    }

    mutating func interrupt(_ interruption: StockInterruption, ofHistory: Bool = false) {
        result.interruption = result.interruption ?? interruption
        if ofHistory { result.isHistoryWhole = false }
    }

    mutating func enter(group: Int) { groups.enter(group: group) }

    /// - Parameter line: the number over all files.
    mutating func count(_ defect: StockDefect, line: UInt64) {
        result.defects[defect.defect, default: 0] += 1
        groups.count(defect.defect, line: line, file: defect.file)
    }

    var codes: Int { result.codes }

    func summary(values: StockValueCounts, spilledBytes: Int) -> StockAuditSummary {
        var summary = result
        summary.spilledBytes = spilledBytes
        summary.breakdown.groups = groups.result
        summary.breakdown.hasTooManyGroups = groups.hasTooMany
        values.fill(&summary.breakdown)
        return summary
    }
}

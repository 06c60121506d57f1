import CardModel
import EvidenceLog
import WireFormat

/// Holds a platform's published outcomes of claims against its log: numbers without a gap, each
/// line what its leaf commits to, and as many as the last `health` leaf states. What was erased
/// beside them changes none of it.
struct OutcomeAudit<Inspection: StoreInspection> {
    let inspection: Inspection
    let platform: Platform
    /// What the newest `health` leaf says; nil when none states it.
    let stated: StatedOutcomes?

    private var number = 0
    private var leafIndex: UInt64?
    private var countBefore = 0

    init(_ inspection: Inspection, platform: Platform, stated: StatedOutcomes?) {
        self.inspection = inspection
        self.platform = platform
        self.stated = stated
    }

    mutating func run(_ report: inout AuditReport) throws(InspectionFailure) {
        let outcomes = try inspection.outcomes(of: platform.number)
        while let inspected = try outcomes() {
            number += 1
            guard let outcome = report.row(inspected, .outcome) else { continue }
            try check(outcome, &report)
        }
        guard let stated, countBefore != stated.count else { return }
        report.add(
            .outcome, StorePlace("claim_outcomes", key: platform.name),
            "\(countBefore) outcomes before leaf \(stated.leafIndex), which states \(stated.count)")
    }

    private mutating func check(
        _ inspected: InspectedOutcome,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        let record = inspected.record
        func note(_ column: String, _ detail: String, _ report: inout AuditReport) {
            let key = "\(platform.name)/\(inspected.number)"
            report.add(.outcome, StorePlace("claim_outcomes", key: key, column: column), detail)
        }
        if inspected.number != number {
            note("number", "stands where \(number) is the next", &report)
            number = inspected.number
        }
        if record.outcome.number != inspected.number {
            note("number", "differs from `disclosure`", &report)
        }
        if record.outcome.merchant != inspected.merchant {
            note("merchant", "differs from `disclosure`", &report)
        }
        if let leafIndex, record.leafIndex <= leafIndex {
            note("leaf_index", "is not after that of the outcome before", &report)
        }
        leafIndex = record.leafIndex
        if let stated, record.leafIndex < stated.leafIndex { countBefore += 1 }
        let entry = try inspection.entry(of: platform.number, at: record.leafIndex)
            .flatMap { report.row($0, .leaf) }
        guard let entry else {
            return note("leaf_index", "names leaf \(record.leafIndex), which is not there", &report)
        }
        guard let leaf = try? EvidenceLeaf(bytes: entry.record.leaf),
            let disclosure = try? Disclosure(text: record.disclosure),
            (try? leaf.open([disclosure])) != nil
        else {
            return note(
                "disclosure", "leaf \(record.leafIndex) does not commit to it", &report)
        }
    }
}

/// How many outcomes there were when a `health` leaf was written.
struct StatedOutcomes {
    /// The running one.
    let leafIndex: UInt64
    let count: Int

    /// Nil for another leaf, and for one that states no number.
    init?(_ leaf: EvidenceLeaf, at leafIndex: UInt64) {
        guard case .disclosed(.health, let members) = leaf.content,
            let count = members[OutcomeFile.totalMember]?.integerValue
        else { return nil }
        self.leafIndex = leafIndex
        self.count = Int(clamping: count)
    }
}

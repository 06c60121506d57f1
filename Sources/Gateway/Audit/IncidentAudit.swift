import EvidenceLog
import WireFormat

/// Holds a platform's declared outages against its log: each has the leaf of its declaration, and
/// of its end where it has one, word for word, and no such leaf tells of another. Who declared it
/// and why is in no leaf.
struct IncidentAudit<Inspection: StoreInspection> {
    let inspection: Inspection
    let platform: Platform
    /// The leaves of outages that no row was found for yet.
    private var untold: Set<UInt64>

    init(_ inspection: Inspection, platform: Platform, leaves: [UInt64]) {
        self.inspection = inspection
        self.platform = platform
        untold = Set(leaves)
    }

    mutating func run(_ report: inout AuditReport) throws(InspectionFailure) {
        let incidents = try inspection.incidents(of: platform.number)
        while let inspected = try incidents() {
            guard let incident = report.row(inspected, .incident) else { continue }
            try check(incident, try? incident.openingLeaf(), at: incident.leafIndex, &report)
            guard let end = incident.end else { continue }
            try check(incident, try? incident.endLeaf(), at: end.leafIndex, &report)
        }
        for index in untold.sorted() {
            report.add(
                .incident, StorePlace("incidents", key: platform.name),
                "leaf \(index) tells of an outage, or of its end, that no row keeps")
        }
    }

    private mutating func check(
        _ incident: IncidentRecord,
        _ leaf: SealedLeaf?,
        at index: UInt64,
        _ report: inout AuditReport
    ) throws(InspectionFailure) {
        untold.remove(index)
        let entry = try inspection.entry(of: platform.number, at: index)
            .flatMap { report.row($0, .leaf) }
        guard let entry, let leaf, entry.record.leaf == leaf.bytes else {
            return report.add(
                .incident, StorePlace("incidents", key: incident.id.text, column: "record"),
                "leaf \(index) does not tell of it")
        }
    }
}

import EvidenceLog
import WireFormat

/// `system/health.json`: in what state the gateway was before and after it handled the delivery,
/// as its own leaves say (最高法《电子数据规定》第93条 asks whether the system worked normally).
struct HealthStatement {
    private let reports: [MaterialEntry]

    init(_ material: BundleMaterial) {
        reports = material.health
    }

    /// The members of each leaf beside the entry that proves them.
    var jsonValue: JSONValue {
        ["v": 1, "reports": .array(reports.compactMap { Self.report($0) })]
    }

    private static func report(_ entry: MaterialEntry) -> JSONValue? {
        guard let leaf = entry.leaf, case .disclosed(_, let members) = leaf.content else {
            return nil
        }
        var report = members
        report["entry"] = .integer(Int64(clamping: entry.index))
        report["at"] = .string(leaf.time.rfc3339Seconds)
        return .object(report)
    }
}

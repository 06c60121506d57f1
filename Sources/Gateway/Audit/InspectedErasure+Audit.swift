import EvidenceLog
import WireFormat

extension InspectedErasure {
    /// An erasure must have been signed: the leaf that it names tells of the same request and of
    /// as many records as there are entries without one.
    func check(
        against leaf: InspectedEntry?,
        of platform: Platform,
        _ report: inout AuditReport
    ) {
        let key = record.delivery.text
        func note(_ column: String, _ detail: String) {
            report.add(.erasure, StorePlace("erasures", key: key, column: column), detail)
        }
        for place in unreadable {
            report.add(.erasure, place, "does not hold what was written")
        }
        if entries.contains(where: { !$0.record.sealedRecord.isEmpty }) {
            note("", "an entry of it still has its private record")
        }
        if notices.contains(where: { $0.wrappedDataKey != nil }) {
            note("", "a data key of it is still there")
        }
        if notices.contains(where: { $0.record.webhookID != nil }) {
            note("", "a notice of it still has its webhook id")
        }
        if UInt64(entries.count) != record.count {
            note("records", "\(entries.count) entries are without their record")
        }
        guard let leaf, let read = try? EvidenceLeaf(bytes: leaf.record.leaf),
            case .disclosed(.erasure, let members) = read.content
        else { return note("leaf_index", "names no leaf that tells of an erasure") }
        if members["count"] != .integer(Int64(clamping: record.count)) {
            note("records", "differs from `count` in leaf \(record.leafIndex)")
        }
        if members["request_sha256"]?.stringValue != Hexadecimal.encode(record.requestSHA256) {
            note("request_sha256", "differs from `request_sha256` in leaf \(record.leafIndex)")
        }
        if read.time.rfc3339Seconds != record.erasedAt.rfc3339Seconds {
            note("erased_at", "differs from `t` in leaf \(record.leafIndex)")
        }
        for notice in notices
        where !entries.contains(where: { $0.index == notice.record.leafIndex }
        ) {
            report.add(
                .notice,
                StorePlace("notices", key: "\(notice.number.rawValue)", column: "leaf_index"),
                "names a leaf that is not its own"
            )
        }
    }
}

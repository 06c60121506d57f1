import CardModel
import WireFormat

extension ItemRecord {
    /// By how much later a window ends, why, and by which recorded incidents; null where none
    /// moved its end.
    func prolongation(
        of window: WarrantyWindow,
        by records: [IncidentRecord],
        _ policy: WarrantyPolicy
    ) -> JSONValue {
        guard let span = window.span, let text = span.prolongationText else { return .null }
        let moving = records.filter { record in
            policy.window.tolling.contains(record.kind.tolling) && record.touches(self)
                && record.startedAt < span.end
                && record.end.map { $0.at > max(record.startedAt, span.start) } ?? true
        }
        return [
            "seconds": .integer(span.prolongation.components.seconds),
            "because": .array(span.tolledBy.map { .string($0.rawValue) }),
            "text": ["zh-CN": .string(text.zhCN), "en": .string(text.en)],
            "incidents": .array(
                moving.map { record in
                    [
                        "incident": .string(record.id.text), "kind": .string(record.kind.rawValue),
                        "started_at": .string(record.startedAt.rfc3339),
                        "ended_at": JSONValue(text: record.end?.at.rfc3339),
                        "reason": .string(record.reason),
                    ]
                }),
        ]
    }
}

import CardModel
import EvidenceLog
import WireFormat

extension DeliveryGateway {
    /// What people said when they reported a claim's problems, and why they ruled as they did, the
    /// oldest first, from the sealed records of those steps; none where its keys are gone.
    func statements(of record: ClaimRecord, _ platform: Platform) async throws -> [JSONValue] {
        let reader = bundleReader(platform, withFiles: false)
        var statements: [JSONValue] = []
        for notice in try await parts.store.notices(of: record.delivery) {
            for entry in try await reader.entries(of: notice.number, platform) {
                guard let sealed = entry.record,
                    sealed.fields["event_id"]?.stringValue == record.id.text,
                    let text = sealed.attachments["statement"]?.stringValue
                else { continue }
                let step = sealed.fields["step"]
                let words = step?["detail"].map { StepWords($0) }
                statements.append([
                    "at": step?["at"] ?? .string(record.claim.filedAt.rfc3339),
                    "by": sealed.fields["reported_by"] ?? words?["reported_by"] ?? step?["actor"]
                        ?? .null,
                    "text": .string(text),
                ])
            }
        }
        return statements
    }
}

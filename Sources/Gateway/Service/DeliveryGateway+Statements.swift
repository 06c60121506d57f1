import CardModel
import EvidenceLog
import WireFormat

extension DeliveryGateway {
    /// What people said when they reported a claim's problems, and why they ruled as they did, the
    /// oldest first, from the sealed records of those steps; none where its keys are gone.
    func statements(of record: ClaimRecord, _ platform: Platform) async throws -> [JSONValue] {
        // All steps of a claim are sealed under the notice of its item.
        guard let item = try await parts.store.item(record.item) else { return [] }
        let reader = bundleReader(platform, withFiles: false)
        return try await reader.entries(of: item.notice, platform).compactMap { entry in
            guard let sealed = entry.record,
                sealed.fields["event_id"]?.stringValue == record.id.text,
                let text = sealed.statement
            else { return nil }
            let step = sealed.fields["step"]
            let words = step?["detail"].map { StepWords($0) }
            return [
                "at": step?["at"] ?? .string(record.claim.filedAt.rfc3339),
                "by": sealed.fields["reported_by"] ?? words?["reported_by"] ?? step?["actor"]
                    ?? .null,
                "text": .string(text),
            ]
        }
    }
}

import CardModel
import WireFormat

/// Prepares what an event makes of a claim for the committer.
struct ClaimDrafting: Sendable {
    let parts: DeliveryGateway.Parts
    let policies: PolicyLibrary

    /// - Returns: nil when the claim's delivery was erased.
    func advance(
        _ record: ClaimRecord,
        move: ClaimMove,
        name: String,
        detail: JSONValue = .null,
        by principal: ClaimPrincipal,
        idempotency: Idempotency? = nil
    ) async throws -> ClaimAdvance? {
        guard let platform = parts.directory.platform(record.platform),
            let item = try await parts.store.item(record.item),
            let wrapped = try await parts.store.wrappedDataKey(of: item.notice)
        else { return nil }
        return ClaimAdvance(
            platform: record.platform,
            claim: record.id,
            move: move,
            name: name,
            detail: detail,
            principal: principal,
            rules: try await policies.rules(record.claim.policy),
            at: parts.time.now(),
            drafting: LeafDrafting(
                seed: parts.random.bytes(LeafDrafting.seedByteCount),
                dataKey: try platform.unwrap(wrapped)
            ),
            idempotency: idempotency
        )
    }
}

import CardModel
import Crypto
import WireFormat

/// Prepares what an event makes of a claim for the committer.
struct ClaimDrafting: Sendable {
    let parts: DeliveryGateway.Parts
    let policies: PolicyLibrary

    /// The member of a step's detail that has the SHA-256 of its reason, in hexadecimal digits.
    static let reasonDigestName = "reason_sha256"

    /// - Parameter reason: why it was done, in words: kept without the order's codes, as what a
    ///   buyer says is.
    /// - Returns: nil when the claim's delivery was erased.
    func advance(
        _ record: ClaimRecord,
        move: ClaimMove,
        name: String,
        detail: JSONValue = .null,
        reason: String? = nil,
        by principal: ClaimPrincipal,
        idempotency: Idempotency? = nil
    ) async throws -> ClaimAdvance? {
        guard let platform = parts.directory.platform(record.platform),
            let item = try await parts.store.item(record.item),
            let wrapped = try await parts.store.wrappedDataKey(of: item.notice)
        else { return nil }
        var (detail, reason) = (detail, reason)
        if let said = reason {
            let kept = try await withoutCodes(said, of: record.delivery, platform)
            var members = detail.objectValue ?? JSONObject()
            members[Self.reasonDigestName] = .string(
                Hexadecimal.encode(Array(SHA256.hash(data: Array(kept.utf8)))))
            (detail, reason) = (.object(members), kept)
        }
        return ClaimAdvance(
            platform: record.platform,
            claim: record.id,
            move: move,
            name: name,
            detail: detail,
            reason: reason,
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

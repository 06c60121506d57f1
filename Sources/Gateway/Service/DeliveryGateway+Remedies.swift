public import CardModel
public import WireFormat

extension DeliveryGateway {
    /// What the platform says became of a remedy it was asked to carry out. The remedy's own id
    /// makes it once: the same word a second time changes nothing.
    public func receive(
        _ result: RemedyReceipt.Result,
        reference: String?,
        for id: RemedyID,
        party: Party,
        principal: ClaimPrincipal,
        body: [UInt8]
    ) async -> ClaimAnswer {
        do {
            guard let remedy = try await parts.store.remedy(id),
                remedy.platform == party.platform.number
            else { return .unknown }
            var kept = reference
            if let words = reference {
                kept = try await withoutCodes(
                    words, about: remedy.claim, .scalars(RemedyRecord.longestReference))
            }
            return await advance(
                remedy.claim,
                platform: party.platform,
                PartyAct(
                    move: .event(
                        .remedyReceipt(
                            RemedyReceipt(attempt: remedy.execution.attempt, result: result))),
                    name: "remedy_receipt",
                    detail: [
                        "remedy": .string(id.text), "result": .string(result.word),
                        "reference": JSONValue(text: kept),
                    ],
                    principal: principal,
                    body: body,
                    idempotencyKey: "receipt \(id.text)"
                )
            )
        } catch {
            return .unavailable(reason: "store_unavailable")
        }
    }

    /// Nil when the platform has none of that id.
    public func remedy(_ id: RemedyID, platform: Platform?) async throws -> JSONValue? {
        guard let remedy = try await parts.store.remedy(id),
            let owner = directory.platform(remedy.platform),
            platform.map({ $0.number == remedy.platform }) ?? true
        else { return nil }
        return Answers.remedy(remedy, platform: owner)
    }

    public func remedies(
        platform: Platform?,
        state: RemedyRecord.State?,
        cursor: String?,
        limit: Int
    ) async throws -> Page {
        let found = try await parts.store.remedies(
            platform: platform?.number, state: state, after: cursor.flatMap { RemedyID($0) },
            limit: limit + 1)
        return Page(
            items: found.prefix(limit).compactMap { remedy in
                directory.platform(remedy.platform).map { Answers.remedy(remedy, platform: $0) }
            },
            next: found.count > limit ? found[limit - 1].id.text : nil
        )
    }

    /// Open claims whose owner must act before `instant`, the earliest first.
    public func claimsDue(
        before instant: Instant,
        platform: Platform?,
        merchant: String?,
        limit: Int
    ) async throws -> JSONValue {
        let found = try await parts.store.claims(
            platform: platform?.number, merchant: merchant, dueBefore: instant, limit: limit)
        return .array(
            found.compactMap { record in
                directory.platform(record.platform).map {
                    Answers.claim(record, history: nil, platform: $0)
                }
            }
        )
    }

    /// What everybody may see of a claim who has its tracking number: state, owner and times, no
    /// person and no code (M0-07).
    public func trackedClaim(_ tracking: TrackingNumber) async throws -> TrackedClaim? {
        guard let record = try await parts.store.claim(tracking: tracking) else { return nil }
        let history = try await parts.store.claimHistory(record.id)
        // A policy that cannot be read takes no page away.
        let policy = try? await policies.policy(record.claim.policy)
        return TrackedClaim(
            record, history: history,
            in: policy?.window.zone ?? parts.catalogue.ruleBook[nil].zone)
    }

    public var now: Instant { parts.time.now() }
}

extension RemedyReceipt.Result {
    var word: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .failed: "failed"
        }
    }
}

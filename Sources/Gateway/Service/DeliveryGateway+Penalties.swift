public import CardModel
public import WireFormat

/// How a decision on a penalty is answered.
public enum PenaltyAnswer: Sendable {
    case decided(JSONValue)
    /// The merchant has no such penalty.
    case unknown
    /// The claim that led to it was erased; nothing of it can be recorded any more.
    case erased
    /// As for any act on a claim.
    case claim(ClaimAnswer)
}

/// Rows of the penalty ladder that merchants reached.
extension DeliveryGateway {
    /// Those of one merchant, or of all, as they were told.
    public func penalties(
        platform: Platform?,
        merchant: String?,
        cursor: PenaltyID?,
        limit: Int
    ) async throws -> Page {
        let found = try await parts.store.penalties(
            platform: platform?.number, merchant: merchant, after: cursor, limit: limit + 1)
        return Page(
            items: found.prefix(limit).compactMap { penalty in
                directory.platform(penalty.platform).map { Answers.penalty(penalty, platform: $0) }
            },
            next: found.count > limit ? found[limit - 1].id.text : nil
        )
    }

    /// Writes down what a person of the platform made of a penalty, once.
    public func decide(
        _ id: PenaltyID,
        of merchant: String,
        platform: Platform,
        _ outcome: PenaltyRecord.Decision.Outcome,
        reason: String,
        by principal: ClaimPrincipal,
        body: [UInt8],
        idempotencyKey: String?
    ) async throws -> PenaltyAnswer {
        guard let penalty = try await parts.store.penalty(id),
            penalty.platform == platform.number, penalty.merchant == merchant
        else { return .unknown }
        guard let claim = penalty.claim else { return .erased }
        let answer = await advance(
            claim,
            platform: platform,
            PartyAct(
                move: .penalty(id, outcome, reason: reason),
                name: "penalty.\(outcome.rawValue)",
                principal: principal,
                // Keys are a claim's, and several penalties may stand in one: the act is the body
                // on this one.
                body: Array(id.text.utf8) + body,
                idempotencyKey: idempotencyKey
            )
        )
        guard case .moved = answer, let decided = try await parts.store.penalty(id) else {
            return .claim(answer)
        }
        return .decided(Answers.penalty(decided, platform: platform))
    }
}

extension Answers {
    static func penalty(_ penalty: PenaltyRecord, platform: Platform) -> JSONValue {
        let (event, row) = (penalty.event, penalty.event.row)
        return [
            "penalty": .string(penalty.id.text), "platform": .string(platform.name),
            "merchant": .string(penalty.merchant), "state": .string(penalty.state.rawValue),
            "row": .string(row.id), "step": .string(row.step.rawValue),
            "execution": .string(row.step.execution.rawValue),
            "measure": .string(row.measure.rawValue), "value": .integer(Int64(event.value)),
            "threshold": .integer(Int64(row.threshold)),
            "ladder_version": .integer(Int64(penalty.version)),
            "since": .string(penalty.period.start.rfc3339),
            "until": .string(penalty.period.end.rfc3339),
            "reached_at": .string(penalty.reachedAt.rfc3339),
            "text": [
                "zh-CN": .string(event.text(in: .zhCN)), "en": .string(event.text(in: .en)),
            ],
            "claim": JSONValue(text: penalty.claim?.text),
            "evidence": evidence(index: penalty.leafIndex, platform: platform),
            "decision": penalty.decision.map { decision($0, platform: platform) } ?? .null,
        ]
    }

    private static func decision(
        _ decision: PenaltyRecord.Decision,
        platform: Platform
    ) -> JSONValue {
        [
            "outcome": .string(decision.outcome.rawValue), "reason": .string(decision.reason),
            "account": .string(decision.account), "at": .string(decision.at.rfc3339),
            "evidence": evidence(index: decision.leafIndex, platform: platform),
        ]
    }
}

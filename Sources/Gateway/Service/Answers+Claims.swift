import CardModel
import WireFormat

extension Answers {
    /// - Parameter held: what is frozen of the merchant's deposit for the claim; nil where that is
    ///   not told.
    static func claim(
        _ record: ClaimRecord,
        history: [ClaimHistoryEntry]?,
        remedies: [RemedyRecord] = [],
        held: JSONValue? = nil,
        platform: Platform
    ) -> JSONValue {
        let claim = record.claim
        var value = JSONObject([
            .init(name: "claim", value: .string(record.id.text)),
            .init(name: "tracking", value: .string(record.tracking.text)),
            .init(name: "platform", value: .string(platform.name)),
            .init(name: "delivery", value: .string(record.delivery.text)),
            .init(name: "line", value: .integer(Int64(record.line))),
            .init(name: "merchant", value: .string(record.merchant)),
            .init(name: "state", value: .string(claim.state.rawValue)),
            .init(name: "owner", value: JSONValue(text: claim.owner?.rawValue)),
            .init(name: "due_at", value: JSONValue(text: record.dueAt?.rfc3339)),
            .init(name: "due_is_provisional", value: .bool(record.isDueProvisional)),
            .init(name: "against", value: .string(claim.against.rawValue)),
            .init(name: "family", value: .string(claim.family.rawValue)),
            .init(name: "verdict", value: record.verdict.jsonValue),
            .init(name: "opened_at", value: .string(claim.filedAt.rfc3339)),
            .init(name: "reported_via", value: .string(record.opening.reportedVia.rawValue)),
            .init(name: "reported_by", value: .string(record.opening.reportedBy.rawValue)),
            .init(
                name: "attached_defects",
                value: .array(claim.attachedDefects.map { .string($0.rawValue) })
            ),
            .init(name: "evidence_is_complete", value: .bool(claim.isEvidenceComplete)),
            .init(name: "known_at", value: .string(claim.filedAt.rfc3339)),
            .init(
                name: "limitation_ends_at",
                value: JSONValue(text: claim.limitation?.endsAt.rfc3339)),
            .init(
                name: "limitation_remind_at",
                value: JSONValue(text: claim.limitation?.remindsAt.rfc3339)),
            .init(
                name: "warranty",
                value: ["ends_at": JSONValue(text: record.warrantyEndsAt?.rfc3339)]
            ),
            .init(
                name: "policy",
                value: .string("\(claim.policy.id)@\(claim.policy.version)")
            ),
            .init(name: "price", value: claim.price?.jsonValue ?? .null),
            .init(name: "demand", value: .string(claim.demand.rawValue)),
            .init(name: "offer", value: claim.offer?.jsonValue ?? .null),
            .init(name: "finding", value: claim.proposal?.jsonValue ?? .null),
            .init(name: "ruling", value: claim.ruling?.ruling.jsonValue ?? .null),
            .init(name: "refusal", value: JSONValue(text: claim.refusal?.rawValue)),
            .init(name: "automation_held", value: .bool(claim.isAutomationHeld)),
            .init(name: "deposit_backing", value: depositBacking(of: claim, held)),
            .init(name: "execution", value: claim.execution?.jsonValue ?? .null),
            .init(name: "evidence", value: evidence(index: record.leafIndex, platform: platform)),
        ])
        if let history {
            value["remedies"] = .array(remedies.map { remedy($0, platform: platform) })
            value["history"] = .array(history.map(step))
        }
        return .object(value)
    }

    /// Whether the merchant's deposit answers for the claim, why it does not, and with how much.
    private static func depositBacking(of claim: Claim, _ held: JSONValue?) -> JSONValue {
        let reason: ClaimNotice? = claim.isOffPlatform ? .offPlatform : nil
        var backing = JSONObject([
            .init(name: "is_backed", value: .bool(reason == nil)),
            .init(name: "reason", value: JSONValue(text: reason?.rawValue)),
            .init(
                name: "text",
                value: reason.map { reason in
                    [
                        "zh-CN": .string(reason.text(in: .zhCN)),
                        "en": .string(reason.text(in: .en)),
                    ]
                } ?? .null),
        ])
        backing["held"] = held
        return .object(backing)
    }

    private static func step(_ entry: ClaimHistoryEntry) -> JSONValue {
        [
            "at": .string(entry.at.rfc3339), "from": JSONValue(text: entry.from?.rawValue),
            "to": .string(entry.to.rawValue), "event": .string(entry.event),
            "actor": .string(entry.actor.rawValue), "account": JSONValue(text: entry.account),
            "detail": entry.detail,
        ]
    }

    static func remedy(_ remedy: RemedyRecord, platform: Platform) -> JSONValue {
        [
            "remedy": .string(remedy.id.text), "platform": .string(platform.name),
            "claim": .string(remedy.claim.text), "delivery": .string(remedy.delivery.text),
            "line": .integer(Int64(remedy.line)), "merchant": .string(remedy.merchant),
            "attempt": .integer(Int64(remedy.execution.attempt)),
            "redress": remedy.execution.redress.jsonValue,
            "payer": .string(remedy.execution.payer.rawValue),
            "state": .string(remedy.state.rawValue),
            "requested_at": .string(remedy.requestedAt.rfc3339),
            "ended_at": JSONValue(text: remedy.endedAt?.rfc3339),
            "done_late_at": JSONValue(text: remedy.doneLateAt?.rfc3339),
        ]
    }

    static func ledgerEntry(_ entry: LedgerEntry) -> JSONValue {
        [
            "key": .string(entry.transaction.key), "at": .string(entry.at.rfc3339),
            "kind": .string(entry.transaction.kind.rawValue),
            "merchant": JSONValue(text: entry.merchant),
            "claim": JSONValue(text: entry.claim?.text),
            "reference": JSONValue(text: entry.reference),
            "postings": entry.transaction.jsonValue["postings"] ?? [],
        ]
    }
}

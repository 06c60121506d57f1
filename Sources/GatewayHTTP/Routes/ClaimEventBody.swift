import CardModel
import WireFormat

/// The body of `POST /v1/claims/{id}/events`: what one of the parties did.
///
/// Only acts of people come in here. Detections, timers, incidents and verdicts are the
/// gateway's own and cannot be asserted by a caller.
struct ClaimEventBody: Sendable {
    /// The words for an event; the history of the claim shows them.
    enum Name: String, CaseIterable {
        case messagePosted = "message_posted"
        case evidenceRequested = "evidence_requested"
        case evidenceAdded = "evidence_added"
        case withdrawn
        case remedyOffered = "remedy_offered"
        case remedyAnswered = "remedy_answered"
        case reviewStarted = "review_started"
        case liabilityRuled = "liability_ruled"
        case exclusionRuled = "exclusion_ruled"
        case appealFiled = "appeal_filed"
        case riskRaised = "risk_raised"
        case riskCleared = "risk_cleared"
        case escalated
    }

    let event: ClaimEvent
    let name: String
    let actor: ClaimActor

    /// The gateway acts on its own and through nobody.
    private static let actors = ClaimActor.allCases.filter { $0 != .system }
    /// The tiers a person may escalate to (claims.md E2).
    private static let tiers: ClosedRange<Int64> = 2...4

    /// - Throws: ``Problem`` with `invalid_fields`, naming everything that is wrong.
    init(_ object: JSONObject) throws(Problem) {
        var reader = BodyReader(object)
        let name = reader.word("event", of: Name.allCases)
        let actor = reader.word("actor", of: Self.actors)
        guard let name, let actor else {
            // What else belongs to the body depends on the event, so only these are named.
            throw Problem(.invalidFields, errors: reader.problems)
        }
        let event = Self.event(name, by: actor, &reader)
        try reader.finish()
        guard let event else { throw Problem(.invalidFields) }
        self.event = event
        self.name = name.rawValue
        self.actor = actor
    }

    private static func event(
        _ name: Name,
        by actor: ClaimActor,
        _ reader: inout BodyReader
    ) -> ClaimEvent? {
        switch name {
        case .messagePosted:
            .messagePosted(by: actor, isAutomatic: reader.bool("is_automatic") ?? false)
        case .evidenceRequested:
            reader.word("from", of: actors).map { .evidenceRequested(from: $0) }
        case .evidenceAdded:
            .evidenceAdded(by: actor, isComplete: reader.bool("is_complete") ?? false)
        case .withdrawn: .withdrawn(by: actor)
        case .remedyOffered:
            reader.word("remedy", of: Remedy.allCases).map { .remedyOffered($0, by: actor) }
        case .remedyAnswered:
            reader.bool("is_accepted", required: true).map {
                .remedyAnswered(isAccepted: $0, by: actor)
            }
        case .reviewStarted: .reviewStarted(by: actor)
        case .liabilityRuled:
            reader.word("liable", of: LiableParty.allCases).map {
                .decisionMade(.liable($0), by: actor)
            }
        case .exclusionRuled:
            exclusion(&reader).map { .decisionMade(.excluded($0), by: actor) }
        case .appealFiled: .appealFiled(by: actor)
        case .riskRaised: .riskRaised
        case .riskCleared: .riskCleared(by: actor)
        case .escalated:
            reader.integer("tier", in: tiers).map { .escalated(tier: Int($0), by: actor) }
        }
    }

    /// An exclusion without its own evidence is not applied, so it cannot be sent without.
    private static func exclusion(_ reader: inout BodyReader) -> Exclusion? {
        let kind = reader.word("exclusion", of: Exclusion.Kind.allCases)
        let text = reader.string("evidence", required: true, longest: EvidenceReference.longest)
        guard let kind, let text else { return nil }
        guard let evidence = EvidenceReference(text) else {
            reader.fail("evidence", .malformed)
            return nil
        }
        return Exclusion(kind, evidence: evidence)
    }
}

import CardModel
import Gateway
import WireFormat

/// The body of `POST /v1/claims/{id}/events`: what one of the parties did.
///
/// Only acts of people come in here. Detections, timers, incidents and verdicts are the gateway's
/// own and cannot be asserted by a caller.
struct ClaimEventBody: Sendable {
    /// The words for an event; the history of the claim shows them.
    enum Name: String, CaseIterable {
        case messagePosted = "message_posted"
        case messageRead = "message_read"
        case demandStated = "demand_stated"
        case evidenceRequested = "evidence_requested"
        case evidenceAdded = "evidence_added"
        case withdrawn
        case remedyOffered = "remedy_offered"
        case remedyAnswered = "remedy_answered"
        case reviewStarted = "review_started"
        case reviewExtended = "review_extended"
        case thirdPartyNamed = "third_party_named"
        case progressReported = "progress_reported"
        case liabilityProposed = "liability_proposed"
        case disputed
        case ruled
        case payoutApproved = "payout_approved"
        case appealFiled = "appeal_filed"
        case appealDecided = "appeal_decided"
        case riskRaised = "risk_raised"
        case riskCleared = "risk_cleared"
        case fraudConfirmed = "fraud_confirmed"
        case escalated
        case externalUpdate = "external_update"
        case reopened
        case abuseFlagged = "abuse_flagged"

        /// Whether one person answers for it: the platform's own system cannot do it.
        var isPersonal: Bool {
            switch self {
            case .liabilityProposed, .ruled, .payoutApproved, .appealDecided, .riskCleared,
                .fraudConfirmed:
                true
            case .messagePosted, .messageRead, .demandStated, .evidenceRequested,
                .evidenceAdded, .withdrawn, .remedyOffered, .remedyAnswered, .reviewStarted,
                .reviewExtended, .thirdPartyNamed, .progressReported, .disputed, .appealFiled,
                .riskRaised, .escalated, .externalUpdate, .reopened, .abuseFlagged:
                false
            }
        }

        /// Members in a person's own words that stand in the history without the order's codes.
        var ownWords: [String: TextLimit] {
            [
                "evidence": .bytes(EvidenceReference.longest),
                "reference": .scalars(longestReference),
            ]
        }

        /// Unicode scalars.
        var longestReference: Int { self == .evidenceAdded ? EvidenceReference.longest : 128 }
    }

    let move: ClaimMove
    let name: Name
    /// For whom the platform's system speaks; nil where a token says who it is.
    let actor: ClaimActor?
    let detail: JSONValue
    /// Why it is ruled so, or the review takes longer.
    let reason: String?

    /// Unicode scalars of a reason.
    static let longestReason = 500

    /// The gateway acts on its own and through nobody; arbiters have accounts.
    private static let actors: [ClaimActor] = [.buyer, .merchant, .platform, .thirdParty]

    /// - Throws: ``Problem`` with `invalid_fields`, naming everything that is wrong.
    init(_ object: JSONObject, namesActor: Bool) throws(Problem) {
        var reader = BodyReader(object)
        let name = reader.word("event", of: Name.allCases)
        actor = namesActor ? reader.word("actor", of: Self.actors) : nil
        guard let name, !namesActor || actor != nil else {
            // What else belongs to the body depends on the event, so only these are named.
            throw Problem(.invalidFields, errors: reader.problems)
        }
        var detail = ClaimEventDetail()
        let move = Self.move(name, &reader, &detail)
        try reader.finish()
        guard let move else { throw Problem(.invalidFields) }
        self.move = move
        self.name = name
        self.detail = detail.jsonValue
        reason = detail.reason
    }

    private static func move(
        _ name: Name,
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimMove? {
        guard name == .abuseFlagged else {
            return event(name, &reader, &detail).map { .event($0) }
        }
        // Which words are meant: the digest that their own `message_posted` gave.
        let message = reader.string("text_sha256", longest: 64)
        guard let kind = reader.word("kind", of: AbuseKind.allCases) else { return nil }
        detail.note("kind", kind.rawValue)
        detail.note("text_sha256", message)
        return .abuse(kind)
    }

    private static func event(
        _ name: Name,
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        switch name {
        case .messagePosted: return message(&reader, &detail)
        case .messageRead: return .messageRead
        case .demandStated:
            return reader.word("remedy", of: Remedy.allCases).map { .demandStated(detail.note($0)) }
        case .evidenceRequested:
            return reader.word("from", of: [ClaimActor.buyer, .merchant])
                .map {
                    detail.note("from", $0.rawValue)
                    return .evidenceRequested(from: $0)
                }
        case .evidenceAdded:
            detail.note("reference", reader.string("reference", longest: name.longestReference))
            let isComplete = reader.bool("is_complete") ?? false
            if isComplete { detail.note("is_complete", "true") }
            return .evidenceAdded(isComplete: isComplete)
        case .withdrawn: return .withdrawn
        case .remedyOffered:
            return reader.redress().map { .remedyOffered(detail.note($0)) }
        case .remedyAnswered:
            return reader.bool("is_accepted", required: true).map {
                detail.note("is_accepted", "\($0)")
                return .remedyAnswered(isAccepted: $0)
            }
        case .disputed: return reader.evidence(&detail).map { .disputed($0) }
        case .appealFiled: return .appealFiled
        case .reopened: return reader.evidence(&detail).map { .reopened($0) }
        case .escalated: return escalation(&reader, &detail)
        case .externalUpdate:
            detail.note("reference", reader.string("reference", longest: name.longestReference))
            return reader.word("outcome", of: ExternalOutcome.allCases).map {
                detail.note("outcome", $0.rawValue)
                return .externalUpdate($0)
            }
        case .reviewStarted, .reviewExtended, .thirdPartyNamed, .progressReported,
            .liabilityProposed, .ruled, .payoutApproved, .appealDecided, .riskRaised,
            .riskCleared, .fraudConfirmed:
            return platformEvent(name, &reader, &detail)
        case .abuseFlagged: return nil
        }
    }

    private static func platformEvent(
        _ name: Name,
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        switch name {
        case .reviewStarted: return .reviewStarted
        case .reviewExtended: return extending(&reader, &detail)
        case .thirdPartyNamed: return .thirdPartyNamed
        case .progressReported: return .progressReported
        case .liabilityProposed:
            detail.reason = reader.reason()
            return reader.ruling(&detail).map { .liabilityProposed($0) }
        case .ruled:
            detail.reason = reader.reason()
            return reader.ruling(&detail).map { .ruled($0) }
        case .payoutApproved: return .payoutApproved
        case .appealDecided: return appeal(&reader, &detail)
        case .riskRaised:
            detail.note("rule", reader.string("rule", longest: 64))
            return .riskRaised
        case .riskCleared: return .riskCleared
        case .fraudConfirmed: return .fraudConfirmed
        default: return nil
        }
    }

    /// The words themselves stay with the platform, which shows them; the log keeps that they were
    /// said, by whom and where, and their digest (M0-22, M2-16).
    private static func message(
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        detail.note("text_sha256", reader.string("text_sha256", longest: 64))
        detail.note("channel", reader.string("channel", longest: 64))
        if reader.bool("off_channel") == true { detail.note("off_channel", "true") }
        let isAutomatic = reader.bool("is_automatic") ?? false
        if isAutomatic { detail.note("is_automatic", "true") }
        return .messagePosted(isAutomatic: isAutomatic)
    }

    private static func extending(
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        detail.reason = reader.reason(required: true)
        guard let text = reader.string("by", required: true, longest: 32) else { return nil }
        guard let budget = PolicyDuration(text) else {
            reader.fail("by", .malformed)
            return nil
        }
        detail.note("by", text)
        return .reviewExtended(by: budget)
    }

    private static func escalation(
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        let tier = reader.integer("tier", in: 2...4)
        let ground =
            reader.word("ground", of: EscalationStep.Ground.allCases, required: false)
            ?? .exhausted
        detail.note(
            "reference", reader.string("reference", longest: Name.escalated.longestReference))
        guard let tier, let step = EscalationStep(tier: Int(tier), ground: ground) else {
            return nil
        }
        detail.note("tier", "\(tier)")
        detail.note("ground", ground.rawValue)
        return .escalated(to: step)
    }

    private enum Outcome: String, CaseIterable { case upheld, changed }

    private static func appeal(
        _ reader: inout BodyReader,
        _ detail: inout ClaimEventDetail
    ) -> ClaimEvent? {
        detail.reason = reader.reason()
        switch reader.word("outcome", of: Outcome.allCases) {
        case .upheld:
            detail.note("outcome", "upheld")
            return .appealDecided(.upheld)
        case .changed: return reader.ruling(&detail).map { .appealDecided(.changed($0)) }
        case nil: return nil
        }
    }
}

/// What the history keeps of an act's own words.
struct ClaimEventDetail {
    private var members: [JSONObject.Member] = []
    /// Kept under the order's key; of it the history has a digest alone.
    var reason: String?

    var jsonValue: JSONValue { members.isEmpty ? .null : .object(JSONObject(members)) }

    mutating func note(_ name: String, _ text: String?) {
        guard let text else { return }
        members.append(.init(name: name, value: .string(text)))
    }

    mutating func note(_ remedy: Remedy) -> Remedy {
        note("remedy", remedy.rawValue)
        return remedy
    }

    mutating func note(_ redress: Redress) -> Redress {
        members.append(.init(name: "redress", value: redress.jsonValue))
        return redress
    }

    mutating func note(_ ruling: ClaimRuling) -> ClaimRuling {
        members.append(.init(name: "ruling", value: ruling.jsonValue))
        return ruling
    }
}

extension BodyReader {
    fileprivate mutating func reason(required: Bool = false) -> String? {
        string(
            "reason", required: required, mayBeEmpty: false, longest: ClaimEventBody.longestReason)
    }

    /// A remedy and, where it pays, its amount: more than zero, and in a currency.
    mutating func redress() -> Redress? {
        let remedy = word("remedy", of: Remedy.allCases)
        let told = problems.count
        let amount = money("amount")
        // What is no amount was told; that it is missing would be told beside it.
        guard let remedy, problems.count == told else { return nil }
        if let redress = Redress(remedy, amount: amount) { return redress }
        fail("amount", amount == nil ? .missing : .outOfRange)
        return nil
    }

    mutating func money(_ name: String, required: Bool = false) -> Money? {
        guard let object = object(name, required: required) else { return nil }
        var reader = object
        let minorUnits = reader.integer("amount_minor", in: 1...Int64.max, saying: Self.amount)
        let currency = reader.string("currency", required: true, longest: 3)
        adopt(reader)
        guard let minorUnits, let currency else { return nil }
        guard let money = Money(minorUnits: minorUnits, currency: currency) else {
            fail(name, .malformed)
            return nil
        }
        return money
    }

    private static var amount: LocalisedText {
        LocalisedText(
            zhCN: "金额为大于 0 的整数，以最小货币单位计。",
            en: "An amount is a whole number of minor units above 0."
        )
    }

    mutating func evidence(_ detail: inout ClaimEventDetail) -> EvidenceReference? {
        guard let text = string("evidence", required: true, longest: EvidenceReference.longest)
        else { return nil }
        guard let evidence = EvidenceReference(text) else {
            fail("evidence", .malformed)
            return nil
        }
        detail.note("evidence", text)
        return evidence
    }

    private enum RulingWord: String, CaseIterable {
        case liable
        case notLiable = "not_liable"
        case excluded
    }

    /// An exclusion without its own evidence is not applied, so it cannot be sent without.
    mutating func ruling(_ detail: inout ClaimEventDetail) -> ClaimRuling? {
        let ruling: ClaimRuling?
        switch word("ruling", of: RulingWord.allCases) {
        case .liable:
            let party = word("liable", of: [LiableParty.merchant, .platform, .thirdParty])
            let redress = redress()
            ruling = party.flatMap { party in redress.map { .liable(party, $0) } }
        case .notLiable:
            var own = ClaimEventDetail()
            ruling = evidence(&own).map { .notLiable($0) }
        case .excluded:
            let kind = word("exclusion", of: Exclusion.Kind.allCases)
            var own = ClaimEventDetail()
            let evidence = evidence(&own)
            ruling = kind.flatMap { kind in
                evidence.map { .excluded(Exclusion(kind, evidence: $0)) }
            }
        case nil: ruling = nil
        }
        return ruling.map { detail.note($0) }
    }
}

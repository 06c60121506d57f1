import CardModel
import WireFormat

/// What a step of a claim says happened: enough to let it happen again.
enum ToldMove {
    case event(ClaimEvent)
    /// Written down without moving the claim: a filing outside, a collective case, a penalty, words
    /// that are abuse.
    case noMove
    /// Words of another version of the gateway.
    case unknown
}

extension ToldMove {
    /// - Parameters:
    ///   - claim: as it was before the step; its attempt is what a receipt speaks of.
    ///   - verdict: the latest answer about the code that is older than the step.
    init(_ step: ClaimHistoryEntry, of claim: Claim, after verdict: Verdict?) {
        let words = StepWords(step.detail)
        let isNote =
            ["filing.", "penalty."].contains { step.event.hasPrefix($0) }
            || ["collective.formed", "abuse_flagged", RemedyRecord.doneLateEvent].contains(
                step.event)
        if isNote {
            self = .noMove
            return
        }
        let event =
            Self.ownEvent(step.event, words, claim, verdict)
            ?? Self.partyEvent(step.event, words) ?? Self.platformEvent(step.event, words)
        self = event.map { .event($0) } ?? .unknown
    }

    /// What the gateway itself did, and what became of a remedy.
    private static func ownEvent(
        _ name: String,
        _ words: StepWords,
        _ claim: Claim,
        _ verdict: Verdict?
    ) -> ClaimEvent? {
        switch name {
        case "verdict.recorded":
            return words.choice("state", VerdictState.self).map { state in
                // What stands on a card has no answer of its own.
                .verdictRecorded(
                    verdict.flatMap { $0.state == state ? $0 : nil }
                        ?? Verdict(state: state, certainty: .local))
            }
        case ClaimOrigin.reportedEvent:
            return words.choice("problem", VerdictState.self)
                .map { .verdictRecorded(Verdict(state: $0, certainty: .claimed)) }
        case "liability.found":
            return words.choice("against", LiableParty.self).map { .liabilityFound($0) }
        case "timer.rung": return words.choice("timer", ClaimTimer.self).map { .timerRung($0) }
        case "remedy.receipt":
            return claim.execution.map {
                .remedyReceipt(RemedyReceipt(attempt: $0.attempt, result: .done($0.redress)))
            }
        case "remedy_receipt": return receipt(words, claim)
        case "remedy.verified":
            return words.choice("state", VerdictState.self)?.isFitReplacement
                .map { .remedyVerified(isGood: $0) }
        case "risk.raised": return .riskRaised
        case "risk.noted": return .riskNoted
        default: return nil
        }
    }

    private static func receipt(_ words: StepWords, _ claim: Claim) -> ClaimEvent? {
        guard let execution = claim.execution else { return nil }
        let result: RemedyReceipt.Result
        switch words.text("result") {
        case RemedyReceipt.Result.done(execution.redress).word: result = .done(execution.redress)
        case RemedyReceipt.Result.refused.word: result = .refused
        case RemedyReceipt.Result.failed.word: result = .failed
        default: return nil
        }
        return .remedyReceipt(RemedyReceipt(attempt: execution.attempt, result: result))
    }

    /// Acts that both sides do (the words of `POST /v1/claims/{id}/events`).
    private static func partyEvent(_ name: String, _ words: StepWords) -> ClaimEvent? {
        switch name {
        case "message_posted": .messagePosted(isAutomatic: words.isTrue("is_automatic"))
        case "message_read": .messageRead
        case "demand_stated": words.choice("remedy", Remedy.self).map { .demandStated($0) }
        case "evidence_requested":
            words.choice("from", ClaimActor.self).map { .evidenceRequested(from: $0) }
        case "evidence_added": .evidenceAdded(isComplete: words.isTrue("is_complete"))
        case "withdrawn": .withdrawn
        case "remedy_offered":
            words["redress"].flatMap { Redress(jsonValue: $0) }.map { .remedyOffered($0) }
        case "remedy_answered": .remedyAnswered(isAccepted: words.isTrue("is_accepted"))
        case "disputed": words.evidence.map { .disputed($0) }
        case "appeal_filed": .appealFiled
        case "reopened": words.evidence.map { .reopened($0) }
        case "escalated": words.escalation.map { .escalated(to: $0) }
        case "external_update":
            words.choice("outcome", ExternalOutcome.self).map { .externalUpdate($0) }
        default: nil
        }
    }

    private static func platformEvent(_ name: String, _ words: StepWords) -> ClaimEvent? {
        switch name {
        case "review_started": .reviewStarted
        case "review_extended":
            words.text("by").flatMap { PolicyDuration($0) }.map { .reviewExtended(by: $0) }
        case "third_party_named": .thirdPartyNamed
        case "progress_reported": .progressReported
        case "liability_proposed": words.ruling.map { .liabilityProposed($0) }
        case "ruled": words.ruling.map { .ruled($0) }
        case "payout_approved": .payoutApproved
        case "appeal_decided":
            words.text("outcome") == "upheld"
                ? .appealDecided(.upheld) : words.ruling.map { .appealDecided(.changed($0)) }
        case "risk_raised": .riskRaised
        case "risk_cleared": .riskCleared
        case "fraud_confirmed": .fraudConfirmed
        default: nil
        }
    }
}

/// What an event came with, and what followed, as its step keeps them.
struct StepWords {
    private let event: JSONValue
    /// ``ClaimEffect/historyWord`` of all effects that have one, in order.
    let effects: [String]

    init(_ detail: JSONValue) {
        let effects = detail["effects"]?.arrayValue
        event = effects == nil ? detail : detail["event"] ?? .null
        self.effects = (effects ?? []).compactMap(\.stringValue)
    }

    subscript(name: String) -> JSONValue? { event[name] }

    func text(_ name: String) -> String? { event[name]?.stringValue }

    func isTrue(_ name: String) -> Bool { text(name) == "true" }

    func choice<Word: RawRepresentable<String>>(_ name: String, _: Word.Type) -> Word? {
        text(name).flatMap { Word(rawValue: $0) }
    }

    var evidence: EvidenceReference? { text("evidence").flatMap { EvidenceReference($0) } }

    var ruling: ClaimRuling? { event["ruling"].flatMap { ClaimRuling(jsonValue: $0) } }

    var escalation: EscalationStep? {
        guard let tier = text("tier").flatMap({ Int($0) }),
            let ground = choice("ground", EscalationStep.Ground.self)
        else { return nil }
        return EscalationStep(tier: tier, ground: ground)
    }
}

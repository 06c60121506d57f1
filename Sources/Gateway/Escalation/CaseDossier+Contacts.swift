import CardModel
import WireFormat

extension CaseDossier {
    /// How the merchant was reached on this claim, and what came of it (M2-16).
    var contacts: [ContactAttempt] {
        guard claim.claim.against == .merchant else { return [] }
        return ContactLog(
            openedAt: claim.opening.against == .merchant ? claim.claim.filedAt : nil,
            // Without an address for events the gateway has told nobody.
            isNoticeSent: material.platform.record.eventsURL != nil,
            history: escalation.history,
            answerWithin: policy?.serviceLevels.firstResponse,
            calendar: calendar,
            at: at
        ).attempts
    }
}

/// The attempts to reach the merchant that a claim's history shows: what a person wrote or asked of
/// him, and the notice of the claim that the gateway sent. That a claim opened is no attempt of
/// anybody's. Pure.
struct ContactLog {
    /// When the claim opened against the merchant; nil for one that did not at first.
    let openedAt: Instant?
    /// Whether the gateway's notices reach the platform, which hands them on.
    let isNoticeSent: Bool
    let history: [ClaimHistoryEntry]
    /// How long the merchant has for a first answer; nil where the policy is not known.
    let answerWithin: PolicyDuration?
    let calendar: WorkCalendar
    let at: Instant

    var attempts: [ContactAttempt] {
        notices.map { ContactAttempt(.platformNotice, at: $0, result: result(since: $0)) }
            + words.map {
                ContactAttempt(Self.way($0), at: $0.at, result: result(since: $0.at))
            }
    }

    private var notices: [Instant] {
        guard isNoticeSent else { return [] }
        let word = ClaimEffect.noticeDue(to: .merchant, .claimOpened).historyWord
        let later = history.filter { entry in
            let effects = entry.detail["effects"]?.arrayValue ?? []
            return entry.to == .open && effects.contains { $0.stringValue == word }
        }
        return (openedAt.map { [$0] } ?? []) + later.map(\.at)
    }

    /// By people of the buyer's side and of the platform's; what a machine wrote is no attempt.
    private var words: [ClaimHistoryEntry] {
        history.filter { entry in
            guard Self.wordEvents.contains(entry.event), !entry.isAutomatic else { return false }
            return switch entry.actor {
            case .buyer, .platform, .arbiter: true
            case .merchant, .thirdParty, .system: false
            }
        }
    }

    private static let wordEvents: Set<String> = ["message_posted", "demand_stated"]

    /// What a person of the merchant's said since, or that his time for it is not over. Automatic
    /// replies are no answer (M2-02).
    private func result(since instant: Instant) -> ContactAttempt.Result {
        let answers = history.filter {
            $0.actor == .merchant && $0.at >= instant
                && !EscalationCase.unspoken.contains($0.event)
        }
        if answers.contains(where: { !$0.isAutomatic }) { return .answered }
        let due = answerDue(since: instant)
        let isOver = due.map { at >= $0 } ?? hasRung(since: instant)
        guard isOver else { return .awaited(until: due) }
        return answers.isEmpty ? .noAnswer : .automaticReply
    }

    private func answerDue(since instant: Instant) -> Instant? {
        answerWithin.flatMap {
            ServiceClock(budget: $0, startedAt: instant).deadline(calendar)?.instant
        }
    }

    private func hasRung(since instant: Instant) -> Bool {
        history.contains { entry in
            entry.event == "timer.rung" && entry.at >= instant
                && entry.ownDetail["timer"]?.stringValue == ClaimTimer.firstResponse.rawValue
        }
    }

    /// Where the platform names none, on the claim itself: its online service.
    private static func way(_ entry: ClaimHistoryEntry) -> ContactAttempt.Way {
        let told = entry.ownDetail["channel"]?.stringValue
        return ContactAttempt.Way.personal.first { $0.rawValue == told } ?? .onlineService
    }
}

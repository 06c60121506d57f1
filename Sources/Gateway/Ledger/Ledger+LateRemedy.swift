import CardModel
import WireFormat

extension Ledger {
    /// Refuses an act, which writes nothing; but for word that an attempt was carried out all the
    /// same after it had been cancelled. Something else was given for it meanwhile, or will be, so
    /// that stands in the history and is put before the platform's people, once.
    mutating func refuse(
        _ refusal: Refusal,
        _ advance: ClaimAdvance,
        on claim: ClaimRecord,
        _ act: ActContext
    ) throws -> PendingOutcome {
        guard case .event(.remedyReceipt(let word)) = advance.move,
            let remedy = try transaction.remedy(of: claim.id, attempt: word.attempt),
            remedy.isDoneLate(word.result, says: advance.principal.role)
        else { return PendingOutcome(.refused(refusal)) }
        var receipt = Receipt()
        try note(remedy, doneLateIn: advance, claim, act, &receipt)
        receipt.refusal = refusal
        return PendingOutcome(.committed(receipt))
    }

    private mutating func note(
        _ remedy: RemedyRecord,
        doneLateIn advance: ClaimAdvance,
        _ claim: ClaimRecord,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        var remedy = remedy
        remedy.doneLateAt = act.at
        try transaction.update(remedy)
        let notice = ClaimEffect.noticeDue(to: .platform, .remedyDoneLate)
        let step = ClaimStep(
            act: act,
            record: claim,
            entry: ClaimHistoryEntry(
                at: act.at,
                from: claim.claim.state,
                to: claim.claim.state,
                event: RemedyRecord.doneLateEvent,
                actor: advance.principal.role,
                account: advance.principal.account,
                detail: [
                    "event": [
                        "remedy": .string(remedy.id.text),
                        "attempt": .integer(Int64(remedy.execution.attempt)),
                        "redress": remedy.execution.redress.jsonValue,
                        "payer": .string(remedy.execution.payer.rawValue),
                        "cancelled_at": JSONValue(text: remedy.endedAt?.rfc3339),
                        "reference": advance.detail["reference"] ?? .null,
                    ],
                    "effects": .array([notice.historyWord].compactMap { $0 }.map { .string($0) }),
                ]
            )
        )
        try write(step, under: advance.rules)
        try carryOut(notice, number: 0, step, &receipt)
    }
}

extension RemedyRecord {
    /// The step that tells of it.
    static let doneLateEvent = "remedy.done_late"

    /// Whether this is the first word that the cancelled attempt was carried out as it was ordered,
    /// by somebody whose word it is.
    func isDoneLate(_ result: RemedyReceipt.Result, says role: ClaimActor) -> Bool {
        state == .cancelled && doneLateAt == nil && result == .done(execution.redress)
            && execution.isReported(result, by: role)
    }
}

import CardModel
import WireFormat

extension Ledger {
    /// One side flags the other's words (M2-19): a step in the history with its leaf, and a notice
    /// to the platform's people, who judge. The claim stays as it is, closed ones as well.
    ///
    /// - Returns: why the flag does not apply; nil when it was written.
    mutating func flagAbuse(
        on claim: ClaimRecord,
        _ advance: ClaimAdvance,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRefusal? {
        guard AbuseKind.flaggers.contains(advance.principal.role) else { return .wrongActor }
        let notice = ClaimEffect.noticeDue(to: .platform, .abuseFlagged)
        let step = ClaimStep(
            act: act,
            record: claim,
            entry: ClaimHistoryEntry(
                at: advance.at,
                from: claim.claim.state,
                to: claim.claim.state,
                event: advance.name,
                actor: advance.principal.role,
                account: advance.principal.account,
                detail: [
                    "event": advance.detail,
                    "effects": .array([notice.historyWord].compactMap { $0 }.map { .string($0) }),
                ]
            )
        )
        try write(step, under: advance.rules)
        try carryOut(notice, number: 0, step, &receipt)
        return nil
    }
}

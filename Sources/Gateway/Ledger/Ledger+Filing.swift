import CardModel
import WireFormat

extension Ledger {
    /// Writes down what became of a filing outside: row, history and leaf. It moves no claim: that
    /// it was gone to a tier, and what came of it, are acts of their own.
    ///
    /// - Returns: why the report does not apply; nil when it was written.
    mutating func report(
        _ event: OutsideFiling.Event,
        at channel: EscalationChannel,
        of claim: ClaimRecord,
        _ advance: ClaimAdvance,
        _ act: ActContext
    ) throws -> ClaimRefusal? {
        let standing = try transaction.filing(of: claim.id, at: channel)?.filing
        let next: OutsideFiling
        do throws(FilingRefusal) {
            next = try claim.filing(
                after: event, at: channel, standing, by: advance.principal, at: advance.at,
                under: advance.rules)
        } catch {
            return error.reason
        }
        try transaction.put(FilingRecord(claim: claim.id, filing: next))
        let step = ClaimStep(
            act: act,
            record: claim,
            entry: ClaimHistoryEntry(
                at: advance.at,
                from: claim.claim.state,
                to: claim.claim.state,
                event: "filing.\(next.status.rawValue)",
                actor: advance.principal.role,
                account: advance.principal.account,
                // The whole of it, so that the leaf commits to the row.
                detail: next.jsonValue
            )
        )
        try write(step, under: advance.rules)
        return nil
    }
}

/// A report of a filing that does not apply.
private struct FilingRefusal: Error {
    let reason: ClaimRefusal
}

extension ClaimRecord {
    /// The filing after a report of it.
    ///
    /// A buyer complains where he will, whatever the platform has reached; an agent of the platform
    /// goes no further than the claim has gone (M4-32).
    fileprivate func filing(
        after event: OutsideFiling.Event,
        at channel: EscalationChannel,
        _ standing: OutsideFiling?,
        by principal: ClaimPrincipal,
        at instant: Instant,
        under rules: ClaimRules
    ) throws(FilingRefusal) -> OutsideFiling {
        guard let person = principal.filingPerson else { throw FilingRefusal(reason: .wrongActor) }
        // What was filed goes on wherever the claim is by then.
        guard
            person == .buyer || standing?.isFiled == true
                || channel.tier <= claim.reachedTier(at: instant, under: rules)
        else { throw FilingRefusal(reason: .tierNotReached) }
        let before = standing ?? OutsideFiling(preparedFor: channel, at: instant)
        do throws(OutsideFiling.Refusal) {
            return try before.after(event, at: instant)
        } catch {
            switch error {
            case .wrongPerson: throw FilingRefusal(reason: .wrongActor)
            case .wrongStatus, .beforeLastChange: throw FilingRefusal(reason: .wrongState)
            }
        }
    }
}

extension ClaimPrincipal {
    /// Nil for those who file nothing: the other side, and machines.
    var filingPerson: FilingPerson? {
        switch role {
        case .buyer: .buyer
        case .platform, .arbiter: .platformAgent
        case .merchant, .thirdParty, .system: nil
        }
    }
}

extension Claim {
    /// The highest tier whose channels an agent may report of.
    fileprivate func reachedTier(at instant: Instant, under rules: ClaimRules) -> EscalationTier {
        reachedTier(
            isAppealOver: isAppealOver(
                at: instant, within: rules.policy.serviceLevels.appealWithin, rules.calendar))
    }
}

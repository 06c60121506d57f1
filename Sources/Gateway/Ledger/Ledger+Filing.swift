import CardModel
import WireFormat

extension Ledger {
    /// Writes down what became of a filing outside: row, history and leaf. It moves no claim: that
    /// it was gone to a tier, and what came of it, are acts of their own.
    mutating func record(_ report: FilingReport) throws -> PendingOutcome {
        guard let claim = try transaction.claim(report.claim),
            claim.platform == report.platform, let item = try transaction.item(claim.item),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.unknown)) }
        if let idempotency = report.idempotency,
            let earlier = try transaction.act(orInsert: idempotency, of: claim.id)
        {
            return PendingOutcome(
                earlier == idempotency.actCode ? .committed(Receipt()) : .refused(.otherAct)
            )
        }
        let standing = try transaction.filing(of: claim.id, at: report.channel)?.filing
        let next: OutsideFiling
        do throws(FilingRefusal) {
            next = try report.applied(to: standing, of: claim)
        } catch {
            if let idempotency = report.idempotency {
                try transaction.forgetIdempotencyKey(idempotency.key, of: claim.id)
            }
            return PendingOutcome(.refused(.notAllowed(reason: error.rawValue)))
        }
        try transaction.put(FilingRecord(claim: claim.id, filing: next))
        let step = ClaimStep(
            act: ActContext(
                orderID: delivery.orderID, notice: item.notice, at: report.at,
                drafting: report.drafting, label: "filing \(report.channel.rawValue)"),
            record: claim,
            entry: ClaimHistoryEntry(
                at: report.at,
                from: claim.claim.state,
                to: claim.claim.state,
                event: "filing.\(next.status.rawValue)",
                actor: report.principal.role,
                account: report.principal.account,
                detail: [
                    "channel": .string(report.channel.rawValue),
                    "reference": JSONValue(text: next.reference?.text),
                ]
            )
        )
        try write(step, under: report.rules)
        return PendingOutcome(.committed(Receipt()))
    }
}

/// Why a report of a filing does not apply; the words of ``ClaimRefusal`` where they mean the same.
enum FilingRefusal: String, Error {
    case wrongState = "wrong_state"
    case wrongActor = "wrong_actor"
    case tierNotReached = "tier_not_reached"
}

extension FilingReport {
    /// The filing after the report.
    ///
    /// A buyer complains where he will, whatever the platform has reached; an agent of the platform
    /// goes no further than the claim has gone (M4-32).
    func applied(
        to standing: OutsideFiling?,
        of claim: ClaimRecord
    ) throws(FilingRefusal) -> OutsideFiling {
        guard let person = principal.filingPerson else { throw .wrongActor }
        // What was filed goes on wherever the claim is by then.
        guard
            person == .buyer || standing?.isFiled == true
                || channel.tier <= claim.claim.reachedTier
        else {
            throw .tierNotReached
        }
        guard let event else {
            // Prepared anew once it is over; else its packet is only shown again.
            if let standing, standing.status != .closed { return standing }
            return OutsideFiling(preparedFor: channel, at: at)
        }
        let before = standing ?? OutsideFiling(preparedFor: channel, at: at)
        do throws(OutsideFiling.Refusal) {
            return try before.after(event, at: at)
        } catch {
            switch error {
            case .wrongPerson: throw .wrongActor
            case .wrongStatus, .beforeLastChange: throw .wrongState
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
    /// The highest tier that the case has been brought to.
    var reachedTier: EscalationTier {
        switch state {
        case .escalateTier2: .consumerBodies
        case .escalateTier3: .paymentDispute
        case .escalateTier4: .law
        case .detected, .open, .evidence, .remedyOffered, .reviewQueued, .review,
            .waitingThirdParty, .liability, .executing, .verifyRemedy, .appeal, .holdRisk,
            .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            isTierExhausted ? .consumerBodies : .platform
        }
    }
}

import WireFormat

extension ClaimOutcome {
    /// How a claim that is closed now ended (M2-12).
    ///
    /// The times are those of the whole claim, also of one that was opened again: what was no
    /// solution took the buyer's time as well. A clock that was set back gives no time before the
    /// opening, and what happened after the closing did not happen before it.
    ///
    /// - Returns: `nil` for a claim that is open.
    public init?(closing claim: Claim, number: Int, merchant: String, replaces: Int? = nil) {
        guard let result = Result(closing: claim.state, settlement: claim.settlement) else {
            return nil
        }
        let closedAt = max(claim.filedAt, claim.enteredAt)
        func inside(_ instant: Instant?) -> Instant? {
            instant.flatMap { $0 > closedAt ? nil : max($0, claim.filedAt) }
        }
        self.init(
            number: number,
            merchant: merchant,
            family: claim.family,
            result: result,
            liable: claim.liable,
            openedAt: claim.filedAt,
            firstResponseAt: inside(claim.firstAnsweredAt),
            proposalAt: inside(claim.firstRemedyAt),
            closedAt: closedAt,
            replaces: replaces
        )
    }
}

extension Claim {
    /// What the remedy was given in, for a claim that was remedied.
    fileprivate var settlement: ClaimOutcome.Settlement {
        guard let execution, execution.redress.remedy.isPayment else { return .inKind }
        return switch execution.payer {
        case .deposit, .depositOnApproval: .depositPayout
        case .merchant, .platform, .thirdParty: .refund
        }
    }

    /// Whose defect it was: as a person ruled, else whom the claim is against. A claim that was
    /// refused established no defect.
    fileprivate var liable: LiableParty {
        switch ruling?.ruling {
        case .liable(let party, _): party
        case .notLiable, .excluded, .fraud: .none
        case nil: state == .closedNotCovered ? .none : against
        }
    }
}

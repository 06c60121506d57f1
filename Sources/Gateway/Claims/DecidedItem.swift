public import CardModel
public import WireFormat

/// An item of which something was decided, as another policy is tried on it.
public struct DecidedItem: Sendable {
    public var terms: ItemTerms
    /// As it was when it was decided: a hand-over asks anew, and nothing is decided then.
    public var deliveredAt: Instant?
    public var decision: ItemDecision
    public var judgement: JudgementRecord

    /// Nil when nothing follows from the decision.
    public init?(terms: ItemTerms, deliveredAt: Instant?, decision: ItemDecision) {
        guard let judgement = decision.judgement else { return nil }
        self.terms = terms
        self.deliveredAt = deliveredAt
        self.decision = decision
        self.judgement = judgement
    }

    /// The case under the name of its check: no code, no order, no merchant and no person. What the
    /// issuer says in words stays behind, too; nothing is decided by it, and it may name somebody.
    public var warrantyCase: WarrantyCase {
        var verdict = decision.verdict.value
        verdict.issuer?.text = nil
        verdict.attributes = []
        verdict.usage = nil
        var warrantyCase = WarrantyCase(
            of: decision.check, verdict, about: terms, deliveredAt: deliveredAt,
            by: judgement.basis, at: decision.decidedAt)
        warrantyCase.decided = PastDecision(
            policy: terms.policy, claim: judgement.claim, liable: decision.liability)
        return warrantyCase
    }
}

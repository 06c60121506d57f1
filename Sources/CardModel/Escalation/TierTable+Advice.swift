extension TierTable {
    /// Where the case goes next; total.
    public func advice(for facts: EscalationFacts) -> TierAdvice {
        let situation = TierSituation(facts, under: parameters)
        let row = tiers.first { $0.holds(for: situation, exhausted: facts.exhausted) }
        let channelRow = channels.first { $0.condition.holds(for: situation, tier: row.tier) }
        let found = Self.channels(channelRow.channels, facts.paymentMethod)
        return TierAdvice(
            tier: row.tier,
            channels: found.isEmpty ? [.platformQueue] : found,
            row: row,
            channelRow: channelRow.id,
            proposal: proposal(beside: row.tier, for: situation, facts.paymentMethod),
            jump: situation.next.isSkipped(by: row.tier) ? row.jump : nil,
            grounds: TierGrounds(
                problem: facts.problem,
                platformRule: "\(id)@\(version) \(row.id)",
                law: row.law
            ),
            whyNotHigher: WhyNotHigher(situation, at: row.tier),
            whyNotPayment: WhyNotPayment(situation.dispute)
        )
    }

    private func proposal(
        beside tier: EscalationTier,
        for situation: TierSituation,
        _ method: PaymentMethod
    ) -> TierProposal? {
        proposals.first { $0.tier > tier && $0.condition.holds(for: situation, tier: tier) }
            .map { row in
                TierProposal(
                    tier: row.tier,
                    channels: Self.channels(row.channels, method),
                    rowID: row.id,
                    reason: row.reason
                )
            }
    }

    private static func channels(
        _ choices: [ChannelChoice],
        _ method: PaymentMethod
    ) -> [EscalationChannel] {
        choices.flatMap { $0.channels(for: method) }
    }
}

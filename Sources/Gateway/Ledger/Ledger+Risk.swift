import CardModel
import WireFormat

/// What the rules of risk are told of one claim's buyer, merchant and batch.
extension Ledger {
    /// Refund requests (退款申请) of the window (M1-41).
    ///
    /// A request is a claim that was filed within the window and asks for money back: in the
    /// buyer's own words, or because his policy offers that first and he has said nothing else. Of
    /// a buyer, orders are counted, and none whose code was dead before he had it. Of a merchant,
    /// orders are counted among those of the days of UTC that the window touches; of a batch, codes
    /// among all that were handed over: both are more than the window's own deliveries, which
    /// nobody counts by the hour, so that a share is never overstated. Deliveries are not counted
    /// by product, and nothing is said of one.
    func refundFacts(
        of record: ClaimRecord,
        _ thresholds: RiskThresholds.RefundBurst,
        at instant: Instant
    ) throws -> [RiskFacts] {
        guard record.claim.demand.isRefund else { return [] }
        let since = instant - (thresholds.window.duration ?? .zero)
        var found: [RiskFacts] = []
        func add(_ subject: RiskSubject, _ count: Int, of total: Int = 0) {
            var facts = RiskFacts(subject: subject, at: instant)
            facts.refundRequests = RiskCount(count, of: total, since: since)
            found.append(facts)
        }
        if let code = record.buyerCode {
            let asked = try claims(
                from: .buyer(code), record, since: since,
                limit: ClaimPatterns.looks(reaching: thresholds.buyer)
            ).filter(ClaimTrait.refundAsked.holds)
            add(.buyer(record.id.text), ClaimPatterns.complaints(in: asked))
        }
        let sold = try transaction.deliveryCount(
            of: record.merchant, since: LocalZone.utc.day(of: since), platform: record.platform)
        let asked = try count(.refundAsked, from: .merchant(record.merchant), record, since: since)
        add(.merchant(record.merchant), asked.deliveries, of: sold)
        if let id = record.batch, let batch = try transaction.batch(id) {
            let sold = try transaction.soldStockCodeCount(of: batch.number)
            let asked = try count(.refundAsked, from: .batch(id), record, since: since)
            add(.batch(id.text), asked.items, of: sold)
        }
        return found
    }

    private func count(
        _ trait: ClaimTrait,
        from source: ClaimSource,
        _ record: ClaimRecord,
        since: Instant
    ) throws -> ClaimedCount {
        try transaction.claimedCount(
            having: trait, from: source, platform: record.platform, since: since,
            limit: ClaimPatterns.mostClaims)
    }

    /// Orders whose code was not what was promised, among the merchant's orders of the same time
    /// (虚假宣传). Looked for when one more of them comes, and nil for any other claim.
    func mismatches(beside record: ClaimRecord, at instant: Instant) throws -> RiskCount? {
        guard record.claim.family == .notAsDescribed else { return nil }
        let since = instant - ClaimPatterns.merchantWindow
        let sold = try transaction.deliveryCount(
            of: record.merchant, since: LocalZone.utc.day(of: since), platform: record.platform)
        let found = try count(
            .family(.notAsDescribed), from: .merchant(record.merchant), record, since: since)
        return RiskCount(found.deliveries, of: sold, since: since)
    }

    /// The signs that the claim's merchant leaves, in the currency of its price; nil where nothing
    /// of them can be there.
    func silence(
        of record: ClaimRecord,
        _ thresholds: RiskThresholds.Gone,
        at instant: Instant
    ) throws -> MerchantSilence? {
        guard let currency = record.claim.price?.currency else { return nil }
        return try silence(
            of: record.merchant, record.platform, currency: currency, thresholds, at: instant)
    }

    /// - Parameter asked: what he wants to withdraw now, in minor units, and has not yet.
    /// - Returns: nil while there is a sign that he stays. Claims are looked at last, because that
    ///   is the most work.
    func silence(
        of merchant: String,
        _ platform: PlatformNumber,
        currency: String,
        asked: Int64 = 0,
        _ thresholds: RiskThresholds.Gone,
        at instant: Instant
    ) throws -> MerchantSilence? {
        guard let day = try transaction.lastDeliveryDay(of: merchant, platform: platform)
        else { return nil }
        // Deliveries are counted by day: it may have been the last instant of it, and an alarm must
        // not come early.
        let lastDeliveryAt = day.adding(days: 1).startOfDayUTC
        guard instant - (thresholds.noDeliveryFor.duration ?? .zero) >= lastDeliveryAt
        else { return nil }
        // For the same reason what left on that day counts: it may have left after the delivery.
        let withdrawn = try transaction.withdrawn(
            by: merchant, currency: currency, since: day.startOfDayUTC, platform: platform)
        let leaving = withdrawn.addingReportingOverflow(asked)
        guard leaving.partialValue > 0 || leaving.overflow else { return nil }
        let free = try transaction.balance(
            of: .deposit(merchant: merchant), currency: currency, platform: platform)
        let before = free.addingReportingOverflow(withdrawn)
        // Who answers the oldest first has none of the latest answered, and is not silent.
        let claims = try transaction.claims(
            from: .merchant(merchant), platform: platform,
            since: instant - ClaimPatterns.merchantWindow, limit: ClaimPatterns.mostClaims)
        return MerchantSilence(
            unansweredClaims: claims.count(where: \.claim.waitsUnanswered),
            lastAnswerAt: claims.compactMap(\.claim.merchantActedAt).max(),
            lastDeliveryAt: lastDeliveryAt,
            withdrawalsMinor: leaving.overflow ? .max : leaving.partialValue,
            balanceBeforeMinor: before.overflow ? .max : before.partialValue
        )
    }

    /// Whether a withdrawal waits for a person (M0-26, M4-09): the merchant answers nothing,
    /// delivers nothing, and this is how his money leaves.
    func waitsForPerson(_ change: DepositChange) throws -> Bool {
        guard change.kind == .withdrawal, !change.isPressedByPerson, let merchant = change.merchant
        else { return false }
        var facts = RiskFacts(subject: .merchant(merchant), at: change.at)
        facts.silence = try silence(
            of: merchant, change.platform, currency: change.amount.currency,
            asked: change.amount.minorUnits, change.risk.merchantGone, at: change.at)
        return change.risk.hits(in: facts).contains { $0.holds.contains(.depositRelease) }
    }
}

extension ClaimPatterns {
    /// How many claims are read to see whether so many of one kind are among them.
    static func looks(reaching threshold: Int) -> Int {
        let threshold = min(threshold, mostClaims)
        return max(threshold, min(mostRead, threshold * looksPerCount))
    }
}

extension Claim {
    /// Whether the merchant let the limit for a first answer pass, and has not answered since.
    var waitsUnanswered: Bool {
        against == .merchant && !state.isClosed && firstAnsweredAt == nil && missedResponses > 0
    }
}

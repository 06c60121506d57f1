import AdapterKit
import CardModel
import WireFormat

/// Which questions may be put, and what the answers mean beside an order to spend the code.
extension CheckRunner {
    /// The operation that waits for the owner's consent; nil when the issuer may be asked.
    func missingConsent(
        for item: ItemRecord,
        _ descriptor: AdapterDescriptor
    ) async throws -> AdapterOperation? {
        if descriptor.canOnlyRedeem { return .redeem }
        guard descriptor.needsConsent(.inquire) else { return nil }
        let consent = try await store.consent(of: item.number, for: .inquire)
        return consent?.holds(for: item) ?? false ? nil : .inquire
    }

    /// The orders that may have spent the code, or did; through whichever adapter, for a product's
    /// adapter may have been another one then.
    func orders(for item: ItemRecord) async throws -> [RedemptionRecord] {
        try await store.redemptions(of: item.number).filter(\.barsAnother)
    }

    /// What is known of a code that can only be spent, and was ordered to be: what its order found,
    /// or that it is on its way.
    func ordered(_ orders: [RedemptionRecord]) async throws -> InquiryResult? {
        if orders.isEmpty { return nil }
        var words: [Verdict] = []
        for order in orders where order.state == .settled {
            let decision = try await store.check(order.check)?.decision
            if let verdict = decision?.verdict, !verdict.isUndecided { words.append(verdict.value) }
        }
        let word = words.first { $0.state.isGood } ?? words.first
        return word.map { InquiryResult($0) } ?? .indeterminate(.inProgress)
    }

    /// The result as the first order that explains it leaves it: one that is settled knows more
    /// than one that is open.
    func reading(
        _ result: InquiryResult,
        besides orders: [RedemptionRecord],
        _ descriptor: AdapterDescriptor
    ) async throws -> InquiryResult {
        for order in orders.filter({ $0.state == .settled })
            + orders.filter({ $0.state != .settled })
        {
            let decision = try await store.check(order.check)?.decision
            let reading = RedemptionRules.reading(
                result,
                besides: order,
                isSpent: order.state == .settled && decision?.verdict.isGood ?? false,
                skewMargin: .seconds(descriptor.limits.skewMarginSeconds)
            )
            if reading.state != result.state { return reading }
        }
        return result
    }
}

extension InquiryResult {
    /// The issuer's word that a verdict was made of, to be judged anew.
    fileprivate init(_ verdict: Verdict) {
        self.init(
            state: verdict.issuerState ?? verdict.state,
            certainty: verdict.issuerState == nil ? verdict.certainty : .authoritative,
            issuer: verdict.issuer ?? IssuerStatement(code: nil, text: nil, at: nil),
            expiresOn: verdict.expiresOn,
            actualValue: verdict.actualValue
        )
        balanceUntil = verdict.balanceUntil
        term = verdict.term?.term
        attributes = CodeAttributes(
            told: verdict.attributes.compactMap { check in
                check.actual.map { (name: check.name, value: $0) }
            }
        )
        usedByHint = verdict.usage?.usedByHint
        loginAnomaly = verdict.usage?.loginAnomaly
    }

    /// Asks that come exactly when the issuer said, about a code or an order; after them the
    /// schedule's.
    static let mostPolls = 50
    private static let pollPauses: ClosedRange<Duration> = .seconds(1)...(.seconds(86_400))

    /// The wait that the issuer asked for, within bounds; nil when the schedule decides.
    func wait(after polls: Int) -> Duration? {
        guard polls < Self.mostPolls, let retryAfter else { return nil }
        return min(max(retryAfter, Self.pollPauses.lowerBound), Self.pollPauses.upperBound)
    }

    /// How long after this answer the question goes on, where the issuer has it and said when to
    /// come back; nil when the schedule decides.
    func pollPause(after polls: Int) -> Duration? {
        state == .indeterminate && cause == .inProgress ? wait(after: polls) : nil
    }
}

extension CheckOutcome {
    /// What the next ask of the same question needs to know of this one.
    mutating func goOn(with result: InquiryResult, polls: Int) {
        isPoll = result.pollPause(after: polls) != nil
        continuation = result.continuation.flatMap {
            $0.utf8.count <= Inquiry.longestContinuationBytes ? $0 : nil
        }
    }
}

extension RandomSource {
    /// Fresh for each question (`Inquiry.nonceRange`).
    func nonce() -> UInt64 {
        bytes(8).reduce(0) { $0 << 8 | UInt64($1) } & Inquiry.nonceRange.upperBound
    }
}

extension AdapterDescriptor {
    /// The issuer has no question, only the call that spends the code.
    var canOnlyRedeem: Bool { operations[.inquire] == nil && operations[.redeem] != nil }
}

extension AdapterRegistry {
    /// Ready adapters that can only spend a code.
    var onlyRedeemingIDs: Set<String> {
        Set(readyIDs.filter { adapter($0)?.descriptor.canOnlyRedeem ?? false })
    }
}

import AdapterKit
import CardModel
import WireFormat

/// What the words about an order mean. Pure and total.
enum RedemptionRules {
    /// Orders of one consent: more would only annoy the issuer, so a person looks.
    static let mostOrders = 6
    /// How long an order may be on its way: until then "no such order" is not "nothing taken".
    static let longestFlight = Duration.seconds(600)
    /// How long the issuer's report is waited for where it cannot be asked.
    static let longestSilence = Duration.seconds(3 * 86_400)

    /// The state of an order after a word about it; nil when it changes nothing.
    /// - Parameter asksAgain: whether the issuer is heard again; else an open order goes to a
    ///   person.
    static func next(
        after state: RedemptionRecord.State,
        on disposition: RedemptionAnswer.Disposition,
        asksAgain: Bool
    ) -> RedemptionRecord.State? {
        switch (disposition, state) {
        case (.settled, _): .settled
        case (.notTaken, .planned), (.notTaken, .intended), (.notTaken, .accepted),
            (.notTaken, .unknown), (.notTaken, .person):
            .notTaken
        case (.accepted, .planned), (.accepted, .intended), (.accepted, .accepted),
            (.accepted, .unknown), (.unknown, .accepted):
            asksAgain ? .accepted : .person
        case (.unknown, .planned), (.unknown, .intended), (.unknown, .unknown):
            asksAgain ? .unknown : .person
        case (.accepted, .settled), (.accepted, .notTaken), (.accepted, .person),
            (.unknown, .settled), (.unknown, .notTaken), (.unknown, .person),
            // What was spent is never given free again, and what is free stays so.
            (.notTaken, .settled), (.notTaken, .notTaken):
            nil
        }
    }

    /// What an error of the call that spends the code says of it.
    static func answer(to error: AdapterError) -> RedemptionAnswer {
        RedemptionAnswer(
            error.mayHaveReachedIssuer ? .unknown : .notTaken,
            .indeterminate(
                error.cause,
                retryAfter: error.retryAfter,
                transcripts: error.transcripts
            )
        )
    }

    /// An answer to a question about an order. A question that failed says nothing, and an order
    /// may still be on its way when the issuer does not know it yet.
    static func answer(
        _ answer: RedemptionAnswer,
        placedAt: Instant,
        askedAt: Instant
    ) -> RedemptionAnswer {
        guard answer.disposition == .notTaken, askedAt < placedAt + longestFlight else {
            return answer
        }
        var result = answer.result
        result.state = .indeterminate
        result.cause = .inProgress
        return RedemptionAnswer(.unknown, result)
    }

    /// Where the state of a code tells what became of the order to spend it.
    enum Settlement: Sendable {
        case answer(RedemptionAnswer)
        /// The code is used, and nothing says by whom.
        case person(InquiryResult)
    }

    /// - Parameters:
    ///   - isAccepted: whether the issuer took the order: then the code is spent later, and that
    ///     it is unused still frees nothing.
    ///   - callLimit: the longest that the call which spends the code may last.
    ///   - beneficiary: whose account was to be credited.
    static func settlement(
        by result: InquiryResult,
        isAccepted: Bool,
        placedAt: Instant,
        askedAt: Instant,
        callLimit: Duration,
        skewMargin: Duration,
        beneficiary: SecretValue?
    ) -> Settlement {
        switch result.state {
        case .okUnused where isAccepted:
            return .answer(RedemptionAnswer(.unknown, result.undecided(.inProgress)))
        case .okUnused:
            return .answer(
                answer(RedemptionAnswer(.notTaken, result), placedAt: placedAt, askedAt: askedAt)
            )
        case .okActivatedByBuyer: return .answer(RedemptionAnswer(.settled, result))
        case .used, .partiallyUsed:
            guard let usedAt = result.issuer.at else { return .person(result) }
            if usedAt < placedAt - skewMargin {
                return .answer(RedemptionAnswer(.settled, result))
            }
            if let isOurs = result.isCredited(to: beneficiary) {
                return .answer(RedemptionAnswer(.settled, isOurs ? result.spentByUs : result))
            }
            guard usedAt <= placedAt + callLimit + skewMargin else { return .person(result) }
            var ours = result.spentByUs
            ours.certainty = .derived
            return .answer(RedemptionAnswer(.settled, ours))
        case .indeterminate, .unsupported, .temporarilyUnusable, .issuerDelay, .locked, .conflict:
            return .answer(RedemptionAnswer(.unknown, result.undecided(.inProgress)))
        case .malformed, .notFound, .notActivated, .wrongProduct, .wrongRegion, .wrongVersion,
            .undervalued, .expired, .shortShelfLife, .revoked, .duplicateDelivery,
            .duplicateStock, .oversold, .notDelivered, .shortDelivery, .lateDelivery,
            .extractionFailed, .doubleCharged, .termShortened, .serviceInterrupted,
            .accountMismatch, .accountCompromised:
            return .answer(RedemptionAnswer(.settled, result))
        }
    }

    /// An inquiry's word about a code for which there is an order: that it is used now is what the
    /// order did, or may have done, and nobody else's fault.
    static func reading(
        _ result: InquiryResult,
        besides order: RedemptionRecord?,
        isSpent: Bool,
        skewMargin: Duration
    ) -> InquiryResult {
        guard let order, let placedAt = order.placedAt,
            result.state == .used || result.state == .partiallyUsed,
            result.issuer.at.map({ $0 >= placedAt - skewMargin }) ?? true
        else { return result }
        if isSpent { return result.spentByUs }
        return order.state.isOpen || order.state == .person
            ? result.undecided(.inProgress) : result
    }

    /// When an open order is looked at again; nil: a person decides.
    static func nextPoll(
        of order: RedemptionRecord,
        settlement: Means,
        heard result: InquiryResult,
        schedule: ReaskSchedule,
        placedAt: Instant,
        at now: Instant,
        jitter: Double
    ) -> Instant? {
        switch settlement {
        case .none: return nil
        case .callback:
            let limit = placedAt + longestSilence
            return now < limit ? limit : nil
        case .query, .inquiry: break
        }
        if let wait = result.wait(after: order.polls) { return now + wait }
        switch schedule.next(
            asksMade: order.polls + 1,
            lastAskedAt: now,
            firstAskedAt: placedAt,
            untolledEnd: nil,
            jitter: jitter
        ) {
        case .ask(let instant): return instant
        case .person: return nil
        }
    }

    /// How an order is found out about.
    enum Means: Sendable, Hashable {
        case query
        case inquiry(adapter: String)
        case callback
        case none
    }
}

extension InquiryResult {
    /// The code is used up, and it was our order that did it.
    fileprivate var spentByUs: InquiryResult {
        var result = self
        result.state = .okActivatedByBuyer
        result.cause = nil
        return result
    }

    /// The same words without a state.
    func undecided(_ cause: IndeterminateCause) -> InquiryResult {
        var result = self
        result.cause = state == .indeterminate ? result.cause ?? cause : cause
        result.state = .indeterminate
        return result
    }

    /// Whether the newest change of the code's state credited the beneficiary, by the last digits
    /// that the issuer shows; nil when it shows none, or too few to tell two apart.
    fileprivate func isCredited(to beneficiary: SecretValue?) -> Bool? {
        guard let hint = history.last?.actorHint?.filter(\.isNumber), hint.count >= 4 else {
            return nil
        }
        return beneficiary?.withUnredacted { $0.filter(\.isNumber).hasSuffix(hint) }
    }
}

extension ReaskSchedule {
    /// How open orders are asked about: at first in seconds, because the buyer waits.
    static let redemptions =
        ReaskSchedule(
            pauses: [5, 15, 60, 300, 1_800, 7_200, 43_200, 86_400].map { .seconds($0) },
            jitterShare: 0.1
        ) ?? .standard
}

import AdapterKit
import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Writes down that the issuer is about to be told to redeem. Only a planned order under its
    /// own lease, with a consent that still is the owner's, gets so far: and only while no other
    /// order for the code had its word. One that took nothing may have succeeded after all.
    mutating func intend(_ intent: RedemptionIntent) throws -> PendingOutcome {
        guard var order = try transaction.redemption(intent.number), order.state == .planned,
            order.leasedUntil == intent.leasedUntil,
            let item = try transaction.item(order.item),
            let consent = try transaction.consent(order.consent)
        else { return PendingOutcome(.refused(.leaseLost)) }
        if let refusal = try refusal(of: order, by: consent, for: item) {
            order.takeNothing()
            try transaction.update(order)
            return PendingOutcome(.refused(.notAllowed(reason: refusal.rawValue)))
        }
        order.state = .intended
        order.placedAt = intent.at
        try transaction.update(order)
        let index = try append(intent.leaf, of: .notice(item.notice), platform: item.platform)
        var receipt = Receipt()
        receipt.redemption = order
        return PendingOutcome(
            receipt,
            leaf: intent.leaf,
            index: index,
            platform: item.platform
        )
    }

    private func refusal(
        of order: RedemptionRecord,
        by consent: ConsentRecord,
        for item: ItemRecord
    ) throws -> ConsentRefusal? {
        guard consent.holds(for: item) else { return .notTheOwner }
        let isSettled = try transaction.redemptions(of: item.number).contains {
            $0.number != order.number && $0.state == .settled
        }
        return isSettled ? .alreadyOrdered : nil
    }

    /// Records a word about an order: its leaf always, and what follows where it is news.
    mutating func record(_ word: RedemptionWord) throws -> PendingOutcome {
        guard var order = try transaction.redemption(word.number),
            order.platform == word.platform, let item = try transaction.item(order.item),
            let check = try transaction.check(order.check),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.unknown)) }
        if word.isOutrun(by: order) { return PendingOutcome(.refused(.leaseLost)) }
        if let digest = word.digest {
            if try transaction.hasCallback(digest, of: order.number) {
                var receipt = Receipt()
                receipt.isRepeat = true
                receipt.redemption = order
                return PendingOutcome(.committed(receipt))
            }
            guard try isHeard(word, about: order) else {
                return PendingOutcome(.refused(.notAllowed(reason: "too_many_callbacks")))
            }
            try transaction.insertCallback(digest, of: order.number, at: word.at)
        }
        let leaf = LeafReference(
            index: try append(word.leaf, of: .notice(item.notice), platform: order.platform),
            hash: word.leaf.hash
        )
        var receipt = Receipt()
        order.endLease(of: word)
        let isNews = word.isNews(to: order, standing: check.decision)
        let next =
            isNews
            ? RedemptionRules.next(
                after: order.state,
                on: word.disposition,
                asksAgain: word.source == .callback || word.askAgainAt != nil
            ) : nil
        if let next { try move(&order, to: next, by: word) }
        try transaction.update(order)
        receipt.redemption = order
        if next != nil {
            try follow(word, about: order, item, check, delivery, leaf, &receipt)
        }
        return PendingOutcome(receipt, leaf: word.leaf, index: leaf.index, platform: order.platform)
    }

    /// Whether a report is recorded: up to a number, and always the one that settles the order.
    private func isHeard(_ word: RedemptionWord, about order: RedemptionRecord) throws -> Bool {
        if word.disposition == .settled, order.state != .settled { return true }
        return try transaction.callbackCount(of: order.number) < RedemptionWord.mostCallbacks
    }

    private func move(
        _ order: inout RedemptionRecord,
        to state: RedemptionRecord.State,
        by word: RedemptionWord
    ) throws {
        order.state = state
        switch state {
        case .accepted, .unknown:
            order.dueAt = word.askAgainAt ?? order.dueAt
        case .settled:
            order.close()
            order.wordAt = word.askedAt
        case .person, .planned, .intended: order.close()
        case .notTaken:
            order.takeNothing()
            // Given free before the next one takes its place.
            try transaction.update(order)
            guard let retry = word.retry else { return }
            _ = try transaction.insert(order.further(retry.number, dueAt: retry.dueAt, at: word.at))
        }
    }

    /// What a word means for the item: a settled order decides, an open one only says that
    /// nothing is decided yet.
    private mutating func follow(
        _ word: RedemptionWord,
        about order: RedemptionRecord,
        _ item: ItemRecord,
        _ check: CheckRecord,
        _ delivery: DeliveryRecord,
        _ leaf: LeafReference,
        _ receipt: inout Receipt
    ) throws {
        var (item, check) = (item, check)
        check.attempts += 1
        let act = ActContext(
            orderID: delivery.orderID,
            notice: item.notice,
            at: word.at,
            drafting: word.drafting,
            label: "order \(order.number.text)"
        )
        let before = item.decision?.verdict.state
        let verdict = word.verdict.value
        let decides =
            order.state == .settled
            ? try !isExplained(verdict, order, item) : item.decision?.verdict.isUndecided ?? true
        if decides, before != .duplicateDelivery {
            item.note(verdict, at: word.at, stage: check.stage, trigger: check.trigger)
            try decide(
                Finding(word, about: order, leaf: leaf),
                item: &item,
                among: transaction.claims(of: item.number),
                act,
                &receipt
            )
            check.decision = item.decision
        }
        try transaction.update(check)
        try transaction.update(item)
        try weighStock(item, at: word.at, &receipt)
        receipt.decision = item.decision
        if before != item.decision?.verdict.state {
            try announceChecked(
                delivery,
                platform: order.platform,
                at: word.at,
                drafting: word.drafting,
                &receipt
            )
        }
    }

    /// A code that another order of ours spent is used up for this one, and nobody is to blame.
    private func isExplained(
        _ verdict: Verdict,
        _ order: RedemptionRecord,
        _ item: ItemRecord
    ) throws -> Bool {
        guard verdict.state.standing == .defective, item.decision?.verdict.isGood == true else {
            return false
        }
        return try transaction.redemptions(of: order.item).contains {
            $0.number != order.number && $0.state == .settled
        }
    }
}

extension RedemptionRecord {
    fileprivate mutating func close() {
        dueAt = nil
        leasedUntil = nil
    }

    fileprivate mutating func takeNothing() {
        state = .notTaken
        holdsCode = false
        close()
    }

    /// A worker's word ends its own lease, and no other.
    fileprivate mutating func endLease(of word: RedemptionWord) {
        guard let leasedUntil = word.leasedUntil, leasedUntil == self.leasedUntil else { return }
        self.leasedUntil = nil
        dueAt = word.askAgainAt
        switch word.source {
        case .query, .inquiry: polls += 1
        case .redeem, .callback, .gateway: break
        }
    }

    /// The next order of the same consent.
    fileprivate func further(
        _ number: RedemptionNumber,
        dueAt: Instant,
        at now: Instant
    ) -> RedemptionRecord {
        RedemptionRecord(
            number: number,
            platform: platform,
            item: item,
            check: check,
            consent: consent,
            adapter: adapter,
            fingerprint: fingerprint,
            ordinal: ordinal + 1,
            createdAt: now,
            dueAt: dueAt
        )
    }
}

extension RedemptionWord {
    /// Whether the issuer reported that it took the order while the code was still found unused:
    /// that frees nothing then, and the order is asked about again when its lease ends.
    fileprivate func isOutrun(by order: RedemptionRecord) -> Bool {
        source == .inquiry && disposition == .notTaken && order.state == .accepted
    }

    /// Whether the word may replace the one that stands: it was asked for later, and does not speak
    /// of an earlier time.
    fileprivate func isNews(to order: RedemptionRecord, standing: ItemDecision?) -> Bool {
        guard order.state == .settled, let wordAt = order.wordAt else { return true }
        if askedAt < wordAt { return false }
        guard let told = verdict.value.issuer?.at, let known = standing?.verdict.value.issuer?.at
        else { return true }
        return told >= known
    }
}

extension Finding {
    fileprivate init(
        _ word: RedemptionWord,
        about order: RedemptionRecord,
        leaf: LeafReference
    ) {
        let reason: PersonsReason? =
            switch order.state {
            case .person: .redemptionUndecided
            case .notTaken where word.retry == nil: .redemptionNotTaken
            case .notTaken, .planned, .intended, .accepted, .unknown, .settled: nil
            }
        self.init(
            check: order.check,
            verdict: word.verdict,
            rules: word.rules,
            skewMargin: word.skewMargin,
            askedAt: word.askedAt,
            leaf: leaf,
            personsReason: reason
        )
    }
}

import AdapterKit
import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    /// Records what an issuer answered: verdict, leaf, liability, the claim it opens, events.
    mutating func record(_ outcome: CheckOutcome) throws -> PendingOutcome {
        guard var check = try transaction.check(outcome.check),
            check.state == .leased, check.leasedUntil == outcome.leasedUntil,
            var item = try transaction.item(check.item),
            let delivery = try transaction.delivery(item.delivery)
        else { return PendingOutcome(.refused(.leaseLost)) }
        var outcome = outcome
        if try hasConsentCome(for: outcome, item) { outcome.askAgainAt = outcome.answeredAt }
        let leaf = LeafReference(
            index: try append(outcome.leaf, of: .notice(item.notice), platform: check.platform),
            hash: outcome.leaf.hash
        )
        let act = ActContext(
            orderID: delivery.orderID,
            notice: item.notice,
            at: outcome.answeredAt,
            drafting: outcome.drafting,
            label: check.id.text
        )
        var receipt = Receipt()
        let before = item.decision
        item.noteWait(for: check, until: outcome.answeredAt)
        item.note(
            outcome.verdict.value,
            at: outcome.answeredAt,
            stage: check.stage,
            trigger: check.trigger
        )
        if let before, before.verdict.state == .duplicateDelivery {
            item.decision = before.adding(
                issuersWord: outcome.verdict.value,
                by: check.id
            )
            check.decision = item.decision
        } else if item.isAnswered(by: check, with: outcome) {
            let finding = Finding(outcome, leaf: leaf)
            let claims = try transaction.claims(of: item.number)
            try decide(finding, item: &item, among: claims, act, &receipt)
            check.decision = item.decision
        } else {
            // Overtaken by a later stage or a later question: kept, and nothing follows from it.
            check.decision = .overtaken(outcome, leaf: leaf)
        }
        check.complete(with: outcome)
        try transaction.update(check)
        try transaction.update(item)
        try weighStock(item, at: outcome.answeredAt, &receipt)
        if item.decision?.check == check.id {
            try judgeReplacement(item, act, &receipt, under: outcome.rules)
        }
        if before?.verdict.state != item.decision?.verdict.state {
            try announceChecked(
                delivery,
                platform: check.platform,
                at: outcome.answeredAt,
                drafting: outcome.drafting,
                &receipt
            )
        }
        receipt.decision = item.decision
        return PendingOutcome(
            receipt,
            leaf: outcome.leaf,
            index: leaf.index,
            platform: check.platform
        )
    }

    /// Whether the consent that was missing came while the check was under way.
    private func hasConsentCome(for outcome: CheckOutcome, _ item: ItemRecord) throws -> Bool {
        guard outcome.missingConsent == .inquire,
            let consent = try transaction.consent(of: item.number, for: .inquire)
        else { return false }
        return consent.holds(for: item)
    }

    /// Makes a finding the word on an item, with everything that follows from it.
    /// - Parameter claims: all claims about the item so far.
    mutating func decide(
        _ finding: Finding,
        item: inout ItemRecord,
        among claims: [ClaimRecord],
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        let verdict = finding.verdict.value
        let isSameAgain = item.decision?.verdict.state == verdict.state
        let basis = item.basis(
            skewMargin: finding.skewMargin,
            sameAnswers: isSameAgain ? 2 : 1,
            incidents: try incidents(touching: item, at: act.at)
        )
        let judgement = item.judged(
            verdict,
            by: basis,
            under: finding.rules,
            at: act.at
        )
        let claim = try tell(claims, of: finding, judgement, act, &receipt)
        item.decision = ItemDecision(
            check: finding.check,
            verdict: finding.verdict,
            askedAt: finding.askedAt,
            decidedAt: act.at,
            liability: judgement.liability.party,
            liabilityRule: judgement.liability.rule,
            claim: claim?.id ?? (verdict.state.defectFamily == nil ? claims.last?.id : nil),
            claimRefusal: nil,
            leaf: finding.leaf,
            judgement: JudgementRecord(
                basis, claim: judgement.claim.reason, tables: finding.rules.tables.pin.mark)
        )
        if claim == nil {
            try openClaim(for: &item, judgement, rules: finding.rules, act, &receipt)
        }
        if finding.personsReason == .consentMissing {
            item.decision?.claimRefusal = PersonsReason.consentMissing.text
        }
        // A good answer may have ended what a person had reported of a code that was good before.
        if !isSameAgain || verdict.isGood && claims.contains(where: { !$0.claim.state.isClosed }) {
            try weighEscrow(item, verdict, hasClaims: !claims.isEmpty, act, &receipt)
        }
        let reason = finding.reason(besides: judgement)
        if let reason, !isSameAgain || reason.isToldAgain {
            try askPerson(reason, about: item, verdict, act, &receipt)
        }
    }

    /// Every claim about the item hears the verdict; one about another family of defects refuses
    /// it, and a defect of a family without a claim may open one of its own.
    /// - Returns: the claim of the verdict's own family.
    private mutating func tell(
        _ claims: [ClaimRecord],
        of finding: Finding,
        _ judgement: CaseJudgement,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws -> ClaimRecord? {
        let verdict = finding.verdict.value
        for claim in claims {
            try advance(
                claim.id, on: .verdictRecorded(verdict), name: "verdict.recorded",
                detail: ["state": .string(verdict.state.rawValue)], by: .system,
                under: finding.rules, act, &receipt)
        }
        let claim = claims.first { $0.claim.family == verdict.state.defectFamily }
        if let claim,
            claim.claim.state == .waitingThirdParty || claim.claim.state == .closedRecovered
                || claim.claim.awaitsFinding,
            case .open(let party, _) = judgement.claim, party != .thirdParty
        {
            try advance(
                claim.id, on: .liabilityFound(party), name: "liability.found",
                detail: ["against": .string(party.rawValue)], by: .system,
                under: finding.rules, act.labelled("found"), &receipt)
            if var record = try transaction.claim(claim.id) {
                record.warrantyEndsAt = judgement.window.span?.end
                try transaction.update(record)
            }
        }
        if let claim {
            try noteConfirmation(of: claim.id, by: finding, judgement.liability, act, &receipt)
        }
        return claim
    }

    /// What the word on a code that was handed over means for a payment that is held.
    private mutating func weighEscrow(
        _ item: ItemRecord,
        _ verdict: Verdict,
        hasClaims: Bool,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        guard item.deliveredAt != nil else { return }
        if verdict.isGood, try !hasClaims || !hasOpenClaim(item.number) {
            try announceEscrow(item, isHeld: false, act, &receipt)
        }
        if verdict.state.defectFamily != nil, item.decision?.claim != nil {
            try announceEscrow(item, isHeld: true, act, &receipt)
        }
    }

    private mutating func askPerson(
        _ reason: PersonsReason,
        about item: ItemRecord,
        _ verdict: Verdict,
        _ act: ActContext,
        _ receipt: inout Receipt
    ) throws {
        try announce(
            .claimActionRequired,
            [
                "delivery": .string(item.delivery.text), "order": .string(act.orderID),
                "line": .integer(Int64(item.terms.line)), "check": .string(item.check.text),
                "state": .string(verdict.state.rawValue), "reason": .string(reason.text),
            ],
            platform: item.platform,
            at: act.at,
            drafting: act.drafting,
            label: "person \(act.label)",
            &receipt
        )
    }
}

/// Why a person has to act before anything more is known.
enum PersonsReason: Equatable {
    /// Nobody could decide, and nobody is asked again.
    case atLimit
    /// The code's owner has to agree first.
    case consentMissing
    /// Nobody can be asked what became of an order to spend the code.
    case redemptionUndecided
    /// The issuer took no order for the code.
    case redemptionNotTaken
    case judgement(NeedsPersonReason)

    var text: String {
        switch self {
        case .atLimit: "undecided_at_limit"
        case .consentMissing: "consent_missing"
        case .redemptionUndecided: "redemption_undecided"
        case .redemptionNotTaken: "redemption_not_taken"
        case .judgement(let reason): reason.rawValue
        }
    }

    /// Whether it is news though the state of the code is not.
    var isToldAgain: Bool {
        switch self {
        case .atLimit, .redemptionUndecided, .redemptionNotTaken: true
        case .consentMissing, .judgement: false
        }
    }
}

/// A verdict on its way to becoming the word on an item.
struct Finding {
    /// The check that brought it.
    let check: CheckID
    let verdict: Stored<Verdict>
    let rules: ClaimRules
    let skewMargin: Duration
    /// When the question was put.
    let askedAt: Instant
    /// The leaf that records the verdict.
    let leaf: LeafReference
    /// Why nobody is asked again though nothing is decided.
    let personsReason: PersonsReason?
}

extension Finding {
    init(_ outcome: CheckOutcome, leaf: LeafReference) {
        let isGivenUp = outcome.askAgainAt == nil && outcome.verdict.state == .indeterminate
        self.init(
            check: outcome.check,
            verdict: outcome.verdict,
            rules: outcome.rules,
            skewMargin: outcome.skewMargin,
            askedAt: outcome.askedAt,
            leaf: leaf,
            personsReason: !isGivenUp
                ? nil : outcome.missingConsent == nil ? .atLimit : .consentMissing
        )
    }

    init(
        _ reading: CardReading,
        by check: CheckID,
        rules: ClaimRules,
        at instant: Instant,
        leaf: LeafReference
    ) {
        let isUndecided = reading.verdict.state == .indeterminate
        self.init(
            check: check,
            verdict: reading.verdict,
            rules: rules,
            skewMargin: reading.skewMargin,
            askedAt: instant,
            leaf: leaf,
            personsReason: isUndecided ? .atLimit : nil
        )
    }

    /// Why a person has to decide; nil when the machine did or will ask again.
    fileprivate func reason(besides judgement: CaseJudgement) -> PersonsReason? {
        if personsReason == .consentMissing { return personsReason }
        if case .needsPerson(let reason) = judgement.claim { return .judgement(reason) }
        return personsReason
    }
}

extension ItemRecord {
    /// What an answer says about custody, one-time warranty and tolling, beside the verdict.
    mutating func note(
        _ verdict: Verdict,
        at instant: Instant,
        stage: DeliveryStage,
        trigger: CheckTrigger
    ) {
        if stage == .dispense {
            if verdict.isGood { dispenseGoodAt = dispenseGoodAt ?? instant }
            if verdict.showsDeadCode { dispenseBadAt = dispenseBadAt ?? instant }
        }
        if verdict.tollsWindow {
            undecidedSince = undecidedSince ?? instant
        } else if let since = undecidedSince {
            undecidedIncidents.append(
                Incident(kind: .indeterminate, startedAt: since, endedAt: instant)
            )
            undecidedSince = nil
        }
        if trigger == .buyer {
            firstVerificationAt = firstVerificationAt ?? instant
            if verdict.isGood { buyerSawGoodAt = buyerSawGoodAt ?? instant }
        }
        if let activatedAt = verdict.activationAt {
            self.activatedAt = min(self.activatedAt ?? activatedAt, activatedAt)
        }
    }

    /// A first question that had to wait (its issuer was left alone, the gateway was down) left the
    /// code undecided since it was due: the warranty waits as for an answer that decides nothing.
    mutating func noteWait(for check: CheckRecord, until answeredAt: Instant) {
        guard check.attempts == 0, decision == nil, undecidedSince == nil,
            answeredAt.duration(since: check.createdAt) >= Self.longestUnnoticedWait
        else { return }
        undecidedSince = check.createdAt
    }

    /// The ordinary time between a delivery and its answer is nobody's outage.
    private static var longestUnnoticedWait: Duration { .seconds(60) }

    /// Whether what `check` brings is the word on this item: it is the current question, or the one
    /// whose word stands, or one of the same stage that was put later or finds nothing decided. An
    /// answer to a question that was put before the one that decided never is.
    func isAnswered(by check: CheckRecord, with outcome: CheckOutcome) -> Bool {
        let standing = decision.flatMap { $0.verdict.isUndecided ? nil : $0 }
        if let standing, outcome.askedAt < standing.askedAt { return false }
        if self.check == check.id || decision?.check == check.id { return true }
        let stage: DeliveryStage = deliveredAt == nil ? .dispense : .receipt
        guard check.stage == stage, let standing else { return check.stage == stage }
        return !outcome.verdict.isUndecided && outcome.askedAt > standing.askedAt
    }
}

extension CheckRecord {
    /// One attempt is over: asked again later, or done.
    mutating func complete(with outcome: CheckOutcome) {
        if outcome.missingConsent == nil {
            attempts += 1
            if outcome.isPoll { polls += 1 }
            firstAskedAt = firstAskedAt ?? outcome.answeredAt
            continuation = outcome.continuation
        }
        leasedUntil = nil
        dueAt = outcome.askAgainAt ?? dueAt
        state = outcome.askAgainAt == nil ? .done : .pending
    }
}

extension Verdict {
    /// The issuer's time of the activation or use that this verdict shows.
    var activationAt: Instant? {
        switch state {
        case .okActivatedByBuyer, .used, .partiallyUsed: issuer?.at
        // It may be something else than was sold, and was taken into use all the same.
        default: usage?.firstUsedAt
        }
    }
}

extension ItemDecision {
    /// What a check says of which nothing follows any more.
    fileprivate static func overtaken(
        _ outcome: CheckOutcome,
        leaf: LeafReference
    ) -> ItemDecision {
        ItemDecision(
            check: outcome.check,
            verdict: outcome.verdict,
            askedAt: outcome.askedAt,
            decidedAt: outcome.answeredAt,
            liability: .none,
            liabilityRule: "",
            claim: nil,
            claimRefusal: "overtaken",
            leaf: leaf
        )
    }

    /// The duplicate's verdict stands; the issuer's word, which a check brought, is added to it.
    func adding(issuersWord verdict: Verdict, by check: CheckID) -> ItemDecision {
        var own = self.verdict.value
        own.issuerState = verdict.state
        own.issuer = verdict.issuer
        own.adapter = verdict.adapter
        own.actualValue = verdict.actualValue
        var decision = self
        decision.verdict = Stored(own)
        decision.check = check
        return decision
    }
}

import CardModel
import WireFormat

extension Ledger {
    /// Takes a problem that a person reports: it opens a claim, joins the one of its family, or is
    /// refused with the reason recorded. Nobody is found liable, and nothing is paid.
    mutating func take(_ report: ProblemReport) throws -> PendingOutcome {
        guard let item = try transaction.item(report.item), item.platform == report.platform,
            item.delivery == report.delivery,
            let delivery = try transaction.delivery(item.delivery), delivery.restrictedAt == nil
        else { return PendingOutcome(.refused(.unknown)) }
        guard ProblemReport.reporters.contains(report.principal.role) else {
            return PendingOutcome(
                .refused(.notAllowed(reason: ClaimRefusal.wrongActor.rawValue)))
        }
        let claims = try transaction.claims(of: item.number)
        if let idempotency = report.idempotency,
            let earlier = try act(under: idempotency, among: claims)
        {
            return earlier.code == idempotency.actCode
                ? outcome(.joined(earlier.claim)) : PendingOutcome(.refused(.otherAct))
        }
        let act = ActContext(
            orderID: delivery.orderID, notice: item.notice, at: report.at,
            drafting: report.drafting, label: item.delivery.text)
        guard let claim = claims.first(where: { $0.claim.family == report.problem.family }) else {
            return try open(report, about: item, act)
        }
        guard !claim.claim.state.isClosed else {
            // Closed claims open again by new evidence, which is judged as such.
            return PendingOutcome(
                .refused(.notAllowed(reason: ClaimRefusal.claimIsClosed.rawValue)))
        }
        return try join(report, claim, about: item, act)
    }

    /// The act of one of these claims that used the key before, and its claim.
    private func act(
        under idempotency: Idempotency,
        among claims: [ClaimRecord]
    ) throws -> (code: [UInt8], claim: ClaimID)? {
        for claim in claims {
            if let code = try transaction.act(orInsert: idempotency, of: claim.id) {
                return (code, claim.id)
            }
            try transaction.forgetIdempotencyKey(idempotency.key, of: claim.id)
        }
        return nil
    }

    private mutating func open(
        _ report: ProblemReport,
        about item: ItemRecord,
        _ act: ActContext
    ) throws -> PendingOutcome {
        var item = item
        let judgement = report.judgement(
            about: item, incidents: try incidents(touching: item, at: report.at))
        guard let target = ClaimTarget(judgement.claim) else {
            guard case .notCovered(let reason) = judgement.claim else {
                throw ChangeContradiction(what: "report_undecided")
            }
            try record(reason, about: &item)
            return outcome(.notCovered(reason))
        }
        var receipt = Receipt()
        let origin = ClaimOrigin(report, report.verdict(about: item))
        let id = try open(
            target, of: item, judgement, from: origin, report.rules, act, &receipt)
        guard let id else { throw StoreError.broken("a claim neither stands nor is new") }
        if let idempotency = report.idempotency {
            _ = try transaction.act(orInsert: idempotency, of: id)
        }
        try name(id, of: report.problem.family, in: &item)
        item.decision?.claim = id
        try announceEscrow(item, isHeld: true, act.labelled("report"), &receipt)
        return outcome(.opened(id), receipt)
    }

    private mutating func join(
        _ report: ProblemReport,
        _ claim: ClaimRecord,
        about item: ItemRecord,
        _ act: ActContext
    ) throws -> PendingOutcome {
        let judgement = report.judgement(
            about: item, incidents: try incidents(touching: item, at: report.at))
        // The window is that of the claim, and later defects attach; what is no defect does not.
        if case .notCovered(let reason) = judgement.claim,
            reason == .foundGood || reason == .stateNotInPolicy
        {
            return outcome(.notCovered(reason))
        }
        var receipt = Receipt()
        if !claim.claim.isAbout(report.problem.state) || report.statement != nil {
            let origin = ClaimOrigin(report, report.verdict(about: item))
            var detail = origin.detail.objectValue ?? JSONObject()
            detail["reported_by"] = .string(report.principal.role.rawValue)
            let refusal = try advance(
                claim.id, on: .verdictRecorded(origin.verdict), name: ClaimOrigin.reportedEvent,
                detail: .object(detail), attachments: origin.attachments, by: .system,
                under: report.rules, act.labelled("report"), &receipt)
            if let refusal {
                return PendingOutcome(.refused(.notAllowed(reason: refusal.rawValue)))
            }
        }
        if let demand = report.demand, report.principal.role == .buyer {
            // What was ordered already is not demanded any more, and that refuses no report.
            try advance(
                claim.id, on: .demandStated(demand), name: "demand_stated",
                detail: ["remedy": .string(demand.rawValue)], by: report.principal,
                under: report.rules, act.labelled("demand"), &receipt)
        }
        if let idempotency = report.idempotency {
            _ = try transaction.act(orInsert: idempotency, of: claim.id)
        }
        return outcome(.joined(claim.id), receipt)
    }

    /// Says beside a verdict that waits for the buyer's own evidence why nothing came of it.
    private func record(_ reason: NotCoveredReason, about item: inout ItemRecord) throws {
        guard let decision = item.decision, decision.claim == nil, decision.awaitsBuyer else {
            return
        }
        item.decision?.claimRefusal = reason.rawValue
        try store(item)
    }

    /// The claim stands beside the verdict of the item, unless that has one, or is about another
    /// family of defects.
    private func name(
        _ claim: ClaimID,
        of family: DefectFamily,
        in item: inout ItemRecord
    ) throws {
        guard let decision = item.decision, decision.claim == nil, !decision.verdict.isGood,
            decision.verdict.state.defectFamily.map({ $0 == family }) ?? true
        else { return }
        item.decision?.claim = claim
        item.decision?.claimRefusal = nil
        try store(item)
    }

    private func store(_ item: ItemRecord) throws {
        guard let decision = item.decision, var check = try transaction.check(decision.check)
        else { return }
        check.decision = decision
        try transaction.update(check)
        try transaction.update(item)
    }

    private func outcome(
        _ what: ReportedProblemOutcome,
        _ receipt: Receipt = Receipt()
    ) -> PendingOutcome {
        var receipt = receipt
        receipt.reportedProblem = what
        return PendingOutcome(.committed(receipt))
    }
}

extension ProblemReport {
    func verdict(about item: ItemRecord) -> Verdict {
        problem.verdict(expectedValue: item.terms.faceValue, expiresOn: item.terms.expiresOn)
            .timed(
                custody: item.custody, zone: rules.policy.window.zone,
                skewMargin: Timing.defaultSkewMargin)
    }

    fileprivate func judgement(
        about item: ItemRecord,
        incidents: [Incident]
    ) -> CaseJudgement {
        WarrantyCase(
            of: item.check, verdict(about: item), about: item.terms.value,
            deliveredAt: item.deliveredAt,
            by: item.basis(skewMargin: Timing.defaultSkewMargin, incidents: incidents), at: at
        ).judged(
            as: problem, standing: item.decision?.verdict.value, under: rules.policy,
            by: rules.tables.tables)
    }
}

extension ItemDecision {
    /// Whether nobody can be asked about the code: its buyer's own evidence is all there is.
    fileprivate var awaitsBuyer: Bool { verdict.state == .unsupported }
}

import CardModel
import EvidenceLog
import WireFormat

extension Ledger {
    // MARK: Handing over

    /// Which codes of a notice are of registered stock, and which of these may not be handed over
    /// now.
    ///
    /// What was dispensed with our consent may be completed, and what was handed over before its
    /// batch was stopped is a fact that a late notice may still tell.
    func stockCustody(of admission: Admission) throws -> StockCustody {
        var custody = StockCustody()
        for (index, item) in admission.items.enumerated() where !item.isReusable {
            let code = try transaction.stockCode(
                standingFor: item.stockFingerprint, platform: admission.notice.platform)
            let batch = try code.flatMap { try transaction.batch($0.batch) }
            if batch?.standing.state == .withdrawn, let other = try otherBatch(of: item, admission)
            {
                custody.blocks.append(
                    HandOverBlock(item: index, batch: other, reason: .failedAudit))
                continue
            }
            guard let code, let batch, batch.standing.state != .withdrawn else {
                if item.requiresStock {
                    custody.blocks.append(
                        HandOverBlock(item: index, batch: nil, reason: .notRegistered))
                }
                continue
            }
            custody.codes.insert(item.stockFingerprint)
            guard let reason = batch.standing.block(rank: code.rank),
                try !isOwn(code, admission, item)
            else { continue }
            if let deliveredAt = admission.deliveredAt, admission.notice.stage == .receipt,
                batch.wasOpen(rank: code.rank, at: deliveredAt)
            {
                continue
            }
            custody.blocks.append(HandOverBlock(item: index, batch: batch.id, reason: reason))
        }
        return custody
    }

    /// A batch that holds a code of a withdrawn one among its lines: as a duplicate of that one,
    /// which it was when it was registered.
    private func otherBatch(
        of item: AdmittedItem,
        _ admission: Admission
    ) throws -> BatchID? {
        let lines = try transaction.stockCodes(
            beside: item.stockFingerprint,
            platform: admission.notice.platform,
            limit: StockChunk.mostLines
        )
        return try lines.lazy.compactMap { try transaction.batch($0.batch) }
            .first { $0.standing.state != .withdrawn }?.id
    }

    /// Whether the code was handed over as this very item.
    private func isOwn(
        _ code: StockCodeRecord,
        _ admission: Admission,
        _ item: AdmittedItem
    ) throws -> Bool {
        guard let number = code.item, let standing = try transaction.item(number),
            standing.terms.line == item.terms.line,
            standing.codeFingerprint == item.codeFingerprint
        else { return false }
        return try transaction.delivery(standing.delivery)?.orderID == admission.orderID
    }

    /// Notes that a code of registered stock is handed over, which never returns to stock, and
    /// counts what is known of it already.
    func takeFromStock(
        _ admitted: AdmittedItem,
        as item: ItemRecord,
        _ context: inout AdmissionContext
    ) throws {
        guard context.stock.contains(admitted.stockFingerprint) else { return }
        try take(admitted, as: item, context)
        try weighStock(item, at: context.admission.notice.acceptedAt, &context.receipt)
    }

    /// Tells an order that comes after its batch was recalled, as the others were: the rounds may
    /// have passed the places of its codes already.
    func tellIfRecalled(_ context: inout AdmissionContext) throws {
        guard !context.stock.isEmpty else { return }
        for item in context.items {
            guard let code = try transaction.stockCode(of: item.number),
                let batch = try transaction.batch(code.batch), batch.standing.state == .recalled
            else { continue }
            try tell(
                item.delivery,
                of: batch,
                at: context.admission.notice.acceptedAt,
                drafting: context.admission.drafting,
                label: "recall \(batch.id.text)",
                &context.receipt
            )
        }
    }

    private func take(
        _ admitted: AdmittedItem,
        as item: ItemRecord,
        _ context: AdmissionContext
    ) throws {
        guard
            var code = try transaction.stockCode(
                standingFor: admitted.stockFingerprint, platform: item.platform)
        else { return }
        let isReceipt = context.admission.notice.stage == .receipt
        let isDuplicate = item.decision?.verdict.state == .duplicateDelivery
        guard code.item != item.number, code.item == nil || isReceipt && !isDuplicate else {
            return
        }
        code.item = item.number
        code.soldAt = code.soldAt ?? context.admission.notice.acceptedAt
        try transaction.update(code)
    }

    // MARK: Turning bad

    /// Counts what a verdict says of the batch that the code came from, and recalls the batch when
    /// its rule demands it; all in the transaction of the verdict.
    func weighStock(
        _ item: ItemRecord,
        at instant: Instant,
        _ receipt: inout Receipt
    ) throws {
        guard var code = try transaction.stockCode(of: item.number),
            var batch = try transaction.batch(code.batch)
        else { return }
        let outcome = item.decision.flatMap {
            StockOutcome(
                $0.verdict.value, isDelivered: item.deliveredAt != nil, before: code.outcome)
        }
        guard let outcome, outcome != code.outcome else { return }
        batch.standing.count(outcome, insteadOf: code.outcome)
        code.outcome = outcome
        try transaction.update(code)
        if batch.recallRule.demandsRecall(of: batch.standing),
            case .success(let recalled) = batch.standing.after(.recall)
        {
            batch.take(recalled, by: .recall, actor: .gateway, at: instant)
            receipt.recalledBatches.append(batch.id)
        }
        try transaction.update(batch)
    }

    // MARK: Acts and recall

    func move(_ move: StockMove) throws -> PendingOutcome {
        guard var batch = try transaction.batch(move.batch), batch.platform == move.platform
        else { return PendingOutcome(.refused(.unknown)) }
        switch batch.standing.after(move.act) {
        case .failure(let reason):
            return PendingOutcome(.refused(.notAllowed(reason: reason.rawValue)))
        case .success(let next):
            guard next != batch.standing else { return answered(batch, isRepeat: true) }
            let wasRecalled = batch.standing.state == .recalled
            batch.take(next, by: move.act, actor: .platform, at: move.at)
            try transaction.update(batch)
            var receipt = Receipt()
            receipt.batch = batch
            if next.state == .recalled, !wasRecalled { receipt.recalledBatches = [batch.id] }
            return PendingOutcome(.committed(receipt))
        }
    }

    /// Tells the orders of some handed-over codes, and remembers how far it came in the same
    /// transaction: whatever happens in between, each order is told once.
    func tell(_ round: RecallRound) throws -> PendingOutcome {
        guard var batch = try transaction.batch(round.batch), let through = batch.toldThrough
        else { return PendingOutcome(.refused(.unknown)) }
        let sold = try transaction.soldStockCodes(
            of: batch.number, after: through, limit: RecallRound.mostCodes)
        var receipt = Receipt()
        for code in sold {
            guard let number = code.item, let item = try transaction.item(number) else { continue }
            try tell(
                item.delivery, of: batch, at: round.at, drafting: round.drafting,
                label: "recall \(code.position)", &receipt)
        }
        batch.toldThrough = sold.count < RecallRound.mostCodes ? nil : sold.last?.position
        try transaction.update(batch)
        receipt.batch = batch
        return PendingOutcome(.committed(receipt))
    }

    /// Tells one order, unless it was told; one that is only kept for a legal hold is left alone.
    private func tell(
        _ id: DeliveryID,
        of batch: StockBatchRecord,
        at instant: Instant,
        drafting: LeafDrafting,
        label: String,
        _ receipt: inout Receipt
    ) throws {
        guard let delivery = try transaction.delivery(id), delivery.restrictedAt == nil,
            try transaction.insertRecall(of: batch.number, to: id, at: instant)
        else { return }
        var lines: [JSONValue] = []
        for item in try transaction.items(of: id) {
            guard try transaction.stockCode(of: item.number)?.batch == batch.number else {
                continue
            }
            lines.append(.integer(Int64(item.terms.line)))
        }
        try announce(
            .batchRecall,
            [
                "batch": .string(batch.id.text), "product": .string(batch.terms.product),
                "merchant": .string(batch.terms.merchant), "delivery": .string(id.text),
                "order": .string(delivery.orderID), "lines": .array(lines),
                "codes": .integer(Int64(batch.standing.goodCount)),
                "bad": .integer(Int64(batch.standing.badCount)),
            ],
            platform: batch.platform,
            at: instant,
            drafting: drafting,
            label: label,
            &receipt
        )
    }
}

extension BatchStanding {
    fileprivate mutating func count(_ outcome: StockOutcome, insteadOf before: StockOutcome?) {
        switch before {
        case .good: verifiedCount -= 1
        case .bad: badCount -= 1
        case nil: break
        }
        switch outcome {
        case .good: verifiedCount += 1
        case .bad: badCount += 1
        }
    }
}

/// What registered stock says of a notice.
struct StockCustody {
    /// Fingerprints of those of its codes that are registered.
    var codes: Set<CardFingerprint> = []
    var blocks: [HandOverBlock] = []
}

extension AdmittedItem {
    /// By which stock knows the code: as the holders of codes are compared.
    var stockFingerprint: CardFingerprint { keyFingerprint ?? codeFingerprint }
}

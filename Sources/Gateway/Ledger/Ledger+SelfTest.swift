import CardModel
import WireFormat

extension Ledger {
    /// Spends the order's budget and makes a check for each of its codes that can be asked.
    ///
    /// The code that the buyer typed never comes here: only delivered codes are asked, so a
    /// stolen token reveals nothing about guessed ones (claims.md E5).
    mutating func requestSelfTest(_ request: SelfTestRequest) throws -> PendingOutcome {
        guard let delivery = try transaction.delivery(request.delivery),
            delivery.platform == request.platform
        else { return PendingOutcome(.refused(.unknown)) }
        let items = try transaction.items(of: delivery.id).filter { item in
            item.deliveredAt != nil && request.item.map { $0 == item.number } ?? true
        }
        let spending = try transaction.selfTestSpending(of: delivery.id)
        switch request.budget.spend(items.count, at: request.requestedAt, from: spending) {
        case .failure(let spent):
            return PendingOutcome(.refused(.budgetSpent(availableAt: spent.availableAt)))
        case .success(let spending):
            try transaction.update(spending, of: delivery.id)
        }
        var receipt = Receipt()
        for (var item, id) in zip(items, request.newChecks) {
            guard let current = try transaction.check(item.check) else { continue }
            // Nobody to ask, or the same question is already on its way for the buyer.
            guard let adapter = current.adapter, !request.unaskedAdapters.contains(adapter)
            else { continue }
            if current.trigger == .buyer, current.state != .done {
                receipt.enqueued.append(current.id)
                continue
            }
            try transaction.insert(
                CheckRecord(
                    id: id,
                    item: item.number,
                    platform: item.platform,
                    stage: .receipt,
                    trigger: .buyer,
                    adapter: adapter,
                    state: .pending,
                    dueAt: request.requestedAt,
                    createdAt: request.requestedAt
                )
            )
            item.check = id
            try transaction.update(item)
            receipt.enqueued.append(id)
        }
        return PendingOutcome(.committed(receipt))
    }
}

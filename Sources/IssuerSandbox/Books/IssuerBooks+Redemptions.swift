import Synchronization
import WireFormat

/// An order's number at one issuer.
struct OrderKey: Sendable, Hashable {
    let issuer: SandboxProtocol
    let id: String
}

/// A card at one issuer.
struct CardKey: Sendable, Hashable {
    let issuer: SandboxProtocol
    let code: String
}

/// A card's value was taken, once and for all.
struct Redemption: Sendable {
    let at: Instant
    let subscriber: String
    /// Whether somebody has tried to take it again.
    var isTriedAgain = false
}

extension IssuerBooks {
    /// Takes a card's value, if it is there to be taken, and books the order.
    func redeem(_ request: RedemptionRequest) -> RedemptionAnswer {
        let now = self.now
        return state.withLock { state in
            guard state.orders.count < SandboxLimits.orders,
                let found = state.find(request.code, request.question, at: now, books: self)
            else { return .full }
            let answer = state.redeem(request, found: found, at: now, books: self)
            state.counts.count(
                request.question,
                state: answer.stateName,
                faults: found.faults
            )
            return answer
        }
    }

    /// The order under a number, and how often it was asked about; each call is one more.
    func poll(_ issuer: SandboxProtocol, order id: String) -> IssuerOrder? {
        state.withLock { state in
            let key = OrderKey(issuer: issuer, id: id)
            state.orders[key]?.polls += 1
            return state.orders[key]
        }
    }

    /// Counts a question about an order, and finds the failures in force for it.
    func askOrder(
        _ issuer: SandboxProtocol, _ id: String, _ question: SandboxQuestion
    ) -> (
        order: IssuerOrder, found: Finding
    )? {
        guard let order = poll(issuer, order: id) else {
            state.withLock { $0.counts.count(question, state: "unknown_order", faults: []) }
            return nil
        }
        let now = self.now
        return state.withLock { state in
            // A code's own failure was acted out when the order was placed; asking settles it.
            let faults = state.takeSwitches(of: issuer)
            state.counts.count(question, state: order.stage(at: now).rawValue, faults: faults)
            return (order, Finding(record: order.record, askedAt: now, faults: faults))
        }
    }
}

extension IssuerBooks.State {
    fileprivate mutating func redeem(
        _ request: RedemptionRequest,
        found: IssuerBooks.Finding,
        at now: Instant,
        books: IssuerBooks
    ) -> RedemptionAnswer {
        guard !found.faults.contains(where: \.preventsBooking) else { return .unbooked(found) }
        let issuer = request.question.issuerProtocol
        let card = CardKey(issuer: issuer, code: request.code)
        noteSubmission(request, card: card)
        if let id = request.orderID, let order = orders[OrderKey(issuer: issuer, id: id)] {
            return .repeatedOrder(found, order)
        }
        if request.orderID != nil, let key = cards[card], let order = orders[key] {
            return .repeatedCard(found, order)
        }
        return book(request, found: found, at: now, books: books)
    }

    private mutating func noteSubmission(_ request: RedemptionRequest, card: CardKey) {
        guard !request.isInquiry else { return }
        counts.redemptions.requests += 1
        let submitted = asks[request.code]?.submissions ?? 0
        asks[request.code]?.submissions = submitted + 1
        if submitted == 1 { counts.redemptions.codesSubmittedAgain += 1 }
        if redemptions[request.code]?.isTriedAgain == false {
            redemptions[request.code]?.isTriedAgain = true
            counts.redemptions.codesRedeemedTwice += 1
        }
    }

    private mutating func book(
        _ request: RedemptionRequest,
        found: IssuerBooks.Finding,
        at now: Instant,
        books: IssuerBooks
    ) -> RedemptionAnswer {
        var found = found
        found.record.settle(request, redemption: redemptions[request.code])
        let succeeds =
            found.record.word.map(request.successWords.contains)
            ?? (found.record.condition == .good)
        let takesValue = !request.isInquiry && (succeeds || found.record.condition == .disputed)
        if takesValue {
            redemptions[request.code] = Redemption(at: now, subscriber: request.subscriber)
            counts.redemptions.codesRedeemed += 1
        }
        let order = IssuerOrder(
            issuer: request.question.issuerProtocol,
            id: request.orderID ?? "",
            ordinal: orders.count + 1,
            code: request.code,
            record: found.record,
            isRedeemed: takesValue,
            succeeds: succeeds,
            placedAt: now,
            settlesAt: now + books.configuration.settlementDelay,
            fields: request.fields
        )
        if let id = request.orderID {
            let key = OrderKey(issuer: order.issuer, id: id)
            orders[key] = order
            cards[CardKey(issuer: order.issuer, code: request.code)] = key
        }
        return .decided(found, order)
    }
}

extension IssuerRecord {
    /// What the request itself makes of the card.
    fileprivate mutating func settle(_ request: RedemptionRequest, redemption: Redemption?) {
        if let redemption, condition == .used, redemption.subscriber == request.subscriber {
            condition = .usedBySame
        }
        guard condition == .good, let declared = request.declaredMinorUnits,
            declared != valueMinorUnits
        else { return }
        condition = .faceMismatch
    }
}

extension RedemptionAnswer {
    /// How it shows in counts.
    fileprivate var stateName: String {
        switch self {
        case .decided(let found, let order): order.isRedeemed ? "redeemed" : found.record.stateName
        case .repeatedOrder: "repeated_order"
        case .repeatedCard: "repeated_card"
        case .unbooked: "unbooked"
        case .full: CallCounts.refused
        }
    }
}

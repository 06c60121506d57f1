public import CardModel
public import WireFormat

/// Money of the warranty that comes or goes outside of claims, for the book alone.
public struct DepositChange: Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case deposit
        case withdrawal
        case backstopFunding = "backstop_funding"
    }

    public var platform: PlatformNumber
    public var kind: Kind
    /// Nil for the backstop fund, and for it alone.
    public var merchant: String?
    public var amount: Money
    public var reference: String?
    /// Written once under it.
    public var idempotencyKey: String
    public var at: Instant
    /// By what a withdrawal is judged before it is written.
    public var risk: RiskThresholds
    /// Whether a person answers for it: then nothing holds it.
    public var isPressedByPerson: Bool

    public init(
        platform: PlatformNumber,
        kind: Kind,
        merchant: String?,
        amount: Money,
        reference: String?,
        idempotencyKey: String,
        at: Instant,
        risk: RiskThresholds = .standard,
        isPressedByPerson: Bool = false
    ) {
        self.platform = platform
        self.kind = kind
        self.merchant = merchant
        self.amount = amount
        self.reference = reference
        self.idempotencyKey = idempotencyKey
        self.at = at
        self.risk = risk
        self.isPressedByPerson = isPressedByPerson
    }

    /// Why a withdrawal is refused that waits for a person.
    static let heldForPerson = "withdrawal_held"

    /// What the book takes; nil for an amount that is not above zero.
    var entry: LedgerEntry? {
        let account = merchant.map { LedgerAccount.deposit(merchant: $0) } ?? .backstop
        let isIncoming = kind != .withdrawal
        let transaction = LedgerTransaction.moving(
            amount, from: isIncoming ? .outside : account, to: isIncoming ? account : .outside,
            key: "outside/\(idempotencyKey)", kind: kind.transactionKind)
        return transaction.map {
            LedgerEntry(
                platform: platform, at: at, merchant: merchant, claim: nil, transaction: $0,
                reference: reference)
        }
    }
}

extension DepositChange.Kind {
    fileprivate var transactionKind: LedgerTransaction.Kind {
        switch self {
        case .deposit: .deposit
        case .withdrawal: .withdrawal
        case .backstopFunding: .backstopFunding
        }
    }
}

/// How a change of a deposit is answered.
public enum DepositAnswer: Sendable {
    case posted(JSONValue)
    /// The key was used for something else.
    case otherAct
    /// The account holds less, or would hold more than can be counted.
    case insufficientFunds
    /// The merchant answers and delivers nothing, and his money leaves: a person has to press.
    case heldForPerson
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Writes a deposit, a withdrawal or a funding into the book, once for its key.
    public func post(
        _ kind: DepositChange.Kind,
        merchant: String?,
        amount: Money,
        reference: String?,
        idempotencyKey: String,
        platform: Platform,
        isPressedByPerson: Bool = false
    ) async -> DepositAnswer {
        let change = DepositChange(
            platform: platform.number, kind: kind, merchant: merchant, amount: amount,
            reference: reference, idempotencyKey: idempotencyKey, at: parts.time.now(),
            risk: parts.catalogue.ruleBook.tables.risk, isPressedByPerson: isPressedByPerson)
        do {
            switch try await committer.submit(.postDeposit(change)) {
            case .committed:
                return .posted(try await deposits(platform: platform, merchant: merchant))
            case .refused(.otherAct): return .otherAct
            case .refused(.notAllowed(reason: DepositChange.heldForPerson)): return .heldForPerson
            case .refused(.notAllowed): return .insufficientFunds
            case .refused, .repeated: return .unavailable(reason: "internal")
            }
        } catch let failure as Committer.Failure {
            return .unavailable(reason: failure.reason)
        } catch {
            return .unavailable(reason: "internal")
        }
    }

    /// Balances by account; of one merchant, or of all accounts, whose sum is zero.
    public func deposits(platform: Platform, merchant: String?) async throws -> JSONValue {
        let balances = try await parts.store.ledgerBalances(
            platform: platform.number, merchant: merchant)
        return [
            "platform": .string(platform.name), "merchant": JSONValue(text: merchant),
            "balances": .array(
                balances.map { balance in
                    [
                        "account": .string(balance.account.name),
                        "balance": balance.balance.jsonValue,
                    ]
                }
            ),
        ]
    }

    public func ledgerPage(platform: Platform, cursor: Int64?, limit: Int) async throws -> Page {
        let found = try await parts.store.ledgerEntries(
            platform: platform.number, after: cursor, limit: limit + 1)
        return Page(
            items: found.prefix(limit).map { Answers.ledgerEntry($0.entry) },
            next: found.count > limit ? String(found[limit - 1].number) : nil
        )
    }
}

extension Ledger {
    mutating func post(_ change: DepositChange) throws -> PendingOutcome {
        guard let entry = change.entry else {
            return PendingOutcome(.refused(.notAllowed(reason: "wrong_amount")))
        }
        if let known = try transaction.ledgerEntry(
            key: entry.transaction.key, platform: change.platform)
        {
            return PendingOutcome(
                known.transaction == entry.transaction ? .committed(Receipt()) : .refused(.otherAct)
            )
        }
        for posting in entry.transaction.postings {
            let balance = try transaction.balance(
                of: posting.account, currency: entry.transaction.currency,
                platform: change.platform)
            let (after, overflow) = balance.addingReportingOverflow(posting.amount.minorUnits)
            // What has come and gone outside is counted in the same 64 bits as everything else.
            guard !overflow, after >= 0 || posting.account.mayBeNegative, after > Int64.min else {
                return PendingOutcome(.refused(.notAllowed(reason: "insufficient_funds")))
            }
        }
        if try isOwedToClaims(change) {
            return PendingOutcome(.refused(.notAllowed(reason: "insufficient_funds")))
        }
        if try waitsForPerson(change) {
            return PendingOutcome(.refused(.notAllowed(reason: DepositChange.heldForPerson)))
        }
        guard try transaction.insert(entry) else {
            throw ChangeContradiction(what: "book_key_taken")
        }
        return PendingOutcome(.committed(Receipt()))
    }

    /// Whether a withdrawal would take what open claims hold too little of: they opened while the
    /// deposit did not reach, and what was paid in since answers for them first.
    private func isOwedToClaims(_ change: DepositChange) throws -> Bool {
        guard change.kind == .withdrawal, let merchant = change.merchant else { return false }
        let currency = change.amount.currency
        func balance(_ account: LedgerAccount) throws -> Int64 {
            try transaction.balance(of: account, currency: currency, platform: change.platform)
        }
        let claims = try transaction.claims(
            from: .merchant(merchant), platform: change.platform,
            since: Instant(secondsSinceEpoch: 0),
            limit: ClaimPatterns.mostClaims)
        var left = try balance(.deposit(merchant: merchant)) - change.amount.minorUnits
        // What an attempt has taken is held by it, and by the claim no more.
        for record in claims
        where record.claim.isDepositHeld && record.claim.execution?.payer != .deposit {
            guard let price = record.claim.price, price.currency == currency else { continue }
            let held = try balance(.frozen(merchant: merchant, claim: record.id.text))
            left -= max(0, price.minorUnits - held)
            if left < 0 { return true }
        }
        return false
    }
}

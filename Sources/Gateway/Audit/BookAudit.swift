import CardModel
import WireFormat

/// Follows a platform's book of deposits line by line: every line sums to zero, takes from no
/// account what it does not hold, and the balances that are kept are what the lines leave.
///
/// In memory is what is not zero: deposits, and what open claims hold.
struct BookAudit<Inspection: StoreInspection> {
    private struct Key: Hashable {
        let account: LedgerAccount
        let currency: String
    }

    let inspection: Inspection
    let platform: Platform
    private var balances: [Key: Int64] = [:]

    init(_ inspection: Inspection, platform: Platform) {
        self.inspection = inspection
        self.platform = platform
    }

    mutating func run(_ report: inout AuditReport) throws(InspectionFailure) {
        var isWhole = true
        let entries = try inspection.bookEntries(of: platform.number)
        while let inspected = try entries() {
            guard let entry = report.row(inspected, .deposit) else {
                isWhole = false
                continue
            }
            report.extent.bookEntries += 1
            check(entry, &report)
            post(entry.transaction, &report)
        }
        let kept = try inspection.bookBalances(of: platform.number)
        while let inspected = try kept() {
            guard let kept = report.row(inspected, .deposit) else {
                isWhole = false
                continue
            }
            let key = Key(account: kept.account, currency: kept.balance.currency)
            let sum = balances.removeValue(forKey: key) ?? 0
            if isWhole, sum != kept.balance.minorUnits {
                note(key, "is not what the book's lines leave", &report)
            }
        }
        guard isWhole else { return }
        for key in balances.keys.sorted(by: { $0.account.name < $1.account.name }) {
            note(key, "the book's lines leave something there, and it is not there", &report)
        }
    }

    private func note(_ key: Key, _ detail: String, _ report: inout AuditReport) {
        let place = "\(platform.name)/\(key.account.name)/\(key.currency)"
        report.add(.deposit, StorePlace("ledger_balances", key: place), detail)
    }

    private func check(_ entry: LedgerEntry, _ report: inout AuditReport) {
        let transaction = entry.transaction
        func note(_ column: String, _ detail: String) {
            report.add(
                .deposit,
                StorePlace(
                    "ledger_entries", key: "\(platform.name)/\(transaction.key)", column: column),
                detail)
        }
        let parts = transaction.key.split(separator: "/", maxSplits: 1).map(String.init)
        guard transaction.kind.isOfClaim else {
            if parts.first != "outside" { note("key", "is not that of money from outside") }
            if entry.claim != nil { note("claim", "is of none") }
            let isOwn = transaction.postings.allSatisfy {
                $0.account == .outside
                    || $0.account == (entry.merchant.map { .deposit(merchant: $0) } ?? .backstop)
            }
            if !isOwn { note("merchant", "is not whose account it is") }
            return
        }
        let claim = transaction.key.split(separator: "/").dropFirst().first.map(String.init)
        if entry.claim?.text != claim { note("claim", "is not that of its key") }
        if let expected = expected(transaction, entry), expected != transaction {
            note("posted", "is not what the accounts held then lead to")
        }
    }

    /// What a release and a payout take depends on the accounts alone.
    private func expected(
        _ transaction: LedgerTransaction,
        _ entry: LedgerEntry
    ) -> LedgerTransaction? {
        guard let claim = entry.claim?.text, let merchant = entry.merchant,
            let number = transaction.key.split(separator: "/").last.flatMap({ Int($0) }),
            let amount = transaction.postings.last?.amount
        else { return nil }
        func held(_ account: LedgerAccount) -> Money? {
            let balance = balances[Key(account: account, currency: amount.currency)] ?? 0
            return Money(minorUnits: balance, currency: amount.currency)
        }
        let frozen = LedgerAccount.frozen(merchant: merchant, claim: claim)
        switch transaction.kind {
        case .release:
            return .release(
                held: held(frozen), claim: claim, merchant: merchant, round: number)
        case .payout:
            return .payout(
                amount, claim: claim, merchant: merchant, attempt: number, held: held(frozen),
                free: held(.deposit(merchant: merchant)), backstop: held(.backstop))
        case .freeze, .settlement, .cancellation, .deposit, .withdrawal, .backstopFunding:
            return nil
        }
    }

    private mutating func post(_ transaction: LedgerTransaction, _ report: inout AuditReport) {
        for posting in transaction.postings {
            let key = Key(account: posting.account, currency: transaction.currency)
            let (after, overflow) = (balances[key] ?? 0).addingReportingOverflow(
                posting.amount.minorUnits)
            if overflow || after < 0 && !posting.account.mayBeNegative {
                report.add(
                    .deposit,
                    StorePlace(
                        "ledger_entries", key: "\(platform.name)/\(transaction.key)",
                        column: "posted"),
                    "takes from an account what it does not hold")
            }
            balances[key] = after == 0 ? nil : after
        }
    }
}

extension LedgerTransaction.Kind {
    fileprivate var isOfClaim: Bool {
        switch self {
        case .freeze, .release, .payout, .settlement, .cancellation: true
        case .deposit, .withdrawal, .backstopFunding: false
        }
    }
}

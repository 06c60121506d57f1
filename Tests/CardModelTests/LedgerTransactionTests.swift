import Testing
import WireFormat

@testable import CardModel

@Suite("LedgerTransaction")
struct LedgerTransactionTests {
    private typealias Posting = LedgerTransaction.Posting

    private func money(_ minorUnits: Int64, _ currency: String = "CNY") throws -> Money {
        try #require(Money(minorUnits: minorUnits, currency: currency))
    }

    private func transaction(
        _ amounts: [(Int64, String)], key: String = "k"
    ) throws
        -> LedgerTransaction?
    {
        LedgerTransaction(
            key: key, kind: .deposit,
            postings: try amounts.map { Posting(.outside, try money($0.0, $0.1)) })
    }

    @Test("postings are two or more of one currency, none of them zero, and sum to zero (M3-27)")
    func laws() throws {
        #expect(try transaction([(-5, "CNY"), (5, "CNY")]) != nil)
        #expect(try transaction([(-5, "CNY"), (3, "CNY"), (2, "CNY")]) != nil)
        #expect(try transaction([]) == nil)
        #expect(try transaction([(0, "CNY")]) == nil)
        #expect(try transaction([(0, "CNY"), (0, "CNY")]) == nil)
        #expect(try transaction([(5, "CNY"), (-5, "CNY"), (0, "CNY")]) == nil)
        #expect(try transaction([(-5, "CNY"), (4, "CNY")]) == nil)
        #expect(try transaction([(-5, "CNY"), (5, "USD")]) == nil)
        #expect(try transaction([(-5, "CNY"), (5, "CNY"), (-1, "USD"), (1, "USD")]) == nil)
    }

    @Test("a sum that 64 bits do not hold is no sum")
    func overflow() throws {
        let most = Int64.max
        #expect(try transaction([(most, "CNY"), (1, "CNY"), (.min, "CNY")]) == nil)
        #expect(try transaction([(most, "CNY"), (-most, "CNY")]) != nil)
        let least = try transaction([(.min, "CNY"), (most, "CNY"), (1, "CNY")])
        #expect(least != nil)
        #expect(least?.reversed(key: "r", kind: .cancellation) == nil)
    }

    @Test("a key is bounded")
    func key() throws {
        let longest = String(repeating: "k", count: LedgerTransaction.longestKey)
        #expect(try transaction([(-5, "CNY"), (5, "CNY")], key: longest) != nil)
        #expect(try transaction([(-5, "CNY"), (5, "CNY")], key: longest + "k") == nil)
    }

    @Test("nothing is moved for an amount that is not above zero", arguments: [0, -1, Int64.min])
    func notAboveZero(amount: Int64) throws {
        let amount = try money(amount)
        let free = try money(100)
        #expect(
            LedgerTransaction.moving(
                amount, from: .outside, to: .paid, key: "k", kind: .deposit) == nil)
        #expect(
            LedgerTransaction.freeze(
                free, claim: "c", merchant: "m", round: 1, free: amount) == nil)
        #expect(
            LedgerTransaction.freeze(
                amount, claim: "c", merchant: "m", round: 1, free: free) == nil)
        #expect(
            LedgerTransaction.release(held: amount, claim: "c", merchant: "m", round: 1) == nil)
        #expect(
            LedgerTransaction.payout(
                amount, claim: "c", merchant: "m", attempt: 1, held: free, free: free,
                backstop: free) == nil)
    }

    @Test("a freeze holds what there is, up to the price, in the price's currency")
    func freeze() throws {
        let price = try money(100)
        func held(_ free: Money?) -> Int64? {
            LedgerTransaction.freeze(price, claim: "c", merchant: "m", round: 1, free: free)?
                .postings.first { $0.account == .frozen(merchant: "m", claim: "c") }?
                .amount.minorUnits
        }
        #expect(held(try money(40)) == 40)
        #expect(held(try money(100)) == 100)
        #expect(held(try money(900)) == 100)
        #expect(held(try money(900, "USD")) == nil)
        #expect(held(nil) == nil)
    }

    @Test("a payout takes what is held first, then the deposit, then the backstop, or nothing")
    func payout() throws {
        func taken(_ amount: Int64, _ balances: [(Int64, String)?]) throws -> [Int64]? {
            let money = try balances.map { try $0.map { try self.money($0.0, $0.1) } }
            return LedgerTransaction.payout(
                try self.money(amount), claim: "c", merchant: "m", attempt: 2, held: money[0],
                free: money[1], backstop: money[2])?.postings.map(\.amount.minorUnits)
        }
        #expect(try taken(30, [(40, "CNY"), (50, "CNY"), (60, "CNY")]) == [-30, 30])
        #expect(try taken(100, [(40, "CNY"), (50, "CNY"), (60, "CNY")]) == [-40, -50, -10, 100])
        #expect(try taken(150, [(40, "CNY"), (50, "CNY"), (60, "CNY")]) == [-40, -50, -60, 150])
        #expect(try taken(151, [(40, "CNY"), (50, "CNY"), (60, "CNY")]) == nil)
        #expect(try taken(60, [nil, (0, "CNY"), (60, "CNY")]) == [-60, 60])
        #expect(try taken(60, [(60, "USD"), (60, "CNY"), nil]) == [-60, 60])
        #expect(try taken(60, [(-9, "CNY"), (60, "CNY"), nil]) == [-60, 60])
        #expect(try taken(60, [nil, nil, nil]) == nil)
    }

    @Test("what was taken is paid once, or goes back exactly where it came from (M3-27, D-20)")
    func settlement() throws {
        let payout = try #require(
            LedgerTransaction.payout(
                try money(100),
                claim: "c", merchant: "m", attempt: 2, held: money(40), free: money(50),
                backstop: money(60)))
        let settled = try #require(payout.settled(claim: "c", attempt: 2))
        #expect(
            settled.postings == [
                Posting(.payable(claim: "c", attempt: 2), try money(-100)),
                Posting(.paid, try money(100)),
            ])
        #expect(payout.settled(claim: "c", attempt: 1) == nil)
        let back = try #require(payout.cancelled(claim: "c", attempt: 2))
        var book: [LedgerAccount: Int64] = [:]
        for posting in payout.postings + back.postings {
            book[posting.account, default: 0] += posting.amount.minorUnits
        }
        #expect(book.values.allSatisfy { $0 == 0 })
        #expect(Set([payout.key, settled.key, back.key]).count == 3)
    }

    @Test("accounts have names of their own that read back, whatever a merchant is called")
    func names() {
        let accounts: [LedgerAccount] = [
            .deposit(merchant: "m"), .deposit(merchant: "/a//b/"), .deposit(merchant: "a/"),
            .frozen(merchant: "/a/b/", claim: "clm_1"), .frozen(merchant: "m", claim: "clm_1"),
            .payable(claim: "clm_1", attempt: 3), .paid, .backstop, .outside,
        ]
        for account in accounts { #expect(LedgerAccount(name: account.name) == account) }
        #expect(Set(accounts.map(\.name)).count == accounts.count)
        for name in ["", "deposit", "frozen/c", "payable/c/x", "paid/x", "outside/", "x/y"] {
            #expect(LedgerAccount(name: name) == nil, "\(name)")
        }
        #expect(accounts.filter(\.mayBeNegative) == [.outside])
    }

    @Test("a transaction reads back as it was written, and nothing else is one")
    func json() throws {
        let payout = try #require(
            LedgerTransaction.payout(
                try money(100), claim: "c", merchant: "m", attempt: 2, held: money(40),
                free: money(60), backstop: nil))
        #expect(LedgerTransaction(jsonValue: payout.jsonValue) == payout)
        #expect(LedgerTransaction(jsonValue: ["key": "k", "kind": "payout"]) == nil)
        #expect(LedgerTransaction(jsonValue: "k") == nil)
    }
}

import CardModel
import Gateway
import Testing
import WireFormat

@testable import GatewayHTTP

@Suite("Budget of acts on claims (M2-19)")
struct ClaimBudgetTests {
    private let start = Instant(secondsSinceEpoch: 1_800_000_000)
    private let one = PlatformNumber(rawValue: 1)
    private let other = PlatformNumber(rawValue: 2)
    private let buyer = ClaimPrincipal(.buyer, account: "order")

    @Test("each party on each claim of each platform has its own")
    func apart() throws {
        let budget = ClaimBudget()
        for _ in 1...Int(ClaimBudget.burst) {
            try budget.spend(on: "clm_1", by: buyer, platform: one, at: start)
        }
        #expect(throws: Problem.self) {
            try budget.spend(on: "clm_1", by: buyer, platform: one, at: start)
        }
        try budget.spend(on: "dlv_1", by: buyer, platform: one, at: start)
        try budget.spend(
            on: "clm_1", by: ClaimPrincipal(.merchant, account: "order"), platform: one, at: start)
        try budget.spend(on: "clm_1", by: buyer, platform: other, at: start)
        try budget.spend(on: "clm_1", by: buyer, platform: one, at: start + .seconds(60))
    }

    @Test("beyond a full table acts pass, and those in it are bounded as before")
    func full() throws {
        let budget = ClaimBudget()
        for _ in 1...Int(ClaimBudget.burst) {
            try budget.spend(on: "clm", by: buyer, platform: one, at: start)
        }
        for number in 1..<AddressBudget.addressLimit {
            try budget.spend(on: "clm_\(number)", by: buyer, platform: one, at: start)
        }
        for _ in 1...Int(ClaimBudget.burst) + 1 {
            try budget.spend(on: "one more", by: buyer, platform: one, at: start)
        }
        #expect(throws: Problem.self) {
            try budget.spend(on: "clm", by: buyer, platform: one, at: start)
        }
    }
}

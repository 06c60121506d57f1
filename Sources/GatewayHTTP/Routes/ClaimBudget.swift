import CardModel
import Gateway
import Synchronization
import WireFormat

/// How often one party may act on one claim, or report about one delivery (M2-19); in memory,
/// forgotten at a restart.
///
/// Every platform has a table of its own, as many as there are platforms: one tenant cannot spend
/// what is another's. Those beyond a full table pass: if they shared one budget, a few busy
/// parties would silence all others of the platform, and the committer's queue bounds them anyway.
final class ClaimBudget: Sendable {
    /// Acts of one party on one claim that may come at once.
    static let burst = 120.0
    /// Acts that come back every second: one a minute.
    static let perSecond = 1.0 / 60

    private let platforms = Mutex<[PlatformNumber: AddressBudget]>([:])

    /// Takes one act of `principal` on `subject`, the text of a claim's or a delivery's id.
    /// - Throws: ``Problem`` with `claim_budget_spent`, and how long until the next.
    func spend(
        on subject: String,
        by principal: ClaimPrincipal,
        platform: PlatformNumber,
        at now: Instant
    ) throws(Problem) {
        let budget = platforms.withLock { platforms in
            if let known = platforms[platform] { return known }
            let budget = AddressBudget(
                burst: Self.burst, perSecond: Self.perSecond, passesWhenFull: true)
            platforms[platform] = budget
            return budget
        }
        let actor = "\(subject) \(principal.role.rawValue) \(principal.account)"
        guard let wait = budget.spend(actor, at: now) else { return }
        throw Problem(.claimBudgetSpent, retryAfterSeconds: wait.wholeSeconds)
    }
}

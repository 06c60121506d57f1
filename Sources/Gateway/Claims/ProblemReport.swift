public import CardModel
public import WireFormat

/// A person says what is wrong with an item (M3-33), on its way to a claim.
public struct ProblemReport: Sendable {
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    public var item: ItemNumber
    public var problem: ReportedProblem
    /// Nil: what the policy offers first.
    public var demand: Remedy?
    public var channel: ReportChannel
    /// In the words of whoever reports; at most ``longestStatement`` Unicode scalars.
    public var statement: String?
    /// The buyer, or an agent of the platform for him.
    public var principal: ClaimPrincipal
    /// Of the policy the order pinned.
    public var rules: ClaimRules
    public var at: Instant
    public var drafting: LeafDrafting
    public var idempotency: Idempotency?

    /// Unicode scalars of a statement: a page of text.
    public static let longestStatement = 2_000

    public init(
        platform: PlatformNumber,
        delivery: DeliveryID,
        item: ItemNumber,
        problem: ReportedProblem,
        demand: Remedy? = nil,
        channel: ReportChannel = .online,
        statement: String? = nil,
        principal: ClaimPrincipal,
        rules: ClaimRules,
        at: Instant,
        drafting: LeafDrafting,
        idempotency: Idempotency? = nil
    ) {
        self.platform = platform
        self.delivery = delivery
        self.item = item
        self.problem = problem
        self.demand = demand
        self.channel = channel
        self.statement = statement
        self.principal = principal
        self.rules = rules
        self.at = at
        self.drafting = drafting
        self.idempotency = idempotency
    }

    /// Who reports: the other side and the gateway do not speak for a buyer.
    public static let reporters: Set<ClaimActor> = [.buyer, .platform]
}

/// What became of a report.
public enum ReportedProblemOutcome: Sendable, Hashable {
    case opened(ClaimID)
    /// A claim of the family was open already; the problem is one of its own from now on.
    case joined(ClaimID)
    /// No claim follows.
    case notCovered(NotCoveredReason)
}

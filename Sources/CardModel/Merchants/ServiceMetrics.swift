public import WireFormat

/// Whose service is measured.
public enum ServiceSubject: Sendable, Hashable {
    case merchant(String)
    /// All merchants together and what the platform itself was liable for.
    case platform
}

/// How claims were answered and settled over one period (服务指标, M0-36, M1-38, M2-24): integers
/// alone, computed from published outcomes, so that anybody computes the same digits (M0-39).
///
/// The words, in the order in which they build on each other:
/// - *counted*: outcomes of the subject closed in the period `asOf − period ≤ t < asOf` and not
///   replaced by one of the same merchant that was closed before `asOf` too.
/// - *answerable*: counted, and neither `not_covered` nor `fraud`: somebody had to answer.
/// - *upheld*: answerable, somebody of the subject was liable, and the result is `remedied`,
///   `refunded`, `paid_out_from_deposit`, `refunded_external` or `final`.
/// - *settled*: upheld with result `remedied` or `refunded`: nobody else had to step in.
/// - *dead*: upheld, of the family `code_unusable`.
public struct ServiceMetrics: Sendable, Hashable {
    /// The numbers of the counted outcomes, ascending (M1-38).
    public let numbers: [Int]
    public let answerable: Int
    public let upheld: Int
    public let settled: Int
    public let dead: Int
    /// Declared, not proven.
    public let deliveries: Int
    /// From the opening to the first answer by a person.
    public let firstResponse: ServiceDelay
    /// From the opening to the first remedy offered.
    public let proposal: ServiceDelay
    /// From the opening to the closing.
    public let resolution: ServiceDelay

    /// - Parameter outcomes: All there are, of any subject and period, in any order.
    public init(
        of outcomes: some Sequence<ClaimOutcome>,
        subject: ServiceSubject,
        deliveries: Int,
        limits: ServiceLimits,
        asOf: Instant
    ) {
        let own = outcomes.filter { subject.concerns($0) && $0.closedAt < asOf }
        let replaced = Set(own.compactMap { Replaced(by: $0) })
        let start = asOf - .seconds(limits.periodDays * 86_400)
        let counted = own.filter { start <= $0.closedAt && !replaced.contains(Replaced($0)) }
        let answerable = counted.filter(\.result.isAnswerable)
        let upheld = answerable.filter {
            $0.result.settlesDefect && subject.parties.contains($0.liable)
        }
        numbers = counted.map(\.number).sorted()
        self.answerable = answerable.count
        self.upheld = upheld.count
        settled = upheld.count { $0.result.isOwnSettlement }
        dead = upheld.count { $0.family == .codeUnusable }
        self.deliveries = deliveries
        firstResponse = ServiceDelay(
            answerable.map { $0.seconds(until: $0.firstResponseAt) },
            limitSeconds: limits.firstResponseSeconds
        )
        proposal = ServiceDelay(
            answerable.map { $0.seconds(until: $0.proposalAt) },
            limitSeconds: limits.proposalSeconds
        )
        resolution = ServiceDelay(
            answerable.map { $0.seconds(until: nil) },
            limitSeconds: limits.resolutionSeconds
        )
    }

    /// Settled of upheld.
    public var resolutionRate: PartsPerMillion? { PartsPerMillion(settled, of: upheld) }

    /// Answerable claims of deliveries; claims per 1,000 deliveries are a thousandth of it.
    public var complaintRate: PartsPerMillion? { PartsPerMillion(answerable, of: deliveries) }

    /// Dead of deliveries (M1-02).
    public var deadRate: PartsPerMillion? { PartsPerMillion(dead, of: deliveries) }

    /// What chance leaves open of ``deadRate``.
    public var deadRateInterval: WilsonInterval? { WilsonInterval(dead, of: deliveries) }
}

/// How long something took over many claims, in whole seconds. A claim that closed without it
/// counts with its whole length: silence makes no number better.
public struct ServiceDelay: Sendable, Hashable {
    /// The ⌈50 n / 100⌉-th shortest of n (nearest rank); `nil` of none.
    public let p50Seconds: Int?
    /// The ⌈95 n / 100⌉-th shortest.
    public let p95Seconds: Int?
    /// Those within the limit, the limit itself included, of all.
    public let inTime: PartsPerMillion?

    init(_ seconds: [Int], limitSeconds: Int) {
        let sorted = seconds.sorted()
        p50Seconds = Self.nearestRank(50, sorted)
        p95Seconds = Self.nearestRank(95, sorted)
        inTime = PartsPerMillion(sorted.count { $0 <= limitSeconds }, of: sorted.count)
    }

    private static func nearestRank(_ percent: Int, _ sorted: [Int]) -> Int? {
        sorted.isEmpty ? nil : sorted[(sorted.count * percent + 99) / 100 - 1]
    }
}

/// The limits that service is measured by: of the formula, the same for every order, whatever its
/// policy promised.
public struct ServiceLimits: Sendable, Hashable {
    public var periodDays: Int
    public var firstResponseSeconds: Int
    public var proposalSeconds: Int
    public var resolutionSeconds: Int

    public init(
        periodDays: Int,
        firstResponseSeconds: Int,
        proposalSeconds: Int,
        resolutionSeconds: Int
    ) {
        self.periodDays = periodDays
        self.firstResponseSeconds = firstResponseSeconds
        self.proposalSeconds = proposalSeconds
        self.resolutionSeconds = resolutionSeconds
    }
}

/// An outcome that no longer counts. A merchant's outcome cannot replace another merchant's.
private struct Replaced: Hashable {
    let merchant: String
    let number: Int

    init(_ outcome: ClaimOutcome) {
        merchant = outcome.merchant
        number = outcome.number
    }

    init?(by outcome: ClaimOutcome) {
        guard let number = outcome.replaces else { return nil }
        merchant = outcome.merchant
        self.number = number
    }
}

extension ServiceSubject {
    fileprivate func concerns(_ outcome: ClaimOutcome) -> Bool {
        switch self {
        case .merchant(let id): outcome.merchant == id
        case .platform: true
        }
    }

    /// Whose liability counts against the subject.
    fileprivate var parties: Set<LiableParty> {
        switch self {
        case .merchant: [.merchant]
        case .platform: [.merchant, .platform]
        }
    }
}

extension ClaimOutcome.Result {
    var isAnswerable: Bool {
        switch self {
        case .notCovered, .fraud: false
        case .remedied, .refunded, .paidOutFromDeposit, .abandoned, .withdrawn, .recovered,
            .refundedExternally, .final:
            true
        }
    }

    /// Whether there was a defect that somebody had to make good.
    var settlesDefect: Bool {
        switch self {
        case .remedied, .refunded, .paidOutFromDeposit, .refundedExternally, .final: true
        case .notCovered, .abandoned, .withdrawn, .recovered, .fraud: false
        }
    }

    var isOwnSettlement: Bool {
        switch self {
        case .remedied, .refunded: true
        case .paidOutFromDeposit, .notCovered, .abandoned, .withdrawn, .recovered, .fraud,
            .refundedExternally, .final:
            false
        }
    }
}

extension ClaimOutcome {
    /// Seconds from the opening to `instant`, or to the closing where it never came.
    fileprivate func seconds(until instant: Instant?) -> Int {
        let end = instant ?? closedAt
        return Int((end.millisecondsSinceEpoch - openedAt.millisecondsSinceEpoch) / 1000)
    }
}

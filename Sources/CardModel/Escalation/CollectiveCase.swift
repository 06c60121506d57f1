public import WireFormat

/// A claim about a code that an issuer or the gateway found bad, as the search for a collective
/// case sees it.
public struct BadCode: Sendable, Hashable {
    public var claimID: String
    public var merchant: String
    public var batch: String?
    public var product: String
    /// When the claim was filed.
    public var at: Instant

    public init(claimID: String, merchant: String, batch: String?, product: String, at: Instant) {
        self.claimID = claimID
        self.merchant = merchant
        self.batch = batch
        self.product = product
        self.at = at
    }
}

/// Many bad codes of one source within a window: one case for all (M1-30). Filing it is a
/// person's act (E4).
public struct CollectiveCase: Sendable, Hashable {
    public let merchant: String
    /// `nil` when the codes have the merchant in common and no batch.
    public let batch: String?
    /// By time, then by claim; at least the count asked for.
    public let members: [BadCode]

    public var products: [String] { Set(members.map(\.product)).sorted() }

    /// Finds the cases among `codes`, whatever their order; a claim counts once, at its first
    /// code. A batch is looked at before its merchant, and a code is in one case.
    ///
    /// - Parameter window: codes are together when the last is less than it after the first.
    public static func find(
        in codes: [BadCode],
        count: Int,
        window: Duration
    ) -> [CollectiveCase] {
        let ordered = firstOfEachClaim(codes)
        var cases: [CollectiveCase] = []
        var taken: Set<String> = []
        for source in [Source.batch, .merchant] {
            let left = ordered.filter { !taken.contains($0.claimID) }
            let groups = Dictionary(grouping: left, by: source.key)
            for (key, members) in groups {
                guard let key else { continue }
                for run in runs(of: members, count: max(1, count), window: window) {
                    taken.formUnion(run.map(\.claimID))
                    cases.append(
                        CollectiveCase(merchant: key.merchant, batch: key.batch, members: run)
                    )
                }
            }
        }
        return cases.sorted { $0.order < $1.order }
    }

    /// With the figures of a table.
    public static func find(
        in codes: [BadCode], under parameters: TierParameters
    )
        -> [CollectiveCase]
    {
        find(
            in: codes,
            count: parameters.collectiveCount,
            window: .seconds(Int64(parameters.collectiveDays) * 86_400)
        )
    }

    private var order: (String, String, Int64) {
        (merchant, batch ?? "", members.first?.at.millisecondsSinceEpoch ?? 0)
    }

    /// What the codes of a case have in common.
    private enum Source {
        case batch
        case merchant

        func key(of code: BadCode) -> Key? {
            switch self {
            case .batch: code.batch.map { Key(merchant: code.merchant, batch: $0) }
            case .merchant: Key(merchant: code.merchant, batch: nil)
            }
        }
    }

    private struct Key: Hashable {
        var merchant: String
        var batch: String?
    }

    private static func firstOfEachClaim(_ codes: [BadCode]) -> [BadCode] {
        var seen: Set<String> = []
        return codes.sorted { isBefore($0, $1) }.filter { seen.insert($0.claimID).inserted }
    }

    /// A total order, so that the input's order does not show in the result.
    private static func isBefore(_ left: BadCode, _ right: BadCode) -> Bool {
        if left.at != right.at { return left.at < right.at }
        return [left.claimID, left.merchant, left.batch ?? "", left.product]
            .lexicographicallyPrecedes(
                [right.claimID, right.merchant, right.batch ?? "", right.product]
            )
    }

    /// The stretches of `codes` in which every code lies in some window with enough of them.
    private static func runs(
        of codes: [BadCode],
        count: Int,
        window: Duration
    ) -> [[BadCode]] {
        var runs: [[BadCode]] = []
        var lastEnd = 0
        var end = 0
        for start in codes.indices {
            while end < codes.count, codes[end].at.duration(since: codes[start].at) < window {
                end += 1
            }
            guard end - start >= count else { continue }
            if start < lastEnd, let run = runs.popLast() {
                runs.append(run + codes[lastEnd..<max(end, lastEnd)])
            } else {
                runs.append(Array(codes[start..<end]))
            }
            lastEnd = max(end, lastEnd)
        }
        return runs
    }
}

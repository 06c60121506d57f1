/// How many codes of each batch an issuer is asked about, and what follows from its answers
/// (抽样检验).
///
/// The claim is "at most `maximumBadShare` of the stock is bad, at `confidence`". It is made when
/// none of the sample is bad, or unknown; an answer that decides nothing never counts as good.
/// Asking stops early only for failure, when so many codes are bad that the share is above the
/// limit at the same confidence. So an accepted sample is one of a fixed size, and no look at the
/// answers on the way spends anything of its confidence.
///
/// **Why the bound holds.** Batches are sampled without replacement, each at the rate fₕ = nₕ/Nₕ or
/// above f. The number of bad codes in the sample is a sum of hypergeometric numbers, each of which
/// is distributed as a sum of at most min(nₕ, Kₕ) independent trials (Vatutin and Mikhailov 1982),
/// with a mean of at least μ = K·min fₕ together when the stock has K bad codes, wherever they lie.
/// For such a sum Hoeffding (1956, "On the distribution of the number of successes in independent
/// trials", theorem 4) gives P(X ≤ k) ≤ B(k; m, μ/m) for k ≤ μ − 1, where B is the binomial
/// distribution and m any number of trials that is not too small. The upper bound for k bad codes
/// is the largest K for which that probability is above 1 − confidence, which is the one-sided
/// Clopper-Pearson bound in one batch of a large stock.
public struct SamplingPlan: Sendable, Equatable {
    /// What the sample has to show.
    public struct Demand: Sendable, Equatable {
        /// Above 0 and below 1.
        public var maximumBadShare: Double
        /// Above 0.5 and below 1.
        public var confidence: Double
        /// Codes that may be asked at most; nil without a limit.
        public var budget: Int?

        public init(maximumBadShare: Double = 0.002, confidence: Double = 0.95, budget: Int? = nil)
        {
            self.maximumBadShare = maximumBadShare
            self.confidence = confidence
            self.budget = budget
        }
    }

    /// Below this part of the stock the sample has the size that the binomial distribution asks
    /// for, whatever the stock; above it, stock that was not replaced makes it smaller.
    static let finiteShare = 10

    public let demand: Demand
    /// Codes of each batch.
    public let batches: [Int]
    /// Codes asked of each batch; of the whole stock alike when ``isStratified`` is false.
    public let allocation: [Int]
    /// False when the budget is smaller than the number of batches: then the whole stock is one.
    public let isStratified: Bool
    /// This many bad codes are a clear failure; more than the sample when nothing can be.
    public let failureNumber: Int

    public var population: Int { batches.reduce(0, +) }
    public var size: Int { allocation.reduce(0, +) }

    public init(batches: [Int], demand: Demand) {
        let population = batches.reduce(0, +)
        self.demand = demand
        self.batches = batches
        let wanted = Self.wanted(batches, demand)
        let budget = min(max(0, demand.budget ?? population), population)
        if Self.total(Self.spread(wanted, over: batches)) <= budget {
            allocation = Self.spread(wanted, over: batches)
            isStratified = true
        } else if batches.count(where: { $0 > 0 }) <= budget {
            let fitting = Self.first(in: 1...max(1, wanted)) {
                Self.total(Self.spread($0, over: batches)) > budget
            }
            allocation = Self.spread((fitting ?? wanted) - 1, over: batches)
            isStratified = true
        } else {
            allocation = [budget]
            isStratified = false
        }
        let sizes = isStratified ? batches : [population]
        failureNumber = Self.failureNumber(sizes, allocation, demand)
    }

    /// Whether so many bad codes say that the stock has more of them than the demand allows.
    public func isClearFailure(bad: Int) -> Bool { bad >= failureNumber }

    /// The largest number of bad codes in the stock that goes with `notGood` codes of the whole
    /// sample that were bad or undecided, at the confidence of the demand.
    public func mostBad(notGood: Int) -> Int {
        let sizes = isStratified ? batches : [population]
        guard population > 0, notGood < population else { return population }
        let impossible = Self.first(in: (notGood + 1)...population) {
            Self.lowerTail(notGood, bad: $0, sizes, allocation) <= 1 - demand.confidence
        }
        return impossible.map { $0 - 1 } ?? population
    }

    /// Whether a sample with so many codes bad or undecided keeps the claim of the demand.
    public func isMet(notGood: Int) -> Bool {
        mostBad(notGood: notGood) <= Self.allowed(population, demand)
    }

    /// The largest number of bad codes that the demand allows.
    private static func allowed(_ population: Int, _ demand: Demand) -> Int {
        // A share such as 0.002 has no exact binary form: 1,000 codes allow 2, not 1.
        Int((demand.maximumBadShare * Double(population) + 1e-9).rounded(.down))
    }

    /// The smallest sample, before it is spread over the batches, that shows what is demanded when
    /// all of it is good.
    private static func wanted(_ batches: [Int], _ demand: Demand) -> Int {
        let population = total(batches)
        guard population > 0 else { return 0 }
        let binomial = binomialSize(demand)
        let least = binomial <= population / finiteShare ? binomial : 1
        let tooMany = allowed(population, demand) + 1
        return first(in: least...population) { size in
            lowerTail(0, bad: tooMany, batches, spread(size, over: batches))
                <= 1 - demand.confidence
        } ?? population
    }

    /// n with (1 − share)ⁿ ≤ 1 − confidence.
    private static func binomialSize(_ demand: Demand) -> Int {
        let size =
            Logarithm.natural(1 - demand.confidence)
            / Logarithm.natural(1 - demand.maximumBadShare)
        return size < 1e15 ? max(1, Int(size.rounded(.up))) : Int.max
    }

    /// In proportion, rounded up: no batch is asked at a lower rate than the whole.
    private static func spread(_ size: Int, over batches: [Int]) -> [Int] {
        let population = total(batches)
        guard population > 0 else { return batches.map { _ in 0 } }
        return batches.map { batch in
            let (high, low) = size.multipliedFullWidth(by: batch)
            let (quotient, rest) = population.dividingFullWidth((high, low))
            return min(batch, quotient + (rest > 0 ? 1 : 0))
        }
    }

    private static func total(_ numbers: [Int]) -> Int { numbers.reduce(0, +) }

    /// The first number of `range` that `condition` holds for, where it holds for all after it.
    private static func first(in range: ClosedRange<Int>, where condition: (Int) -> Bool) -> Int? {
        var low = range.lowerBound
        var high = range.upperBound
        guard condition(high) else { return nil }
        while low < high {
            let middle = low + (high - low) / 2
            if condition(middle) { high = middle } else { low = middle + 1 }
        }
        return high
    }

    /// At least the probability of at most `count` bad codes in the sample when the stock has
    /// `bad`; 1 where nothing better is known.
    private static func lowerTail(
        _ count: Int,
        bad: Int,
        _ batches: [Int],
        _ allocation: [Int]
    ) -> Double {
        let rates = zip(allocation, batches).filter { $1 > 0 }.map { Double($0) / Double($1) }
        let mean = Double(bad) * (rates.min() ?? 0)
        guard Double(count) <= mean - 1 + 1e-9 else { return 1 }
        let trials = max(min(total(allocation), bad), Int(mean.rounded(.up)))
        return Binomial(trials: trials, mean: mean).lowerTail(count)
    }

    /// The smallest number of bad codes that a stock within the demand gives with a probability of
    /// at most 1 − confidence.
    private static func failureNumber(
        _ batches: [Int],
        _ allocation: [Int],
        _ demand: Demand
    ) -> Int {
        let size = total(allocation)
        let bad = allowed(total(batches), demand)
        let rates = zip(allocation, batches).filter { $1 > 0 }.map { Double($0) / Double($1) }
        let trials = min(size, bad)
        guard trials > 0 else { return 1 }
        let mean = min(Double(bad) * (rates.max() ?? 0), Double(trials))
        let binomial = Binomial(trials: trials, mean: mean)
        let least = max(1, Int((mean + 1).rounded(.up)))
        guard least <= size else { return size + 1 }
        // Above min(size, bad) the probability is 0.
        return (least...size).first {
            1 - binomial.lowerTail($0 - 1) <= 1 - demand.confidence
        } ?? size + 1
    }
}

import Foundation
import Testing

@testable import Gateway

/// A sample says only what it can: the stated confidence holds for every stock, and no plan asks
/// more than it may.
@Suite("Sampling plans") struct SamplingPlanTests {
    typealias Demand = SamplingPlan.Demand

    @Test("of a large stock 1,497 codes show 0.2 % at 95 %")
    func textbook() {
        let plan = SamplingPlan(batches: [100_000], demand: Demand())
        #expect(plan.size == 1_497)
        #expect(plan.isMet(notGood: 0))
        #expect(!plan.isMet(notGood: 1))
        #expect(plan.isClearFailure(bad: plan.failureNumber))
        #expect(plan.failureNumber > 3 && plan.failureNumber < 12)
    }

    @Test("of a stock in which no code may be bad all are asked, and of none no code")
    func edges() {
        let small = SamplingPlan(batches: [120, 80], demand: Demand())
        #expect(small.size == 200)
        #expect(small.mostBad(notGood: 0) == 0 && small.mostBad(notGood: 3) == 3)
        #expect(small.isMet(notGood: 0) && !small.isMet(notGood: 1))
        let empty = SamplingPlan(batches: [], demand: Demand())
        #expect(empty.size == 0 && empty.mostBad(notGood: 0) == 0)
        let single = SamplingPlan(batches: [1], demand: Demand())
        #expect(single.size == 1)
    }

    @Test("every batch is asked at least once when the budget has room for it")
    func batches() {
        let sizes = [1, 5_000, 40, 2, 90_000]
        let plan = SamplingPlan(batches: sizes, demand: Demand())
        #expect(plan.isStratified && plan.allocation.allSatisfy { $0 > 0 })
        #expect(zip(plan.allocation, sizes).allSatisfy { $0 <= $1 })
        let tight = SamplingPlan(batches: sizes, demand: Demand(budget: 6))
        #expect(tight.isStratified && tight.size <= 6)
        let tighter = SamplingPlan(batches: sizes, demand: Demand(budget: 3))
        #expect(!tighter.isStratified && tighter.size == 3)
        #expect(!tighter.isMet(notGood: 0))
    }

    /// The probability of each number of bad codes in a sample of one batch.
    private static func hypergeometric(_ population: Int, _ bad: Int, _ sample: Int) -> [Double] {
        func choose(_ n: Int, _ k: Int) -> Double {
            k < 0 || k > n ? 0 : (0..<k).reduce(1.0) { $0 * Double(n - $1) / Double($1 + 1) }
        }
        return (0...sample).map {
            choose(bad, $0) * choose(population - bad, sample - $0) / choose(population, sample)
        }
    }

    @Test(
        "wherever the bad codes lie, the bound is wrong no more often than it says, exactly",
        arguments: [0.02, 0.05, 0.1],
        [[40, 60], [7, 33], [90, 10]]
    )
    func exactCoverage(share: Double, sizes: [Int]) {
        let plan = SamplingPlan(batches: sizes, demand: Demand(maximumBadShare: share))
        let bounds = (0...plan.size).map { plan.mostBad(notGood: $0) }
        for first in 0...sizes[0] {
            for second in 0...min(sizes[1], 30) {
                let left = Self.hypergeometric(sizes[0], first, plan.allocation[0])
                let right = Self.hypergeometric(sizes[1], second, plan.allocation[1])
                var wrong = 0.0
                for (i, p) in left.enumerated() {
                    for (j, q) in right.enumerated() where bounds[i + j] < first + second {
                        wrong += p * q
                    }
                }
                #expect(wrong <= 0.05 + 1e-9, "\(first) + \(second) bad of \(sizes)")
            }
        }
    }

    /// One simulated audit of a stock with bad codes at given places.
    private struct Outcome {
        var asked = 0
        var bad = 0
        var isFailure = false
    }

    private static func audit(
        _ plan: SamplingPlan,
        _ isBad: [[Bool]],
        seed: UInt64
    ) -> Outcome {
        var sampler = StockSampler(plan, seed: seed)
        var outcome = Outcome()
        for (batch, codes) in isBad.enumerated() {
            for code in codes where sampler.takes(batch) {
                outcome.asked += 1
                if code { outcome.bad += 1 }
                if plan.isClearFailure(bad: outcome.bad) {
                    outcome.isFailure = true
                    return outcome
                }
            }
        }
        return outcome
    }

    @Test(
        "of 1,000 simulated stocks the stated confidence holds, and the budget is kept",
        arguments: [0.0, 0.005, 0.0101, 0.02, 0.05]
    )
    func simulation(rate: Double) {
        let seed = UInt64.random(in: 0...UInt64(UInt32.max))
        var generator = SplitMix64(seed: seed)
        let sizes = [3_000, 900, 90, 10]
        let budget = 500
        let plan = SamplingPlan(
            batches: sizes,
            demand: Demand(maximumBadShare: 0.01, budget: budget)
        )
        let bad = Int((rate * 4_000).rounded(.up))
        var held = 0
        var falseFailures = 0
        for run in 0..<1_000 {
            var stock = sizes.map { [Bool](repeating: false, count: $0) }
            var left = bad
            while left > 0 {
                // Every second stock has its bad codes in few places.
                let batch = run.isMultiple(of: 2) ? 0 : Int(generator.number(below: 4))
                let place = Int(generator.number(below: UInt64(sizes[batch])))
                if !stock[batch][place] {
                    stock[batch][place] = true
                    left -= 1
                }
            }
            let outcome = Self.audit(plan, stock, seed: generator.next())
            #expect(outcome.asked <= budget, "seed \(seed)")
            if outcome.isFailure {
                if bad <= 40 { falseFailures += 1 } else { held += 1 }
            } else {
                #expect(outcome.asked == plan.size, "seed \(seed)")
                if plan.mostBad(notGood: outcome.bad) >= bad { held += 1 }
            }
        }
        // 95 % of 1,000, less four standard deviations.
        #expect(held + falseFailures >= 922, "rate \(rate), seed \(seed)")
        #expect(falseFailures <= 78, "rate \(rate), seed \(seed)")
    }

    @Test("a seed chooses the same codes again, each code as often as another")
    func choice() {
        let plan = SamplingPlan(batches: [60, 40], demand: Demand(maximumBadShare: 0.1))
        var hits = [Int](repeating: 0, count: 100)
        for seed in 0..<4_000 as Range<UInt64> {
            var sampler = StockSampler(plan, seed: seed)
            var again = StockSampler(plan, seed: seed)
            var taken = 0
            for code in 0..<100 {
                let isTaken = sampler.takes(code < 60 ? 0 : 1)
                #expect(again.takes(code < 60 ? 0 : 1) == isTaken)
                if isTaken {
                    taken += 1
                    hits[code] += 1
                }
            }
            #expect(taken == plan.size)
        }
        for (code, count) in hits.enumerated() {
            let batch = code < 60 ? 0 : 1
            let rate = Double(plan.allocation[batch]) / Double(plan.batches[batch])
            let spread = (4_000 * rate * (1 - rate)).squareRoot()
            #expect(abs(Double(count) - 4_000 * rate) < 6 * spread, "code \(code)")
        }
    }

    @Test("tails of the binomial distribution agree with a table")
    func binomial() {
        // R: pbinom(2, 100, 0.05), pbinom(0, 1497, 0.002), pbinom(10, 1e6, 1e-5)
        #expect(abs(Binomial(trials: 100, mean: 5).lowerTail(2) - 0.118_263) < 1e-6)
        #expect(abs(Binomial(trials: 1_497, mean: 2.994).lowerTail(0) - 0.049_936) < 1e-5)
        #expect(abs(Binomial(trials: 1_000_000, mean: 10).lowerTail(10) - 0.583_039) < 1e-5)
        #expect(Binomial(trials: 5, mean: 5).lowerTail(4) == 0)
        #expect(Binomial(trials: 5, mean: 0).lowerTail(0) == 1)
    }
}

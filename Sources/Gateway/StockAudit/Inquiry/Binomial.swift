#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// The number of successes of independent trials of one probability.
struct Binomial {
    let trials: Int
    let probability: Double

    /// - Parameter mean: from 0 to `trials`.
    init(trials: Int, mean: Double) {
        self.trials = trials
        probability = trials == 0 ? 0 : min(1, max(0, mean / Double(trials)))
    }

    /// The probability of at most `count` successes. Terms are summed by their logarithms, so that
    /// the first ones of millions of trials do not vanish.
    func lowerTail(_ count: Int) -> Double {
        if count >= trials || probability == 0 { return count >= 0 ? 1 : 0 }
        if count < 0 || probability == 1 { return 0 }
        let odds = log(probability) - log1p(-probability)
        var term = Double(trials) * log1p(-probability)
        var sum = exp(term)
        for successes in stride(from: 1, through: count, by: 1) {
            term += log(Double(trials - successes + 1) / Double(successes)) + odds
            sum += exp(term)
        }
        return min(1, sum)
    }
}

/// The one function of the C library that a plan needs by itself.
enum Logarithm {
    static func natural(_ value: Double) -> Double { log(value) }
}

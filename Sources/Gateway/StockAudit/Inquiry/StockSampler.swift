/// Chooses the codes of a sample while the stock is read in order, each set of the wanted size with
/// the same probability (Knuth, TAOCP 2, 3.4.2, algorithm S).
///
/// The choice depends on the plan and the seed alone, so that a broken-off run goes on with the
/// same codes.
public struct StockSampler: Sendable {
    private var wanted: [Int]
    private var left: [Int]
    private let isStratified: Bool
    private var generator: SplitMix64

    public init(_ plan: SamplingPlan, seed: UInt64) {
        wanted = plan.allocation
        left = plan.isStratified ? plan.batches : [plan.population]
        isStratified = plan.isStratified
        generator = SplitMix64(seed: seed)
    }

    /// Whether the next code of `batch` is asked; call it once for each code, in order.
    public mutating func takes(_ batch: Int) -> Bool {
        let index = isStratified ? batch : 0
        guard left[index] > 0, wanted[index] > 0 else { return false }
        let isTaken = generator.number(below: UInt64(left[index])) < UInt64(wanted[index])
        left[index] -= 1
        if isTaken { wanted[index] -= 1 }
        return isTaken
    }
}

/// A small generator whose numbers are the same on every machine and in every version (Steele,
/// Lea and Flood 2014). Not for secrets.
struct SplitMix64: Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `bound` − 1, each alike (Lemire 2019).
    mutating func number(below bound: UInt64) -> UInt64 {
        let uneven = (0 &- bound) % bound
        while true {
            let (high, low) = next().multipliedFullWidth(by: bound)
            if low >= uneven { return high }
        }
    }
}

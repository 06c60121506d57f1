import EvidenceLog

/// RFC 6962 §2.1 word for word: recursive definitions over a list of leaves. What the module's
/// trees are compared with; shares no code with them but the two hash functions, which have
/// vectors of their own. Remembers MTH of a range, since the definitions ask
/// for it again and again.
struct NaiveTree {
    private let leaves: [TreeHash]
    private var known: [Range<Int>: TreeHash] = [:]

    init(_ leaves: [TreeHash]) { self.leaves = leaves }

    static func root(_ leaves: some Collection<TreeHash>) -> TreeHash {
        var tree = NaiveTree(Array(leaves))
        return tree.root(0..<leaves.count)
    }

    /// MTH(D[range]).
    mutating func root(_ range: Range<Int>) -> TreeHash {
        if let hash = known[range] { return hash }
        let hash: TreeHash
        switch range.count {
        case 0: hash = .emptyTree
        case 1: hash = leaves[range.lowerBound]
        default:
            let split = range.lowerBound + Self.largestPowerOfTwo(below: range.count)
            hash = .node(root(range.lowerBound..<split), root(split..<range.upperBound))
        }
        known[range] = hash
        return hash
    }

    /// PATH(m, D[range]).
    mutating func path(_ index: Int, _ range: Range<Int>) -> [TreeHash] {
        guard range.count > 1 else { return [] }
        let count = Self.largestPowerOfTwo(below: range.count)
        let (left, right) = Self.halves(range, count)
        return index < count
            ? path(index, left) + [root(right)] : path(index - count, right) + [root(left)]
    }

    /// PROOF(m, D[range]) = SUBPROOF(m, D[range], true).
    mutating func consistency(_ old: Int, _ range: Range<Int>) -> [TreeHash] {
        subproof(old, range, isComplete: true)
    }

    private mutating func subproof(
        _ old: Int,
        _ range: Range<Int>,
        isComplete: Bool
    ) -> [TreeHash] {
        guard old != range.count else { return isComplete ? [] : [root(range)] }
        let count = Self.largestPowerOfTwo(below: range.count)
        let (left, right) = Self.halves(range, count)
        return old <= count
            ? subproof(old, left, isComplete: isComplete) + [root(right)]
            : subproof(old - count, right, isComplete: false) + [root(left)]
    }

    private static func halves(_ range: Range<Int>, _ count: Int) -> (Range<Int>, Range<Int>) {
        let split = range.lowerBound + count
        return (range.lowerBound..<split, split..<range.upperBound)
    }

    private static func largestPowerOfTwo(below count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }
}

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

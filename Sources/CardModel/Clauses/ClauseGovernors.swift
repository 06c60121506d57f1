/// What stands before a word and turns or carries its meaning: 不得以任何理由拒绝 before 退款.
///
/// Read from the word to the left. The nearest negation counts wherever only words without
/// polarity stand between; each one farther left turns it again, and reaches over more the
/// stronger it is.
struct ClauseGovernors {
    enum Outcome {
        /// Nothing before says anything about it.
        case open
        /// An odd number of negations.
        case turned
        /// An affirmation, or an even number of negations.
        case granted
    }

    private(set) var negations = 0
    /// Where the outermost of them begins.
    private(set) var start: Int
    /// 可, 支持, 全额.
    private(set) var isAffirmed = false
    /// 无理由 stands between.
    private(set) var hasNoReason = false
    /// 承担, 负 stands between.
    private(set) var hasBearing = false
    /// What the outermost negation says besides.
    private(set) var outermost: ConceptSet = []

    private let lightAffirms: Bool
    /// What the negation nearest to the word says besides.
    private var innermost: ConceptSet = []
    /// 可, 有权: only a negation right before it turns it, as in 不可.
    private var isPermitted = false
    /// 的 stands between.
    private var hasOf = false
    /// 没发的一天赔一块: a length of time stands behind the 的.
    private var hasSpanBehindOf = false
    /// The word read last.
    private var nearest: ConceptSet = []

    var outcome: Outcome {
        if negations > 0 { return negations % 2 == 1 ? .turned : .granted }
        return isAffirmed ? .granted : .open
    }

    var isTurned: Bool { outcome == .turned }

    /// The most characters between the word and the first negation that are no known words.
    private static let firstReach = 6
    /// The same between two negations, where the outer one turns a whole statement.
    private static let outerReach = 12
    /// A word governed by more than this many words is not read to the end.
    private static let mostWords = 24
    /// Verbs whose object may stand behind a 的.
    private static let governed: ConceptSet = [
        .light, .handling, .transparent, .bear, .may, .universal, .adverb, .relief, .remedy,
    ]
    /// Words that let a negation through.
    private static let carrying: ConceptSet = [
        .transparent, .adverb, .relief, .remedy, .buyer, .shop, .longSpan, .shortSpan, .noReason,
        .handling, .bear, .right, .universal, .burden,
    ]

    /// - Parameter lightAffirms: Whether 给, 支持, 直接 before the word affirm it, as they do a refund
    ///   and do not a bad review or a burden.
    init(of index: Int, in words: [ClauseToken], lightAffirms: Bool = true) {
        let word = words[index]
        start = word.start
        self.lightAffirms = lightAffirms
        var (reach, isDirect) = (word.start, true)
        for candidate in words[..<index].suffix(Self.mostWords).reversed() {
            guard candidate.part == word.part else { break }
            let gap = reach - candidate.end
            guard gap <= (negations == 0 ? Self.firstReach : Self.outerReach) else { break }
            if negations == 0 {
                guard readInner(candidate, gap: gap, &reach, &isDirect) else { break }
            } else {
                guard readOuter(candidate, gap: gap, &reach, &isDirect) else { break }
            }
        }
        // An affirmation inside a refusal, as in 不予全额退款, affirms nothing.
        if negations > 0 { isAffirmed = false }
    }

    /// Until the first negation. Answers whether to read on.
    private mutating func readInner(
        _ word: ClauseToken,
        gap: Int,
        _ reach: inout Int,
        _ isDirect: inout Bool
    ) -> Bool {
        let concepts = word.concepts
        if isPermitted { return concepts.meets([.not]) && gap == 0 && negate(word, &reach) }
        if isAffirmed, gap > 2 { return false }
        if concepts.meets([.not, .mustNot, .never, .absent, .refuse]) {
            // 未确认的按7天质保: what is not done is something else, in a clause of its own.
            let isModifier = (nearest.contains(.of) && gap > 0) || hasSpanBehindOf
            if hasOf, concepts.meets([.not, .absent]),
                isModifier || !nearest.meets(Self.governed)
            {
                return false
            }
            return negate(word, &reach)
        }
        if concepts.contains(.noWay), gap == 0, lightAffirms { return negate(word, &reach) }
        if concepts.contains(.of) {
            hasOf = true
            hasSpanBehindOf = nearest.meets([.shortSpan, .longSpan, .late])
        }
        defer { nearest = concepts }
        // 不接受取消和退款: what is joined to the word does not govern it.
        let isJoined = nearest.contains(.conjunction)
        if concepts.contains(.halt), gap == 0, lightAffirms, !isAffirmed, !isJoined {
            return negate(word, &reach)
        }
        if concepts.meets([.needNot, .notYet]) { return false }
        if concepts.contains(.may), gap <= 2 {
            (isAffirmed, isPermitted, start, reach) = (true, true, word.start, word.start)
            return true
        }
        if concepts.contains(.thereupon), lightAffirms { return false }
        // 不代表放弃售后: what is denied is the giving up.
        if concepts.contains(.giveUp) { return false }
        if concepts.meets([.divider, .condition]), !concepts.contains(.transparent) {
            return false
        }
        if concepts.contains(.noReason) { hasNoReason = true }
        if concepts.meets([.bear, .light]) { hasBearing = true }
        if concepts.contains(.light), gap <= 2, lightAffirms {
            (isAffirmed, start, reach) = (true, min(start, word.start), word.start)
            return true
        }
        if concepts.meets(Self.carrying) || (!lightAffirms && concepts.contains(.light)) {
            reach = word.start
            return true
        }
        return !isAffirmed
    }

    private mutating func negate(_ word: ClauseToken, _ reach: inout Int) -> Bool {
        (negations, start, reach) = (1, word.start, word.start)
        (innermost, outermost) = (word.concepts, word.concepts)
        return true
    }

    /// Beyond the first negation. Answers whether to read on.
    private mutating func readOuter(
        _ word: ClauseToken,
        gap: Int,
        _ reach: inout Int,
        _ isDirect: inout Bool
    ) -> Bool {
        let concepts = word.concepts
        if concepts.contains(.never) || (concepts.meets([.mustNot, .refuse]) && gap <= 10) {
            (negations, start, reach, isDirect) = (negations + 1, word.start, word.start, true)
            outermost = concepts
            return true
        }
        if concepts.contains(.halt), gap <= 4 {
            (negations, start, reach, outermost) = (negations + 1, word.start, word.start, concepts)
            return true
        }
        // 不会要求您取消退款: what is refused is a refusal.
        if concepts.meets([.wont, .needNot]), innermost.meets([.refuse, .halt]), gap <= 10 {
            (negations, start, reach, outermost) = (negations + 1, word.start, word.start, concepts)
            return true
        }
        if concepts.meets([.not, .absent]) {
            guard isDirect, gap <= 1 else { return concepts.contains(.not) && gap <= 2 }
            (negations, start, reach) = (negations + 1, word.start, word.start)
            outermost = concepts
            return true
        }
        if concepts.meets([.divider, lightAffirms ? .relief : .remedy]) { return false }
        if concepts.contains(.adverb) {
            isDirect = false
            reach = word.start
            return true
        }
        if concepts.meets([.light, .may, .shop, .transparent, .handling]) { reach = word.start }
        return true
    }
}

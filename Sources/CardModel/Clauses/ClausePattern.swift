/// One way in which a clause can be unfair or vague: meanings in an order, not too far apart, in
/// a sentence that does not say what makes it fair.
struct ClausePattern: Sendable {
    struct Step: Sendable {
        /// One of these.
        var concepts: ConceptSet
        /// The most characters between the step before and this one.
        var reach: Int
    }

    private(set) var steps: [Step]
    /// The sentence must hold at least one concept of each set.
    private(set) var required: [ConceptSet] = []
    /// Makes the clause fair, wherever in the sentence it stands.
    private(set) var excuses: ConceptSet = []
    /// Whether a step holds only meanings whose polarity was read already.
    private(set) var isPolarityRead = false

    init(_ first: ConceptSet) {
        steps = [Step(concepts: first, reach: 0)]
        isPolarityRead = first.meets(Self.readConcepts)
    }

    /// Then one of `concepts`, at most `reach` characters later.
    func then(_ concepts: ConceptSet, _ reach: Int) -> ClausePattern {
        var pattern = self
        pattern.steps.append(Step(concepts: concepts, reach: reach))
        if concepts.isSubset(of: Self.readConcepts) { pattern.isPolarityRead = true }
        return pattern
    }

    func unless(_ excuses: ConceptSet) -> ClausePattern {
        var pattern = self
        pattern.excuses.formUnion(excuses)
        return pattern
    }

    func with(_ concepts: ConceptSet) -> ClausePattern {
        var pattern = self
        pattern.required.append(concepts)
        return pattern
    }

    private static let readConcepts: ConceptSet = [
        .refusal, .disclaim, .remedyBarred, .grant, .noReasonRefusal, .noWay,
    ]

    /// Where the pattern stands in `reading`: characters from the first step to the last.
    ///
    /// One pass per step. The nearest match of the step before is the best, since it leaves the
    /// smallest distance, so that one is all that is kept.
    func matches(in reading: ClauseReading) -> [Range<Int>] {
        guard required.allSatisfy({ reading.present.meets($0) }) else { return [] }
        let isExcused = reading.present.meets(excuses)
        if isExcused, !reading.present.contains(.but) { return [] }
        var frontier = reading.tokens.filter { $0.concepts.meets(steps[0].concepts) }
            .map { $0.start..<$0.end }
        for step in steps.dropFirst() where !frontier.isEmpty {
            frontier.sort { $0.upperBound < $1.upperBound }
            var (next, index) = ([Range<Int>](), 0)
            for token in reading.tokens where token.concepts.meets(step.concepts) {
                while index + 1 < frontier.count, frontier[index + 1].upperBound <= token.start {
                    index += 1
                }
                let before = frontier[index]
                let gap = token.start - before.upperBound
                if gap >= 0, gap <= step.reach { next.append(before.lowerBound..<token.end) }
            }
            frontier = next
        }
        return isExcused
            ? frontier.filter { !reading.bearing(on: $0).meets(excuses) } : frontier
    }
}

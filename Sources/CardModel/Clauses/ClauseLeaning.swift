/// Which way a sentence leans that breaks no rule of its own: what it says against the buyer,
/// weighed against what it says for the buyer.
///
/// Each concept counts once, however often it is said: a promise does not grow by repetition,
/// and neither does a dismissal.
struct ClauseLeaning {
    /// Positive where the sentence leans against the buyer.
    let weight: Int
    /// From the first word against the buyer to the last.
    let place: Range<Int>?

    /// A sentence is against the buyer from here on: one dismissal without a promise beside it,
    /// or several weaker signs.
    static let threshold = 3

    /// Dismissals and excuses alone suffice; the rest only in company.
    private static let against: [(ConceptSet, Int)] = [
        ([.resigned], 3), ([.unsorted], 3), ([.unanswered], 3), ([.bargain], 3), ([.queue], 3),
        ([.cutOff], 3), ([.oneSided], 3), ([.sentAway], 3), ([.helpless], 3), ([.belittled], 2),
        ([.tolerated], 3), ([.normal], 2), ([.ownFault], 2), ([.selfJudge], 3), ([.upstream], 1),
        ([.someDay], 2),
        ([.strict], 1), ([.decisive], 1), ([.soon], 1), ([.deduction], 1),
        ([.noWay], 1), ([.penalty], 1), ([.substituted], 2), ([.refusal, .disclaim], 1),
        ([.remedyBarred], 2), ([.plea], 2), ([.gag], 3), ([.presumed], 2),
    ]

    private static let inFavour: [(ConceptSet, Int)] = [
        ([.favour], 3), ([.grant, .remedied], 3), ([.choice], 3), ([.merchantDuty], 3),
        ([.never], 2), ([.remedyOpen], 2), ([.evidence], 2), ([.longSpan], 2), ([.serviceTime], 2),
        ([.hearsay, .spokenOf], 2), ([.scam], 1), ([.wont], 1), ([.disclosure], 1),
        ([.proofOptional], 1), ([.needNot], 1), ([.accepted], 2), ([.noticeGiven], 2),
        ([.specificFault], 2), ([.forceMajeure], 1), ([.fraud], 2), ([.settled, .unpaid], 2),
        ([.explicitConsent], 2), ([.fairLapse], 2),
    ]

    private static let signsAgainst = against.reduce(into: ConceptSet()) { $0.formUnion($1.0) }

    /// 不混发, 不会排队: turned by the word right before.
    private static let turning: ConceptSet = [.not, .wont, .never, .needNot, .mustNot, .absent]

    init(of reading: ClauseReading) {
        let tokens = reading.tokens
        let straight = tokens.indices.filter { index in
            let before = tokens[..<index].last { $0.end <= tokens[index].start }
            guard let before, before.end == tokens[index].start else { return true }
            return !before.concepts.meets(Self.turning)
        }.map { tokens[$0] }
        let said = straight.reduce(into: ConceptSet()) { $0.formUnion($1.concepts) }
        let against = Self.sum(of: Self.against, in: said)
        weight = against - Self.sum(of: Self.inFavour, in: reading.present)
        let signs = straight.filter { $0.concepts.meets(Self.signsAgainst) }
        if let first = signs.first, let last = signs.map(\.end).max() {
            place = first.start..<last
        } else {
            place = nil
        }
    }

    private static func sum(of table: [(ConceptSet, Int)], in present: ConceptSet) -> Int {
        table.reduce(0) { $1.0.meets(present) ? $0 + $1.1 : $0 }
    }
}

/// Reads words together: which remedy is granted or refused, who is bound by a ban, whose time
/// a length of time is.
struct ClauseMeanings {
    /// The words, some of them with what they turned out not to mean taken away.
    var words: [ClauseToken]
    /// The meanings.
    private(set) var found: [ClauseToken] = []

    init(words: [ClauseToken]) {
        self.words = words
        readServiceTimes()
        readDuties()
        readPairs()
        for index in self.words.indices {
            readIdiom(at: index)
            readDeduction(at: index)
            readDenial(at: index)
            readFlatRefusal(at: index)
            readRelief(at: index)
            readHandling(at: index)
            readLiability(at: index)
            readRemedy(at: index)
        }
    }

    /// Looks at what stands before the word at `index` in its part of the sentence.
    func governors(of index: Int) -> ClauseGovernors {
        ClauseGovernors(of: index, in: words)
    }

    mutating func add(_ concept: ClauseConcept, from start: Int, to end: Int, part: Int) {
        found.append(ClauseToken(concepts: [concept], start: start, end: end, part: part))
    }
}

extension ClauseMeanings {
    /// How far apart a length of time and the shop's act may stand.
    private static let serviceReach = 6

    /// A short time within which the shop acts is a promise: it limits no complaint.
    private mutating func readServiceTimes() {
        for index in words.indices where words[index].concepts.contains(.shortSpan) {
            let span = words[index]
            let next = words[(index + 1)...].prefix { $0.part == span.part }
            let reached = next.prefix { $0.start - span.end <= Self.serviceReach }
            let stops: ConceptSet = [
                .not, .mustNot, .late, .buyer, .silence, .otherwise, .universal,
            ]
            let act = reached.first { $0.concepts.meets([.shopAct]) }
            let stop = reached.first { $0.concepts.meets(stops) }
            let isServed = act.map { found in stop.map { found.start < $0.start } ?? true } ?? false
            let before = words[..<index].last { $0.part == span.part }
            let isShops =
                before.map {
                    $0.concepts.contains(.shop) && span.start - $0.end <= Self.serviceReach
                } ?? false
            // 您未在1小时内回复: it is the buyer who has to act.
            let isBuyers =
                !isShops
                && words[..<index].suffix(2).contains {
                    $0.part == span.part && $0.concepts.meets([.notYet, .silence])
                }
            if isShops || (isServed && !isBuyers && before?.concepts.contains(.late) != true) {
                words[index].concepts.subtract([.shortSpan])
                words[index].concepts.insert(.serviceTime)
            }
        }
    }

    /// 部分 with goods behind it, 非 with a quality problem behind it, 未 with an act behind it.
    private mutating func readPairs() {
        for index in words.indices.dropLast() {
            let word = words[index]
            let near = words[(index + 1)...].prefix { $0.part == word.part }.prefix(6)
            if word.concepts.contains(.some),
                let goods = near.first(where: { $0.concepts.contains(.goods) }),
                goods.start - word.end <= 4
            {
                add(.someGoods, from: word.start, to: goods.end, part: word.part)
            }
            if word.concepts.contains(.except),
                let next = near.first(where: { $0.concepts.meets([.quality, .relief, .may]) }),
                next.concepts.contains(.quality), next.start - word.end <= 4,
                let place = words.firstIndex(where: { $0.start == next.start })
            {
                words[place].concepts.subtract([.quality])
                add(.nonQuality, from: word.start, to: next.end, part: word.part)
            }
            if word.concepts.meets([.not, .absent, .notYet]),
                let act = near.first(where: { $0.concepts.contains(.buyerAct) }),
                act.start - word.end <= 8
            {
                add(.silence, from: word.start, to: act.end, part: word.part)
            }
        }
    }

    /// Bans that bind shops: 商家不得, 严禁商家, 本店不会.
    private mutating func readDuties() {
        for index in words.indices.dropLast() {
            let (word, next) = (words[index], words[index + 1])
            guard next.start - word.end <= 4, word.part == next.part else { continue }
            let isBan =
                next.concepts.meets([.mustNot, .never]) && !next.concepts.contains(.absent)
            let isBanOfShops =
                word.concepts.meets([.mustNot, .never])
                && next.concepts.meets([.merchant, .platform])
            let bindsBuyer =
                index + 2 < words.count && words[index + 2].concepts.contains(.buyer)
                && words[index + 2].start - next.end <= 2
            let isOwn =
                word.concepts.meets([.merchant, .platform]) || next.concepts.contains(.never)
            if (word.concepts.meets([.merchant, .shop, .platform]) && isBan && isOwn && !bindsBuyer)
                || isBanOfShops
            {
                add(.merchantDuty, from: word.start, to: next.end, part: word.part)
            }
        }
    }

    /// 后果自负, 买定离手: turned only by a negation right before.
    private mutating func readIdiom(at index: Int) {
        let word = words[index]
        for concept in [ClauseConcept.disclaimIdiom, .refusal, .disclaim]
        where word.concepts.contains(concept) {
            words[index].concepts.subtract([concept])
            let subject = index > 0 ? words[index - 1] : nil
            // 我们自己承担: the shop bears it.
            if word.concepts.contains(.selfBorne), let subject, subject.end == word.start,
                subject.concepts.contains(.shop)
            {
                continue
            }
            guard !governors(of: index).isTurned else { continue }
            let meaning = concept == .refusal ? concept : .disclaim
            add(meaning, from: word.start, to: word.end, part: word.part)
        }
    }

    /// 不收手续费, 手续费由本店承担: nothing is kept back.
    private mutating func readDeduction(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.deduction) else { return }
        let payer = words[(index + 1)...].first { $0.part == word.part }
        let isShops = payer.map { $0.concepts.contains(.shop) && $0.start - word.end <= 2 } ?? false
        let before = words[..<index].last { !$0.concepts.meets([.transparent, .penalty]) }
        let isNone =
            before.map {
                $0.part == word.part && word.start - $0.end <= 4
                    && $0.concepts.meets([.plain, .absent, .needNot, .not])
            } ?? false
        if isShops || isNone || governors(of: index).isTurned {
            words[index].concepts.subtract([.deduction])
        }
    }

    /// 不报复, 不代表验收: no penalty, and nothing taken for granted.
    private mutating func readDenial(at index: Int) {
        let word = words[index]
        let turned: ConceptSet = [.penalty, .deem, .deemStrong, .presumed, .forfeited]
        guard index > 0, word.concepts.meets(turned) else { return }
        let before = words[index - 1]
        if before.part == word.part, word.start - before.end <= 1,
            before.concepts.meets([.not, .wont, .never, .needNot])
        {
            words[index].concepts.subtract(turned)
        }
    }

    /// 概不, 恕不, 一律不: a refusal, of whatever.
    private mutating func readFlatRefusal(at index: Int) {
        let word = words[index]
        guard index > 0, word.concepts.contains(.not), word.end - word.start == 1 else { return }
        let before = words[index - 1]
        guard before.end == word.start, before.concepts.contains(.flat) else { return }
        let next = words.dropFirst(index + 1).first { $0.part == word.part }
        let isHarmless: ConceptSet = [.deduction, .remedy, .penalty, .plain, .not]
        if let next, next.concepts.meets(isHarmless), next.start - word.end <= 2 { return }
        guard !ClauseGovernors(of: index - 1, in: words).isTurned else { return }
        add(.refusal, from: before.start, to: next?.end ?? word.end, part: word.part)
    }
}

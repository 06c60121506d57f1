/// Reads words together: which remedy is granted or refused, who is bound by a ban, whose time
/// a length of time is.
struct ClauseMeanings {
    /// The words, some of them with what they turned out not to mean taken away.
    private(set) var words: [ClauseToken]
    /// The meanings.
    private(set) var found: [ClauseToken] = []

    init(words: [ClauseToken], sentence: ClauseSentence) {
        self.words = words
        readServiceTimes()
        readDuties()
        for index in self.words.indices {
            readIdiom(at: index)
            readDeduction(at: index)
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

    private mutating func add(_ concept: ClauseConcept, from start: Int, to end: Int, part: Int) {
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
            let stops: ConceptSet = [.not, .mustNot, .late, .buyer, .silence, .otherwise, .universal]
            let act = reached.first { $0.concepts.meets([.shopAct]) }
            let stop = reached.first { $0.concepts.meets(stops) }
            let isServed = act.map { found in stop.map { found.start < $0.start } ?? true } ?? false
            let before = words[..<index].last { $0.part == span.part }
            let isShops =
                before.map {
                    $0.concepts.contains(.shop) && span.start - $0.end <= Self.serviceReach
                } ?? false
            if isShops || (isServed && before?.concepts.contains(.late) != true) {
                words[index].concepts.remove([.shortSpan])
            }
        }
    }

    /// Bans that bind shops: 商家不得, 严禁商家, 本店不会.
    private mutating func readDuties() {
        for index in words.indices.dropLast() {
            let (word, next) = (words[index], words[index + 1])
            guard next.start - word.end <= 4, word.part == next.part else { continue }
            let isBan = next.concepts.meets([.mustNot, .never])
            let isBanOfShops =
                word.concepts.meets([.mustNot, .never]) && next.concepts.contains(.merchant)
            let bindsBuyer =
                index + 2 < words.count && words[index + 2].concepts.contains(.buyer)
                && words[index + 2].start - next.end <= 2
            let isOwn = word.concepts.contains(.merchant) || next.concepts.contains(.never)
            if (word.concepts.meets([.merchant, .shop]) && isBan && isOwn && !bindsBuyer)
                || isBanOfShops
            {
                add(.merchantDuty, from: word.start, to: next.end, part: word.part)
            }
        }
    }

    /// 后果自负, 买定离手: turned only by a negation right before.
    private mutating func readIdiom(at index: Int) {
        let word = words[index]
        for concept in [ClauseConcept.disclaimIdiom, .refusal]
        where word.concepts.contains(concept) {
            words[index].concepts.remove(ConceptSet(concept))
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
        let before = words[..<index].last { !$0.concepts.contains(.transparent) }
        let isNone =
            before.map {
                $0.part == word.part && word.start - $0.end <= 4
                    && $0.concepts.meets([.plain, .absent, .needNot, .not])
            } ?? false
        if isShops || isNone || governors(of: index).isTurned {
            words[index].concepts.remove([.deduction])
        }
    }

    private mutating func readRelief(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.relief) else { return }
        let before = governors(of: index)
        switch before.outcome {
        case .turned:
            let isFree = before.hasNoReason
            add(isFree ? .noReasonRefusal : .refusal, from: before.start, to: word.end, part: word.part)
        case .granted: add(.grant, from: before.start, to: word.end, part: word.part)
        case .open:
            guard let end = refusalEnd(after: index) else { return }
            let isFree =
                words[..<index].last.map {
                    $0.part == word.part && $0.concepts.contains(.noReason)
                        && word.start - $0.end <= 2
                } ?? false
            add(isFree ? .noReasonRefusal : .refusal, from: word.start, to: end, part: word.part)
        }
    }

    /// Where a refusal ends that stands behind its object: 退款请求一律驳回.
    private func refusalEnd(after index: Int) -> Int? {
        var (reach, negations, last) = (words[index].end, 0, Int?.none)
        for word in words[(index + 1)...] {
            // 售后，概不受理: one comma may stand between.
            guard word.part <= words[index].part + 1, word.start - reach <= 3 else { break }
            if word.concepts.contains(.noWay) { return word.end }
            if word.concepts.meets([.refuse]) {
                (negations, last, reach) = (negations + 1, word.end, word.end)
            } else if word.concepts.contains(.not) {
                (negations, reach) = (negations + 1, word.end)
            } else if negations > 0, word.start == reach, word.concepts.meets([.light, .handling]) {
                (last, reach) = (word.end, word.end)
            } else if negations == 0, word.part == words[index].part,
                word.concepts.meets([.adverb, .transparent, .relief])
            {
                reach = word.end
            } else if negations == 0, word.concepts.contains(.adverb) {
                reach = word.end
            } else {
                break
            }
        }
        return negations % 2 == 1 ? last : nil
    }

    /// 概不受理, 不予处理: refused, whatever was asked for.
    private mutating func readHandling(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.handling) else { return }
        let next = index + 1 < words.count ? words[index + 1] : nil
        if let next, next.part == word.part, next.start - word.end <= 1,
            !next.concepts.meets([.divider, .adverb, .not, .noWay])
        {
            return
        }
        let before = governors(of: index)
        guard before.outcome == .turned else { return }
        add(.refusal, from: before.start, to: word.end, part: word.part)
    }

    private mutating func readLiability(at index: Int) {
        let word = words[index]
        let before = governors(of: index)
        if word.concepts.contains(.liability) {
            switch before.outcome {
            case .turned: add(.disclaim, from: before.start, to: word.end, part: word.part)
            case .granted: add(.accepted, from: before.start, to: word.end, part: word.part)
            case .open: break
            }
        } else if word.concepts.contains(.burden), before.outcome == .turned, before.hasBearing {
            add(.disclaim, from: before.start, to: word.end, part: word.part)
        }
        guard word.concepts.contains(.bear), let bearer = bearer(of: index) else { return }
        guard !ClauseGovernors(of: bearer, in: words).isTurned, !before.isTurned else { return }
        add(.disclaim, from: words[bearer].start, to: word.end, part: word.part)
    }

    /// The buyer, where the buyer is to bear what the verb at `index` speaks of.
    private func bearer(of index: Int) -> Int? {
        let verb = words[index]
        for candidate in words[..<index].indices.reversed() {
            let word = words[candidate]
            guard word.part == verb.part, verb.start - word.end <= 4 else { return nil }
            if word.concepts.meets([.not, .needNot, .mustNot, .never, .shop]) { return nil }
            if word.concepts.contains(.selfReliant) { return candidate }
            if word.concepts.contains(.buyer) {
                let burdens = words[..<index].contains { $0.concepts.meets([.burden, .liability]) }
                return burdens ? candidate : nil
            }
        }
        return nil
    }

    private mutating func readRemedy(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.remedy) else { return }
        let before = ClauseGovernors(of: index, in: words, isRemedy: true)
        switch before.outcome {
        case .turned: add(.remedyBarred, from: before.start, to: word.end, part: word.part)
        case .granted: add(.remedyOpen, from: before.start, to: word.end, part: word.part)
        case .open: break
        }
    }
}

extension ClauseMeanings {
    mutating func readRelief(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.relief) else { return }
        let before = governors(of: index)
        switch before.outcome {
        case .turned:
            if isCondition(at: index) { return }
            let isFree = before.hasNoReason
            add(
                isFree ? .noReasonRefusal : .refusal, from: before.start, to: word.end,
                part: word.part)
        case .granted: add(.grant, from: before.start, to: word.end, part: word.part)
        case .open:
            guard let end = refusalEnd(after: index) else {
                if isPlainlyGiven(at: index) {
                    add(.grant, from: word.start, to: word.end, part: word.part)
                }
                return
            }
            let isFree =
                words[..<index].last.map {
                    $0.part == word.part && $0.concepts.contains(.noReason)
                        && word.start - $0.end <= 2
                } ?? false
            add(isFree ? .noReasonRefusal : .refusal, from: word.start, to: end, part: word.part)
        }
    }

    /// 坏卡就退, 一律补发, 退您: a remedy that nothing turns, with what makes it a promise.
    private func isPlainlyGiven(at index: Int) -> Bool {
        let word = words[index]
        if index > 0, words[index - 1].end == word.start,
            words[index - 1].concepts.meets([.thereupon, .wholly])
        {
            return true
        }
        guard let next = words.dropFirst(index + 1).first else { return false }
        return next.start == word.end && next.concepts.contains(.buyer)
    }

    /// 不能换就退: the refusal is the condition of what is granted.
    private func isCondition(at index: Int) -> Bool {
        let following = words.dropFirst(index + 1).prefix(3)
        guard let next = following.first, next.start == words[index].end,
            next.concepts.contains(.thereupon)
        else { return false }
        return following.dropFirst().first?.concepts.meets([.relief, .light]) ?? false
    }

    /// 换不了就退, 补不了的: what follows is what happens then.
    private func isConditional(after word: ClauseToken) -> Bool {
        let next = words.first { $0.start >= word.end }
        guard let next, next.start == word.end else { return false }
        return next.concepts.meets([.thereupon, .of, .relief, .light, .condition])
    }

    /// Where a refusal ends that stands behind its object: 退款请求一律驳回.
    private func refusalEnd(after index: Int) -> Int? {
        var (reach, negations, last) = (words[index].end, 0, Int?.none)
        for word in words[(index + 1)...] {
            // 售后，概不受理: one comma may stand between.
            guard word.part <= words[index].part + 1, word.start - reach <= 3 else { break }
            if word.concepts.contains(.noWay) { return word.end }
            if word.concepts.contains(.cannot), word.start == words[index].end {
                return isConditional(after: word) ? nil : word.end
            }
            // 售后服务：无 says nothing more.
            if word.concepts.contains(.absent), negations == 0,
                !words.contains(where: { $0.part == word.part && $0.start >= word.end })
            {
                return word.end
            }
            if word.concepts.contains(.refuse) {
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
    mutating func readHandling(at index: Int) {
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

    mutating func readLiability(at index: Int) {
        let word = words[index]
        let before = ClauseGovernors(of: index, in: words, lightAffirms: false)
        if word.concepts.contains(.liability) {
            switch before.outcome {
            case .turned: add(.disclaim, from: before.start, to: word.end, part: word.part)
            case .granted: add(.accepted, from: before.start, to: word.end, part: word.part)
            case .open:
                guard before.hasBearing else { break }
                add(.accepted, from: word.start, to: word.end, part: word.part)
            }
        } else if word.concepts.contains(.burden), before.outcome == .turned, before.hasBearing {
            add(.disclaim, from: before.start, to: word.end, part: word.part)
        }
        if word.concepts.contains(.unrelated), let subject = words[..<index].last,
            subject.part == word.part, word.start - subject.end <= 2,
            subject.concepts.meets([.shop, .merchant])
        {
            add(.disclaim, from: subject.start, to: word.end, part: word.part)
        }
        let isLast = !words[(index + 1)...].contains { $0.part == word.part }
        if word.concepts.contains(.unconcerned), isLast {
            add(.disclaim, from: word.start, to: word.end, part: word.part)
        }
        if word.concepts.contains(.bear), isLast, before.outcome == .turned {
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
            if word.concepts.contains(.selfReliant) {
                // 我们自己承担: the shop bears it.
                let subject = candidate > 0 ? words[candidate - 1] : nil
                let isShops =
                    subject.map { $0.end == word.start && $0.concepts.contains(.shop) } ?? false
                let isFreed =
                    subject.map {
                        $0.end == word.start && $0.concepts.meets([.needNot, .not, .wont])
                    } ?? false
                return isShops || isFreed ? nil : candidate
            }
            if word.concepts.contains(.buyer) {
                let burdens = words[..<index].contains { $0.concepts.meets([.burden, .liability]) }
                return burdens ? candidate : nil
            }
        }
        return nil
    }

    mutating func readRemedy(at index: Int) {
        let word = words[index]
        guard word.concepts.contains(.remedy) else { return }
        let before = ClauseGovernors(of: index, in: words, lightAffirms: false)
        // 本店不会因投诉…: the shop binds itself, the buyer may still complain.
        let isBuyers = words[..<index].contains {
            $0.end <= before.start && $0.part == word.part && $0.concepts.contains(.buyer)
        }
        if before.outermost.meets([.never, .wont]), !isBuyers {
            add(.remedyOpen, from: before.start, to: word.end, part: word.part)
            return
        }
        // 不得因投诉而…: the complaint is the reason, not what is forbidden.
        if let next = words.dropFirst(index + 1).first,
            next.concepts.meets([.thereupon, .divider, .hearsay]),
            next.start == word.end, before.outcome == .turned
        {
            return
        }
        switch before.outcome {
        case .turned: add(.remedyBarred, from: before.start, to: word.end, part: word.part)
        case .granted: add(.remedyOpen, from: before.start, to: word.end, part: word.part)
        case .open: break
        }
    }
}

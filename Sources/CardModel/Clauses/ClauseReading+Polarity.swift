extension ClauseReading {
    /// How far a ban or a denial reaches over a statement that has no negation of its own.
    private static let statementReach = 14

    /// Whether the statement at `place` is denied or forbidden by what stands before it in its
    /// part: 不保留最终解释权, 我们不会因差评拉黑.
    func isReversed(_ place: Range<Int>) -> Bool {
        guard let part = tokens.first(where: { $0.start >= place.lowerBound })?.part else {
            return false
        }
        var (turns, reach) = (0, place.lowerBound)
        for word in tokens.reversed() where word.end <= place.lowerBound {
            guard word.part == part else { break }
            let gap = reach - word.end
            if gap > Self.statementReach { break }
            if word.concepts.contains(.but) { break }
            let isStrong = word.concepts.meets([.never, .mustNot])
            let isWeak =
                word.concepts.meets([.not, .absent, .notYet, .needNot, .refuse, .halt]) && gap <= 3
            if isStrong || isWeak { turns += 1 }
            if word.concepts.meets([.shop, .transparent, .adverb, .light]) { reach = word.start }
        }
        return turns % 2 == 1
    }

    /// Whether the clause at `place` is only spoken of: forbidden to shops, quoted to be
    /// rejected, or called void.
    func isDisowned(_ place: Range<Int>) -> Bool {
        if present.contains(.invalid) { return true }
        if present.contains(.sanctioned), present.meets([.merchant, .hearsay, .spokenOf]) {
            return true
        }
        let lastBut = tokens.last { $0.concepts.contains(.but) && $0.end <= place.lowerBound }
        let duty = tokens.first {
            $0.concepts.contains(.merchantDuty) && $0.start <= place.upperBound
                && $0.start >= (lastBut?.start ?? 0)
        }
        if duty != nil { return true }
        if isHypothetical(place) || isSpokenOf(place) { return true }
        let isQuoted = sentence.symbols[place].allSatisfy(\.isQuoted)
        guard isQuoted else { return false }
        let distance: ConceptSet = [
            .never, .mustNot, .refuse, .invalid, .hearsay, .not, .remedyOpen, .absent, .halt,
            .except,
            .defect,
        ]
        return tokens.contains { token in
            token.concepts.meets(distance) && !sentence.symbols[token.start].isQuoted
        }
    }

    /// 不退款的承诺; 商家拒不退款的，平台…: the clause modifies something else.
    private func isSpokenOf(_ place: Range<Int>) -> Bool {
        let symbols = sentence.symbols
        let following = tokens.filter {
            $0.start >= place.upperBound && $0.start <= place.upperBound + 1
        }
        if following.contains(where: { $0.concepts.contains(.spokenOf) }) { return true }
        let (of, end) = (UInt32(0x7684), place.upperBound)
        guard end + 1 < symbols.count, symbols[end].scalar == of,
            symbols[end + 1].scalar == ClauseSymbol.comma
        else { return false }
        let part = tokens.last { $0.end <= place.upperBound }?.part
        return tokens.contains {
            $0.part == part && $0.concepts.contains(.merchant) && $0.end <= place.lowerBound
        }
    }

    /// 如果卖家要求您放弃投诉: what some shop might do, not what this one does.
    private func isHypothetical(_ place: Range<Int>) -> Bool {
        guard let shop = tokens.first(where: { $0.concepts.contains(.merchant) }),
            tokens.contains(where: {
                $0.concepts.contains(.condition) && $0.end <= shop.start
                    && shop.start - $0.end <= 2
            })
        else { return false }
        let end = tokens.last { $0.part == shop.part }?.end ?? shop.end
        return place.lowerBound >= shop.start && place.lowerBound <= end
            && tokens.contains { $0.part > shop.part }
    }

    /// The reading with what its neighbours say about the same matter.
    func inContext(before: ClauseReading?, after: ClauseReading?) -> ClauseReading {
        var reading = self
        if tokens.first?.concepts.contains(.late) == true,
            let before, before.present.contains(.longSpan)
        {
            reading.note(.longSpan)
        }
        if reading.hasFairLapse { reading.note(.fairLapse) }
        // 双方说法不一的，以发行方查询为准: what the sentence before refuses rests on evidence.
        if let after, !after.sentence.startsLine, after.present.contains(.decisive),
            after.present.contains(.evidence)
        {
            reading.note(.evidence)
        }
        if isRemedied || (after?.amends ?? false) { reading.note(.remedied) }
        return reading
    }

    /// 超过15天, 质保期外: refused after a period that is not too short.
    private var hasFairLapse: Bool {
        present.contains(.late) && !present.contains(.shortSpan)
            && present.meets([.longSpan, .warrantyTerm])
    }

    /// A remedy for a defect is granted, and no "but" takes it back.
    private var isRemedied: Bool {
        guard present.meets([.defect, .quality]) else { return false }
        if present.contains(.exception) { return true }
        guard let grant = tokens.last(where: { $0.concepts.contains(.grant) }) else { return false }
        let but = tokens.first { $0.concepts.contains(.but) && $0.start >= grant.end }
        guard let but else { return true }
        return !tokens.contains {
            $0.concepts.meets([.refusal, .disclaim]) && $0.start >= but.end
        }
    }

    /// Whether the sentence amends the one before: 但卡密无效的可退款.
    private var amends: Bool {
        guard let first = tokens.first else { return false }
        return first.concepts.meets([.but, .condition, .defect, .quality]) && isRemedied
    }
}

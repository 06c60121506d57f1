/// A word of a clause, or a meaning read from several.
struct ClauseToken {
    var concepts: ConceptSet
    /// Offset of its first character in the sentence.
    var start: Int
    /// Offset behind its last character.
    var end: Int
    /// Which part of the sentence it stands in; parts are apart by commas.
    var part: Int
}

/// A sentence with its words, and with what they mean together: refusals, grants, denials of
/// liability, bans on complaints, each with its polarity worked out.
struct ClauseReading {
    let sentence: ClauseSentence
    /// In order of their beginning. Meanings stand among the words they were read from.
    private(set) var tokens: [ClauseToken]
    /// Every concept in the sentence.
    private(set) var present: ConceptSet
    /// What is known from somewhere else.
    private var noted: ConceptSet = []

    init(_ sentence: ClauseSentence, lexicon: ClauseLexicon = .standard) {
        self.sentence = sentence
        let words = Self.words(of: sentence.symbols, lexicon: lexicon)
        let meanings = ClauseMeanings(words: words)
        tokens = (meanings.words + meanings.found).sorted {
            ($0.start, $0.end) < ($1.start, $1.end)
        }
        present = tokens.reduce(into: []) { $0.formUnion($1.concepts) }
    }

    /// Adds what the sentence is known to say from somewhere else.
    mutating func note(_ concept: ClauseConcept) {
        present.insert(concept)
        noted.insert(concept)
    }

    /// What bears on `place`: everything, or what stands behind the "but" before it. 支持售后，
    /// 但激活后不退: the first half excuses nothing.
    func bearing(on place: Range<Int>) -> ConceptSet {
        let but = tokens.last { $0.concepts.contains(.but) && $0.end <= place.lowerBound }
        guard let but else { return present }
        return tokens.reduce(into: noted) { concepts, token in
            if token.start >= but.end { concepts.formUnion(token.concepts) }
        }
    }
}

extension ClauseReading {
    /// What a character costs that belongs to no word, and what a word costs: the cheapest way
    /// through a sentence leaves the fewest characters over and takes the longest words.
    private static let (strayCost, wordCost) = (3, 2)

    private static func words(
        of symbols: [ClauseSymbol],
        lexicon: ClauseLexicon
    ) -> [ClauseToken] {
        var cost = [Int](repeating: 0, count: symbols.count + 1)
        var step = [ClauseLexicon.Match?](repeating: nil, count: symbols.count)
        for start in symbols.indices.reversed() {
            cost[start] = cost[start + 1] + strayCost
            for match in candidates(in: symbols, at: start, lexicon: lexicon)
            where wordCost + cost[start + match.length] <= cost[start] {
                (cost[start], step[start]) = (wordCost + cost[start + match.length], match)
            }
        }
        var (words, part, index) = ([ClauseToken](), 0, 0)
        while index < symbols.count {
            if symbols[index].scalar == ClauseSymbol.comma { part += 1 }
            guard let match = step[index] else {
                index += 1
                continue
            }
            words.append(
                ClauseToken(
                    concepts: match.concepts, start: index, end: index + match.length, part: part
                )
            )
            index += match.length
        }
        return words
    }

    private static func candidates(
        in symbols: [ClauseSymbol],
        at start: Int,
        lexicon: ClauseLexicon
    ) -> [ClauseLexicon.Match] {
        let words = lexicon.matches(in: symbols, at: start)
        guard let period = ClauseNumber.period(in: symbols, at: start) else { return words }
        let isShort = period.seconds < ClauseNumber.shortestFairPeriodSeconds
        let match = ClauseLexicon.Match(
            concepts: isShort ? [.shortSpan] : [.longSpan], length: period.length
        )
        return words.filter { $0.length != period.length } + [match]
    }
}

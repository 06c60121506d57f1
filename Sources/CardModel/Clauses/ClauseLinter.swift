/// One unfair or vague clause in a shop's text.
public struct ClauseFinding: Sendable, Hashable {
    public let rule: ClauseRule
    /// The line on which the clause begins, counted from 1.
    public let line: Int
    /// The column on which it begins, in characters of Unicode, counted from 1.
    public let column: Int
    /// The bytes of the clause in the UTF-8 text.
    public let bytes: Range<Int>
    /// The clause as the shop wrote it, cut at ``ClauseLinter/longestExcerpt`` characters.
    public let excerpt: String

    public var severity: ClauseSeverity { rule.severity }
}

/// The text is longer than ``ClauseLinter/longestTextBytes``.
public struct ClauseTextTooLong: Error, Hashable {
    public let bytes: Int
}

/// 条款检查: finds unfair and vague clauses in what a shop says about its after-sale service.
///
/// The same text always gives the same findings, in time that grows as the text does.
public enum ClauseLinter {
    /// Terms of a shop are pages, not books: 1 MiB of UTF-8.
    public static let longestTextBytes = 1 << 20
    /// An excerpt is read in a terminal: characters.
    public static let longestExcerpt = 120

    /// What is wrong with `text`, in the order of its sentences; at most one finding for each
    /// rule and sentence.
    public static func findings(in text: String) throws(ClauseTextTooLong) -> [ClauseFinding] {
        let size = text.utf8.count
        guard size <= longestTextBytes else { throw ClauseTextTooLong(bytes: size) }
        let sentences = ClauseSplitter.sentences(of: text)
        let readings = sentences.map { ClauseReading($0) }
        let source = Array(text.utf8)
        return readings.indices.flatMap { index -> [ClauseFinding] in
            let reading = readings[index].inContext(
                before: index > 0 ? readings[index - 1] : nil,
                after: index + 1 < readings.count ? readings[index + 1] : nil
            )
            return findings(in: reading, of: source)
        }
    }

    private static func findings(in reading: ClauseReading, of source: [UInt8]) -> [ClauseFinding] {
        guard !reading.sentence.isQuestion else { return [] }
        let found = RulePatterns.all.compactMap { entry -> ClauseFinding? in
            for pattern in entry.patterns {
                let place = pattern.matches(in: reading).first { place in
                    !reading.isDisowned(place)
                        && (pattern.isPolarityRead || !reading.isReversed(place))
                }
                if let place {
                    return finding(entry.rule, at: place, in: reading.sentence, of: source)
                }
            }
            return nil
        }
        if found.contains(where: { $0.severity != .note }) { return found }
        let leaning = ClauseLeaning(of: reading)
        guard leaning.weight >= ClauseLeaning.threshold, let place = leaning.place,
            !reading.isDisowned(place)
        else { return found }
        return found + [
            finding(.vagueOrUnfairAfterSale, at: place, in: reading.sentence, of: source)
        ]
    }

    /// The clause around `place`: whole parts of the sentence.
    private static func finding(
        _ rule: ClauseRule,
        at place: Range<Int>,
        in sentence: ClauseSentence,
        of source: [UInt8]
    ) -> ClauseFinding {
        let symbols = sentence.symbols
        let isComma = { (index: Int) in symbols[index].scalar == ClauseSymbol.comma }
        let first = symbols[..<place.lowerBound].indices.last(where: isComma).map { $0 + 1 } ?? 0
        let last =
            symbols[place.upperBound...].indices.first(where: isComma).map { $0 - 1 }
            ?? symbols.count - 1
        let bytes = symbols[first].start..<symbols[last].end
        let clause = String(decoding: source[bytes], as: UTF8.self)
        return ClauseFinding(
            rule: rule, line: symbols[first].line, column: symbols[first].column, bytes: bytes,
            excerpt: String(clause.prefix(longestExcerpt))
        )
    }
}

/// One character of a clause as the rules see it, and where it stands in the text.
struct ClauseSymbol {
    /// The folded Unicode scalar; ``ClauseSymbol/comma`` between the parts of a sentence.
    var scalar: UInt32
    /// Offset of its first byte in the UTF-8 text.
    var start: Int
    /// Offset behind its last byte.
    var end: Int
    /// Counted from 1.
    var line: Int
    /// In characters of Unicode, counted from 1.
    var column: Int
    /// Whether it stands inside quotation marks or a book title.
    var isQuoted: Bool

    static let comma: UInt32 = 0x2C

    /// Whether it is an ideograph, of which words are made without spaces.
    var isIdeograph: Bool { scalar >= 0x3007 }

    var isDigit: Bool { (0x30...0x39).contains(scalar) }
}

/// One sentence: what stands between two full stops, line breaks or numbers of an enumeration.
struct ClauseSentence {
    var symbols: [ClauseSymbol]
    var isQuestion = false
    /// Whether a line break stands before it.
    var startsLine = false
}

/// Splits a shop's text into sentences, in time that grows as the text does.
struct ClauseSplitter {
    private enum Break: Int, Comparable {
        case none, soft, comma, question, stop, newline

        static func < (left: Break, right: Break) -> Bool { left.rawValue < right.rawValue }
    }

    /// A separator between two characters that have at most this many neighbours of their own
    /// was put there to hide a word.
    private static let hiddenRun = 2
    /// A sentence longer than this ends at its next comma: characters. So the work for a text
    /// without full stops stays in proportion to its length.
    private static let longSentence = 240
    /// A sentence longer than this ends where it is: characters.
    private static let longestSentence = 480
    /// A question this short only names what the next words answer: 退款？不可能。
    private static let shortQuestion = 6

    private var sentences: [ClauseSentence] = []
    private var current = ClauseSentence(symbols: [], startsLine: true)
    private var runs: [[ClauseSymbol]] = []
    private var breaks: [Break] = []

    static func sentences(of text: String) -> [ClauseSentence] {
        var splitter = ClauseSplitter()
        splitter.collectRuns(of: text)
        splitter.join()
        return splitter.sentences
    }

    /// Gathers characters that stand side by side, and the strongest separator before each run.
    private mutating func collectRuns(of text: String) {
        let scalars = text.unicodeScalars
        var (line, column, byte, depth) = (1, 1, 0, 0)
        var (run, pending, isPlainQuoteOpen) = ([ClauseSymbol](), Break.newline, false)
        var previous: Unicode.Scalar?
        func place(_ scalar: UInt32, _ length: Int) -> ClauseSymbol {
            ClauseSymbol(
                scalar: scalar, start: byte, end: byte + length, line: line, column: column,
                isQuoted: depth > 0 || isPlainQuoteOpen
            )
        }
        for (index, scalar) in zip(scalars.indices, scalars) {
            let length = UTF8.width(scalar)
            var separator: Break?
            switch ClauseFolding.symbol(for: scalar) {
            case .word(let value):
                if pending != .none || run.isEmpty {
                    append(run, pending: &pending, next: place(value, length), to: &run)
                } else {
                    run.append(place(value, length))
                }
            case .joiner(let value):
                let next = scalars.index(after: index)
                let joins = next < scalars.endIndex && isDigit(scalars[next]) && isDigit(previous)
                if joins, pending == .none, !run.isEmpty {
                    run.append(place(value, length))
                } else {
                    separator = value == 0x3A ? .comma : .soft
                }
            case .stop: separator = .stop
            case .question: separator = .question
            case .comma: separator = .comma
            case .soft: separator = .soft
            case .newline:
                separator = .newline
                (depth, isPlainQuoteOpen) = (0, false)
            case .openQuote: depth += 1
            case .closeQuote: depth = max(0, depth - 1)
            case .quote: isPlainQuoteOpen.toggle()
            case .ignored: break
            }
            if let separator { pending = max(pending, separator) }
            (byte, column, previous) = (byte + length, column + 1, scalar)
            if ClauseFolding.symbol(for: scalar) == .newline, !isFirstOfPair(scalars, index) {
                (line, column) = (line + 1, 1)
            }
        }
        if !run.isEmpty { runs.append(run) }
        breaks.append(.newline)
    }

    /// Closes `run`, remembers the separator before the next one, and begins that with `next`.
    private mutating func append(
        _ finished: [ClauseSymbol],
        pending: inout Break,
        next: ClauseSymbol,
        to run: inout [ClauseSymbol]
    ) {
        if !finished.isEmpty { runs.append(finished) }
        breaks.append(pending)
        pending = .none
        run = [next]
    }

    /// Whether the scalar is the CR of a CR LF, which end one line together.
    private func isFirstOfPair(
        _ scalars: String.UnicodeScalarView,
        _ index: String.UnicodeScalarView.Index
    ) -> Bool {
        let next = scalars.index(after: index)
        return scalars[index] == "\r" && next < scalars.endIndex && scalars[next] == "\n"
    }

    private func isDigit(_ scalar: Unicode.Scalar?) -> Bool {
        guard let scalar, case .word(let value) = ClauseFolding.symbol(for: scalar) else {
            return false
        }
        return (0x30...0x39).contains(value)
    }
}

extension ClauseSplitter {
    /// Decides what each separator is: the end of a sentence, of a part, or a disguise.
    private mutating func join() {
        for index in runs.indices {
            var separator = breaks[index]
            if index > 0, isDisguise(separator, between: runs[index - 1], and: runs[index]) {
                separator = .none
            } else if separator == .soft {
                separator = .comma
            }
            if isNumber(at: index), separator >= .comma || index == 0 {
                separator = max(separator, .stop)
            }
            switch separator {
            case .none, .soft: break
            case .comma: addComma()
            case .question:
                if current.symbols.count <= Self.shortQuestion {
                    addComma()
                } else {
                    current.isQuestion = true
                    finish(startsLine: false)
                }
            case .stop: finish(startsLine: false)
            case .newline: finish(startsLine: true)
            }
            for symbol in runs[index] {
                if current.symbols.count >= Self.longestSentence { finish(startsLine: false) }
                current.symbols.append(symbol)
            }
        }
        finish(startsLine: false)
    }

    private mutating func addComma() {
        if current.symbols.count > Self.longSentence { return finish(startsLine: false) }
        guard var comma = current.symbols.last else { return }
        comma.scalar = ClauseSymbol.comma
        current.symbols.append(comma)
    }

    private mutating func finish(startsLine: Bool) {
        if !current.symbols.isEmpty { sentences.append(current) }
        current = ClauseSentence(symbols: [], startsLine: startsLine)
    }

    private func isDisguise(
        _ separator: Break,
        between left: [ClauseSymbol],
        and right: [ClauseSymbol]
    ) -> Bool {
        switch separator {
        case .none: return true
        case .soft:
            let shortest = min(left.count, right.count)
            let isLatin = !(left.last?.isIdeograph ?? false) && !(right.first?.isIdeograph ?? false)
            return shortest <= Self.hiddenRun || isLatin
        case .comma, .question, .stop, .newline:
            return left.count == 1 && right.count == 1 && left[0].isIdeograph
                && right[0].isIdeograph
        }
    }

    /// Whether the run is the number of an item: digits or numerals, with a mark right behind.
    private func isNumber(at index: Int) -> Bool {
        let run = runs[index]
        guard index + 1 < runs.count, run.count <= Self.hiddenRun else { return false }
        let mark = breaks[index + 1]
        if run.allSatisfy(\.isDigit) { return mark == .comma || mark == .soft }
        return mark == .comma
            && run.allSatisfy { ClauseNumber.digits[$0.scalar] != nil || $0.scalar == 0x5341 }
    }
}

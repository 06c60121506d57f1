import CardModel

/// Holds a line that its file's grammar cannot divide against all others, to say which it fits.
final class OtherGrammars {
    /// In the order in which they are tried; a malformation names them by index.
    static let all: [StockGrammar] =
        StockGrammar.knownSeparators.map { .separated($0) } + [.bareKey, .csv(.headerless)]

    /// The grammar of the file.
    let grammar: StockGrammar
    private let format: CardFormat?
    /// Made when the first line asks for them.
    private lazy var parsers = Self.all.map { RecordParser(grammar: $0, format: format) }

    init(beside grammar: StockGrammar, format: CardFormat?) {
        self.grammar = grammar
        self.format = format
    }

    /// What is wrong with `record`: that it fits another grammar, or else `malformation`.
    func explain(
        _ malformation: Malformation,
        of record: UnsafeBufferPointer<UInt8>
    ) -> Malformation {
        // A file that names its parts is no other grammar's, whatever stands behind a name.
        guard grammar != .labelled, malformation.reason != .commentLine else { return malformation }
        for (index, parser) in parsers.enumerated() where parser.grammar != grammar {
            if case .csv = parser.grammar, case .csv = grammar { continue }
            if case .code = parser.parse(record) { return Malformation(.otherGrammar, index) }
        }
        return malformation
    }
}

/// How one file was understood, from its beginning.
public struct StockReading: Sendable, Hashable {
    public let grammar: StockGrammar
    /// The physical line that names the columns, from 1; it is no code.
    public let headerLine: UInt64?
    /// The first codes of the sample as they were divided; no symbol of a code stands in them.
    public let samples: [StockSampleLine]
    /// How many of the sample's lines fit the grammar.
    public let fittingLines: Int
    public let sampleLines: Int

    public init(
        grammar: StockGrammar,
        headerLine: UInt64? = nil,
        samples: [StockSampleLine] = [],
        fittingLines: Int = 0,
        sampleLines: Int = 0
    ) {
        self.grammar = grammar
        self.headerLine = headerLine
        self.samples = samples
        self.fittingLines = fittingLines
        self.sampleLines = sampleLines
    }
}

/// One line of the sample, told by the shape of its fields.
public struct StockSampleLine: Sendable, Hashable {
    public let line: UInt64
    public let serial: StockFieldShape?
    public let key: StockFieldShape
    /// `YYYY-MM-DD`; nil when the line names no day.
    public let expiresOn: String?
}

/// What a field is made of, without showing it.
public struct StockFieldShape: Sendable, Hashable {
    public enum Symbols: Sendable, Hashable {
        case digits, letters, digitsAndLetters, any
    }

    public let count: Int
    public let symbols: Symbols

    init(_ text: UnsafeBufferPointer<UInt8>) {
        let scalars = String(decoding: text, as: UTF8.self).unicodeScalars
        count = scalars.count
        let digits = scalars.count { ("0"..."9").contains($0) }
        let letters = scalars.count { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
        symbols =
            digits + letters < scalars.count
            ? .any : letters == 0 ? .digits : digits == 0 ? .letters : .digitsAndLetters
    }
}

/// Why a file was not read.
public enum StockReadingError: Error, Sendable, Equatable {
    /// Two readings fit about equally well and give different codes; `--format` settles it.
    case ambiguous([StockReading])
    /// The sample holds NUL bytes as UTF-16 does, but no byte order mark.
    case utf16WithoutMark
    /// No line of the sample is text.
    case notText
}

/// What one part of a card code, serial or key, looks like after normalisation.
public struct CodeRule: Sendable, Hashable {
    /// The symbols it consists of, apart from ``leading``.
    public let characters: SymbolSet
    public let lengths: CodeLengths

    /// What happens to the case of letters before anything is compared.
    public let letterCase: LetterCase

    /// The first symbols, where they follow a rule of their own (天宏: two letters, then digits).
    public let leading: Leading?

    /// Known beginnings; a code with none of them is only worth a remark. Empty: none known.
    public let prefixes: [String]

    /// How the issuer itself spells dashes.
    public let grouping: Grouping
    public let checkDigit: CheckDigitRule?

    public init(
        characters: SymbolSet,
        lengths: CodeLengths,
        letterCase: LetterCase = .exact,
        leading: Leading? = nil,
        prefixes: [String] = [],
        grouping: Grouping = .solid,
        checkDigit: CheckDigitRule? = nil
    ) {
        self.characters = characters.folded(to: letterCase)
        self.lengths = lengths
        self.letterCase = letterCase
        self.leading = leading
        self.prefixes = prefixes
        self.grouping = grouping
        self.checkDigit = checkDigit
    }

    /// Nothing is known: any symbols, case as it is, dashes as delivered.
    public static let anything = CodeRule(
        characters: .any,
        lengths: .any,
        grouping: .asDelivered
    )

    /// A run of symbols at the beginning.
    public struct Leading: Sendable, Hashable {
        public let count: Int
        public let characters: SymbolSet

        public init(count: Int, characters: SymbolSet) {
            self.count = count
            self.characters = characters
        }
    }

    /// How the issuer spells dashes, which normalisation drops because people add and lose them.
    public enum Grouping: Sendable, Hashable {
        /// The issuer's form has no dashes.
        case solid
        /// The issuer's form has a dash between groups of these sizes.
        case groups([Int])
        /// Not known: the dashes of the delivered spelling are kept when the issuer is asked.
        case asDelivered
    }

    /// A check digit at the end of the part.
    public struct CheckDigitRule: Sendable, Hashable {
        public let algorithm: CheckDigit

        /// Whether a failed check makes the code malformed. Where the source is not the issuer
        /// itself a failed check is advice.
        public let isBinding: Bool

        public init(_ algorithm: CheckDigit, isBinding: Bool) {
            self.algorithm = algorithm
            self.isBinding = isBinding
        }
    }

    /// Brings this part into normal form, as text or as bytes.
    public var normaliser: CodeNormaliser { CodeNormaliser(letterCase: letterCase) }
}

extension CodeRule {
    /// Whether `bytes`, one part in normal form, have no binding finding; the fast form of
    /// ``findings(in:part:)`` for stock files.
    public func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        if characters.allowsBeyondASCII {
            return findings(in: String(decoding: bytes, as: UTF8.self), part: .key)
                .allSatisfy(\.isAdvisory)
        }
        guard lengths.contains(bytes.count) else { return false }
        let leadingCount = leading?.count ?? 0
        for index in 0..<bytes.count {
            let set = index < leadingCount ? leading?.characters ?? characters : characters
            guard set.contains(bytes[index]) else { return false }
        }
        guard let checkDigit, checkDigit.isBinding else { return true }
        return checkDigit.algorithm.isValid(bytes)
    }

    /// The spelling an issuer is asked with: normal form, with the dashes the issuer writes.
    func issuerSpelling(of delivered: String) -> String {
        switch grouping {
        case .solid:
            return normaliser.normalise(delivered)
        case .asDelivered:
            return CodeNormaliser(letterCase: letterCase, keepsDashes: true).normalise(delivered)
        case .groups(let sizes):
            let normal = normaliser.normalise(delivered)
            guard normal.count == sizes.reduce(0, +) else { return normal }
            var rest = normal[...]
            return sizes.map { size in
                defer { rest = rest.dropFirst(size) }
                return String(rest.prefix(size))
            }.joined(separator: "-")
        }
    }
}

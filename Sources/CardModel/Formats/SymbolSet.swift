/// The symbols a part of a card code may consist of: a set of visible ASCII symbols, or anything.
public struct SymbolSet: Sendable, Hashable {
    @usableFromInline private(set) var lowBits: UInt64 = 0
    @usableFromInline private(set) var highBits: UInt64 = 0

    /// Whether symbols outside ASCII are allowed too.
    public let allowsBeyondASCII: Bool

    init(_ members: some Sequence<UInt8>, allowsBeyondASCII: Bool = false) {
        self.allowsBeyondASCII = allowsBeyondASCII
        for member in members { insert(member) }
    }

    /// Reads a class as it stands between the brackets of a regular expression, without negation
    /// and escapes: `0-9`, `A-HJ-NP-Z2-9`. A `-` at either end means itself. Spaces, symbols
    /// outside visible ASCII, backward ranges and an empty class give `nil`.
    public init?(classText: String) {
        let symbols = Array(classText.utf8)
        guard !symbols.isEmpty, symbols.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        self.init([])
        var index = 0
        while index < symbols.count {
            if index + 2 < symbols.count, symbols[index + 1] == UInt8(ascii: "-") {
                guard symbols[index] <= symbols[index + 2] else { return nil }
                for member in symbols[index]...symbols[index + 2] { insert(member) }
                index += 3
            } else {
                insert(symbols[index])
                index += 1
            }
        }
    }

    /// Whether `byte`, an ASCII symbol, belongs to the set.
    @inlinable
    public func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case 0..<64: lowBits & (1 << UInt64(byte)) != 0
        case 64..<128: highBits & (1 << UInt64(byte - 64)) != 0
        default: false
        }
    }

    /// Whether `scalar` belongs to the set.
    public func contains(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII ? contains(UInt8(truncatingIfNeeded: scalar.value)) : allowsBeyondASCII
    }

    /// The members in ASCII, ascending.
    public var members: [UInt8] { (UInt8(0)..<128).filter { contains($0) } }

    /// The set after `letterCase` has been applied to codes: a class written in the other case
    /// means the same.
    func folded(to letterCase: LetterCase) -> SymbolSet {
        SymbolSet(
            members.map { letterCase.applied(to: $0) },
            allowsBeyondASCII: allowsBeyondASCII
        )
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 { lowBits |= 1 << UInt64(byte) } else { highBits |= 1 << UInt64(byte & 63) }
    }
}

extension SymbolSet {
    private static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> [UInt8] {
        Array(UInt8(ascii: first)...UInt8(ascii: last))
    }

    public static let digits = SymbolSet(range("0", "9"))
    public static let letters = SymbolSet(range("A", "Z") + range("a", "z"))
    public static let lettersAndDigits = SymbolSet(
        range("0", "9") + range("A", "Z") + range("a", "z")
    )
    public static let upperLettersAndDigits = SymbolSet(range("0", "9") + range("A", "Z"))
    public static let upperHexadecimal = SymbolSet(range("0", "9") + range("A", "F"))

    /// Microsoft's 5x5 alphabet with the `N` of newer product keys.
    public static let microsoft = SymbolSet("BCDFGHJKMNPQRTVWXY2346789".utf8)

    /// Everything: for codes whose format nobody stated.
    public static let any = SymbolSet(0x00...0x7F, allowsBeyondASCII: true)
}

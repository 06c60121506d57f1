/// The few lexical rules that C2SP's text formats share.
enum StrictText {
    /// A decimal number without sign and without leading zeros; nil for anything else and for
    /// numbers above `Int64.max`, which no tree size, index or time here may exceed.
    static func decimal(_ symbols: some Collection<UInt8>) -> UInt64? {
        guard let first = symbols.first, symbols.count <= 19,
            first != UInt8(ascii: "0") || symbols.count == 1
        else { return nil }
        var number: UInt64 = 0
        for symbol in symbols {
            guard (0x30...0x39).contains(symbol) else { return nil }
            number = number * 10 + UInt64(symbol - 0x30)
        }
        return number <= UInt64(Int64.max) ? number : nil
    }

    /// The lines of `bytes`, each without its newline; nil unless every line ends in one.
    static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>]? {
        guard !bytes.isEmpty else { return [] }
        guard bytes.last == newline else { return nil }
        return bytes.dropLast().split(separator: newline, omittingEmptySubsequences: false)
    }

    /// A key name of c2sp.org/signed-note: not empty, no Unicode white space, no plus.
    static func isKeyName(_ name: String) -> Bool {
        !name.isEmpty && !name.utf8.contains(UInt8(ascii: "+"))
            && !name.unicodeScalars.contains {
                $0.properties.isWhitespace || $0.value < 0x20
            }
    }

    static func text(_ bytes: some Collection<UInt8>) -> String? {
        String(validating: bytes, as: UTF8.self)
    }

    static let newline: UInt8 = 0x0A
    static let space: UInt8 = 0x20
}

extension String {
    /// Equality of the UTF-8 bytes: names that differ only in Unicode normalisation are different
    /// names to every other implementation of these formats, and `==` would unite them.
    func hasSameBytes(as other: String) -> Bool {
        utf8.elementsEqual(other.utf8)
    }
}

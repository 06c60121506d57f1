import CardModel

/// ``CodeNormaliser`` and the cheap half of ``CodeRule`` in one table look-up a byte, for fields of
/// ASCII; a field with anything else takes the normaliser's own way.
struct FieldNormaliser {
    /// What was met in a field; several may be true.
    struct Marks: OptionSet {
        let rawValue: UInt16
        /// In the table, a byte that stays; in a result, that at least one did.
        static let kept = Marks(rawValue: 1 << 8)
        static let controlCharacter = Marks(rawValue: 1 << 9)
        static let notASCII = Marks(rawValue: 1 << 10)
        static let outsideAlphabet = Marks(rawValue: 1 << 11)
        static let notUTF8 = Marks(rawValue: 1 << 12)
        static let tooLong = Marks(rawValue: 1 << 13)
        /// A symbol of damaged imports (`1.0E+16`, `&nbsp;`, `<br>`, U+FFFD): worth a second look.
        static let suspect = Marks(rawValue: 1 << 14)
    }

    struct Result {
        /// Bytes of UTF-8 written.
        var count: Int
        /// Unicode scalars among them.
        var symbols: Int
        var marks: Marks
    }

    private let table: UnsafeMutablePointer<UInt16>
    private let normaliser: CodeNormaliser
    private let allowsBeyondASCII: Bool

    /// The caller frees it with ``deallocate()``.
    init(rule: CodeRule) {
        normaliser = rule.normaliser
        allowsBeyondASCII = rule.characters.allowsBeyondASCII
        table = .allocate(capacity: 256)
        for byte in 0..<256 { table[byte] = Self.entry(for: UInt8(byte), rule: rule) }
    }

    func deallocate() { table.deallocate() }

    private static func entry(for byte: UInt8, rule: CodeRule) -> UInt16 {
        if byte >= 0x80 { return UInt16(byte) | Marks.notASCII.union(.kept).rawValue }
        var folded: [UInt8] = []
        withUnsafeBytes(of: byte) { rule.normaliser.normalise(into: &folded, from: $0) }
        guard let folded = folded.first else { return 0 }
        var marks: Marks = .kept
        if folded < 0x20 || folded == 0x7f { marks.insert(.controlCharacter) }
        let isLeading = rule.leading?.characters.contains(folded) ?? false
        if !isLeading, !rule.characters.contains(folded) { marks.insert(.outsideAlphabet) }
        if "+&<".utf8.contains(folded) { marks.insert(.suspect) }
        return UInt16(folded) | marks.rawValue
    }

    /// Writes the normal form of `field` to `output`, which holds
    /// ``StockAuditLimits/fieldBytes`` + 8.
    @inline(__always)
    func normalise(
        _ field: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Result {
        guard field.count <= StockAuditLimits.fieldBytes else {
            return Result(count: 0, symbols: 0, marks: .tooLong)
        }
        var count = 0
        var marks: UInt16 = 0
        for byte in field {
            let entry = table[Int(byte)]
            output[count] = UInt8(truncatingIfNeeded: entry)
            marks |= entry
            count &+= Int(entry &>> 8 & 1)
        }
        var found = Marks(rawValue: marks & 0xff00)
        if found.contains(.notASCII) { return normaliseWide(field, into: output) }
        if count > StockAuditLimits.fieldSymbols { found.insert(.tooLong) }
        return Result(count: count, symbols: count, marks: found)
    }

    @inline(never)
    private func normaliseWide(
        _ field: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Result {
        let count = normaliser.write(from: UnsafeRawBufferPointer(field), to: output)
        var result = Result(count: count, symbols: 0, marks: [])
        for index in 0..<count {
            let byte = output[index]
            if byte < 0x80 {
                result.marks.formUnion(Marks(rawValue: table[Int(byte)] & 0xff00))
            } else if !allowsBeyondASCII {
                result.marks.insert(.outsideAlphabet)
            }
            result.symbols += byte & 0xc0 == 0x80 ? 0 : 1
        }
        if let text = String(validating: field, as: UTF8.self) {
            if text.unicodeScalars.contains("\u{fffd}") { result.marks.insert(.suspect) }
        } else {
            result.marks.insert(.notUTF8)
        }
        if result.symbols > StockAuditLimits.fieldSymbols { result.marks.insert(.tooLong) }
        return result
    }
}

import CardModel

/// ``CodeNormaliser`` and the cheap half of ``CodeRule`` in one table look-up a byte, for fields of
/// ASCII; a field with anything else takes the normaliser's own way.
final class FieldNormaliser {
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
        /// In the table alone: a byte that does not stay as it is.
        static let changed = Marks(rawValue: 1 << 15)
        /// A field with none of these is its own normal form and has no fault but its length.
        static let notPlain: Marks = [
            .controlCharacter, .notASCII, .outsideAlphabet, .suspect, .changed,
        ]
    }

    struct Result {
        /// The normal form: the field itself, or what was written for it.
        var text: UnsafeBufferPointer<UInt8>
        /// Unicode scalars among them.
        var symbols: Int
        var marks: Marks
    }

    private let table: UnsafeMutablePointer<UInt16>
    private let normaliser: CodeNormaliser
    private let allowsBeyondASCII: Bool

    init(rule: CodeRule) {
        normaliser = rule.normaliser
        allowsBeyondASCII = rule.characters.allowsBeyondASCII
        table = .allocate(capacity: 256)
        for byte in 0..<256 { table[byte] = Self.entry(for: UInt8(byte), rule: rule) }
    }

    deinit { table.deallocate() }

    private static func entry(for byte: UInt8, rule: CodeRule) -> UInt16 {
        if byte >= 0x80 { return UInt16(byte) | Marks.notASCII.union(.kept).rawValue }
        var folded: [UInt8] = []
        withUnsafeBytes(of: byte) { rule.normaliser.normalise(into: &folded, from: $0) }
        guard let folded = folded.first else { return Marks.changed.rawValue }
        var marks: Marks = folded == byte ? .kept : [.kept, .changed]
        if folded < 0x20 || folded == 0x7f { marks.insert(.controlCharacter) }
        let isLeading = rule.leading?.characters.contains(folded) ?? false
        if !isLeading, !rule.characters.contains(folded) { marks.insert(.outsideAlphabet) }
        if "+&<#".utf8.contains(folded) { marks.insert(.suspect) }
        return UInt16(folded) | marks.rawValue
    }

    /// The normal form of `field`. Where it is another, it is written to `output`, which holds
    /// ``StockAuditLimits/fieldBytes`` + 8.
    @inline(__always)
    func normalise(
        _ field: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Result {
        guard field.count <= StockAuditLimits.fieldSymbols else {
            return rewritten(field, into: output)
        }
        var marks: UInt16 = 0
        for byte in field { marks |= table[Int(byte)] }
        guard marks & Marks.notPlain.rawValue == 0 else { return rewritten(field, into: output) }
        return Result(
            text: field,
            symbols: field.count,
            marks: Marks(rawValue: marks & Marks.kept.rawValue)
        )
    }

    @inline(never)
    private func rewritten(
        _ field: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Result {
        let nothing = UnsafeBufferPointer<UInt8>(start: output, count: 0)
        guard field.count <= StockAuditLimits.fieldBytes else {
            return Result(text: nothing, symbols: 0, marks: .tooLong)
        }
        var count = 0
        var marks: UInt16 = 0
        for byte in field {
            let entry = table[Int(byte)]
            output[count] = UInt8(truncatingIfNeeded: entry)
            marks |= entry
            count &+= Int(entry &>> 8 & 1)
        }
        var found = Marks(rawValue: marks & 0xff00).subtracting(.changed)
        if found.contains(.notASCII) { return normaliseWide(field, into: output) }
        if count > StockAuditLimits.fieldSymbols { found.insert(.tooLong) }
        let text = UnsafeBufferPointer(start: UnsafePointer(output), count: count)
        return Result(text: text, symbols: count, marks: found)
    }

    @inline(never)
    private func normaliseWide(
        _ field: UnsafeBufferPointer<UInt8>,
        into output: UnsafeMutablePointer<UInt8>
    ) -> Result {
        let count = normaliser.write(from: UnsafeRawBufferPointer(field), to: output)
        let written = UnsafeBufferPointer(start: UnsafePointer(output), count: count)
        var result = Result(text: written, symbols: 0, marks: [])
        for index in 0..<count {
            let byte = output[index]
            if byte < 0x80 {
                let marks = Marks(rawValue: table[Int(byte)] & 0xff00)
                result.marks.formUnion(marks.subtracting(.changed))
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

/// Brings one part of a card code, serial or key, into the form in which spellings are compared.
///
/// Full-width and small forms become ASCII as under NFKC; zero-width marks, byte-order marks and
/// every kind of space are dropped; every kind of dash is dropped; ASCII letters change case only
/// where ``LetterCase`` says so. Nothing else is touched: look-alikes stay as they are, leading
/// zeros stay, and what is no UTF-8 passes through unchanged, to be found by the format.
/// A separator between serial and key must be found before, since `----` is made of dashes.
public struct CodeNormaliser: Sendable, Hashable {
    /// What becomes of ASCII letters.
    public let letterCase: LetterCase

    /// Whether dashes stay, all as ASCII `-`: for the spelling an issuer is asked with.
    let keepsDashes: Bool

    public init(letterCase: LetterCase) {
        self.init(letterCase: letterCase, keepsDashes: false)
    }

    init(letterCase: LetterCase, keepsDashes: Bool) {
        self.letterCase = letterCase
        self.keepsDashes = keepsDashes
    }

    /// The normal form of `text`.
    public func normalise(_ text: String) -> String {
        var text = text
        return text.withUTF8 { source in
            String(unsafeUninitializedCapacity: source.count) { target in
                write(from: UnsafeRawBufferPointer(source), to: target.baseAddress)
            }
        }
    }

    /// Appends the normal form of `bytes` (UTF-8) to `buffer`; at most `bytes.count` are added.
    public func normalise(into buffer: inout [UInt8], from bytes: UnsafeRawBufferPointer) {
        let start = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: bytes.count))
        let written = buffer.withUnsafeMutableBufferPointer { target in
            write(from: bytes, to: target.baseAddress.map { $0 + start })
        }
        buffer.removeLast(bytes.count - written)
    }

    /// Writes the normal form of `source` to `target`, which must have room for `source.count`
    /// bytes, and answers how many it wrote. `nil` as target writes nothing.
    public func write(
        from source: UnsafeRawBufferPointer,
        to target: UnsafeMutablePointer<UInt8>?
    ) -> Int {
        guard let target else { return 0 }
        let table = asciiTable
        var written = 0
        var index = 0
        return table.withUnsafeBufferPointer { table in
            while index < source.count {
                let byte = source[index]
                if byte < 0x80 {
                    let mapped = table[Int(byte)]
                    index += 1
                    if mapped == Self.dropped { continue }
                    target[written] = mapped
                    written += 1
                } else {
                    index += writeWide(source, at: index, table, target, &written)
                }
            }
            return written
        }
    }

    /// Treats the scalar that starts at `index` outside ASCII and answers its length in bytes.
    private func writeWide(
        _ source: UnsafeRawBufferPointer,
        at index: Int,
        _ table: UnsafeBufferPointer<UInt8>,
        _ target: UnsafeMutablePointer<UInt8>,
        _ written: inout Int
    ) -> Int {
        guard let (scalar, length) = WideSymbol.decode(source, at: index) else {
            target[written] = source[index]
            written += 1
            return 1
        }
        switch WideSymbol.folding(of: scalar) {
        case .dropped: break
        case .ascii(let byte):
            let mapped = table[Int(byte)]
            if mapped != Self.dropped {
                target[written] = mapped
                written += 1
            }
        case .kept:
            for offset in 0..<length { target[written + offset] = source[index + offset] }
            written += length
        }
        return length
    }
}

extension CodeNormaliser {
    /// Stands in the tables for a symbol that is left out.
    static let dropped: UInt8 = 0xFF

    private var asciiTable: [UInt8] {
        switch (letterCase, keepsDashes) {
        case (.exact, false): Self.exactTable
        case (.upper, false): Self.upperTable
        case (.lower, false): Self.lowerTable
        case (.exact, true): Self.exactDashTable
        case (.upper, true): Self.upperDashTable
        case (.lower, true): Self.lowerDashTable
        }
    }

    private static let exactTable = table(.exact, keepsDashes: false)
    private static let upperTable = table(.upper, keepsDashes: false)
    private static let lowerTable = table(.lower, keepsDashes: false)
    private static let exactDashTable = table(.exact, keepsDashes: true)
    private static let upperDashTable = table(.upper, keepsDashes: true)
    private static let lowerDashTable = table(.lower, keepsDashes: true)

    private static func table(_ letterCase: LetterCase, keepsDashes: Bool) -> [UInt8] {
        (UInt8(0)..<128).map { byte in
            switch byte {
            case 0x09...0x0D, 0x20: dropped
            case UInt8(ascii: "-"): keepsDashes ? byte : dropped
            default: letterCase.applied(to: byte)
            }
        }
    }
}

/// What normalisation does with symbols outside ASCII.
///
/// The subset of NFKC that occurs in card codes: whole NFKC would also turn `²` into `2` and `①`
/// into `1`, which would be silent substitution.
enum WideSymbol {
    enum Folding: Equatable {
        /// Invisible or a space: left out.
        case dropped
        /// Means this ASCII symbol (a dash of any kind means `-`).
        case ascii(UInt8)
        /// Nothing is known about it: stays.
        case kept
    }

    static func folding(of scalar: UInt32) -> Folding {
        switch scalar {
        case 0xFF01...0xFF5E: .ascii(UInt8(scalar - 0xFEE0))
        case 0x2010...0x2015, 0x2043, 0x2212, 0x2E3A, 0x2E3B, 0xFE58, 0xFE63:
            .ascii(UInt8(ascii: "-"))
        case 0xFE55: .ascii(UInt8(ascii: ":"))
        case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: .dropped
        case 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2064,
            0x2066...0x2069, 0xFE00...0xFE0F, 0xFEFF:
            .dropped
        default: .kept
        }
    }

    /// The scalar whose UTF-8 starts at `index`, with its length in bytes; `nil` where the bytes
    /// are not well-formed UTF-8.
    static func decode(
        _ source: UnsafeRawBufferPointer,
        at index: Int
    ) -> (scalar: UInt32, length: Int)? {
        let lead = source[index]
        let length: Int
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0...0xEF: length = 3
        case 0xF0...0xF4: length = 4
        default: return nil
        }
        guard index + length <= source.count else { return nil }
        var scalar = UInt32(lead & (0xFF >> (UInt8(length) + 1)))
        for offset in 1..<length {
            let byte = source[index + offset]
            guard byte & 0xC0 == 0x80 else { return nil }
            scalar = scalar << 6 | UInt32(byte & 0x3F)
        }
        let least: UInt32 = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000
        guard scalar >= least, Unicode.Scalar(scalar) != nil else { return nil }
        return (scalar, length)
    }
}

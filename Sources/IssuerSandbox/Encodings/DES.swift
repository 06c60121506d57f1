/// Single DES in ECB mode with PKCS #5 padding: what card aggregators hide serials and passwords
/// with. It hides nothing from anybody; the sandbox has it because the wire format does.
struct DES: Sendable {
    static let blockBytes = 8

    private let roundKeys: [UInt64]

    /// Nil unless the key has eight bytes.
    init?(key: [UInt8]) {
        guard key.count == Self.blockBytes else { return nil }
        let chosen = Self.permuted(Self.word(key[...]), DESTables.keyChoice1, from: 64)
        var (left, right) = (chosen >> 28, chosen & 0xFFF_FFFF)
        var keys: [UInt64] = []
        for places in DESTables.keyRotations {
            left = Self.rotated(left, by: places)
            right = Self.rotated(right, by: places)
            keys.append(Self.permuted(left << 28 | right, DESTables.keyChoice2, from: 56))
        }
        roundKeys = keys
    }

    func encrypt(_ plain: [UInt8]) -> [UInt8] {
        let padding = Self.blockBytes - plain.count % Self.blockBytes
        let padded = plain + [UInt8](repeating: UInt8(padding), count: padding)
        return blocks(padded, keys: roundKeys)
    }

    /// Nil unless it is whole blocks with the padding at their end.
    func decrypt(_ cipher: [UInt8]) -> [UInt8]? {
        guard !cipher.isEmpty, cipher.count.isMultiple(of: Self.blockBytes) else { return nil }
        let padded = blocks(cipher, keys: roundKeys.reversed())
        guard let last = padded.last, (1...8).contains(last),
            padded.suffix(Int(last)).allSatisfy({ $0 == last })
        else { return nil }
        return Array(padded.dropLast(Int(last)))
    }

    private func blocks(_ bytes: [UInt8], keys: [UInt64]) -> [UInt8] {
        stride(from: 0, to: bytes.count, by: Self.blockBytes).flatMap { start in
            let block = Self.word(bytes[start..<(start + Self.blockBytes)])
            return Self.bytes(Self.crypt(block, keys: keys))
        }
    }

    private static func crypt(_ block: UInt64, keys: [UInt64]) -> UInt64 {
        let mixed = permuted(block, DESTables.initialPermutation, from: 64)
        var (left, right) = (mixed >> 32, mixed & 0xFFFF_FFFF)
        for key in keys { (left, right) = (right, left ^ feistel(right, key)) }
        return permuted(right << 32 | left, DESTables.finalPermutation, from: 64)
    }

    private static func feistel(_ half: UInt64, _ key: UInt64) -> UInt64 {
        let mixed = permuted(half, DESTables.expansion, from: 32) ^ key
        var substituted: UInt64 = 0
        for box in 0..<8 {
            let six = Int(mixed >> UInt64(42 - 6 * box)) & 0x3F
            let row = (six >> 4) & 2 | six & 1
            let column = (six >> 1) & 15
            substituted = substituted << 4 | UInt64(DESTables.substitution[box][row * 16 + column])
        }
        return permuted(substituted, DESTables.roundPermutation, from: 32)
    }

    /// The bits that the table names, in its order.
    private static func permuted(_ value: UInt64, _ table: [UInt8], from width: Int) -> UInt64 {
        table.reduce(0) { $0 << 1 | (value >> UInt64(width - Int($1))) & 1 }
    }

    /// Within 28 bits.
    private static func rotated(_ half: UInt64, by places: Int) -> UInt64 {
        (half << UInt64(places) | half >> UInt64(28 - places)) & 0xFFF_FFFF
    }

    private static func word(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func bytes(_ word: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) }
    }
}

/// Base64 of RFC 4648: the standard alphabet with padding (§4) and the URL-safe one without (§5).
///
/// Decoding is strict: no white space, no other alphabet, no missing or superfluous padding, and
/// the unused bits of the last symbol are zero, so that every value has one spelling.
public enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
    private static let standardValues = values(of: standard)
    private static let urlSafeValues = values(of: urlSafe)
    private static let notASymbol: UInt8 = 0xFF

    /// Standard alphabet, padded.
    public static func encode(_ bytes: some Collection<UInt8>) -> String {
        var symbols: [UInt8] = []
        append(bytes, to: &symbols)
        return String(decoding: symbols, as: UTF8.self)
    }

    /// Standard alphabet, padded, appended as ASCII.
    public static func append(_ bytes: some Collection<UInt8>, to symbols: inout [UInt8]) {
        encode(bytes, alphabet: standard, padded: true, into: &symbols)
    }

    /// URL-safe alphabet, no padding.
    public static func encodeURL(_ bytes: some Collection<UInt8>) -> String {
        var symbols: [UInt8] = []
        appendURL(bytes, to: &symbols)
        return String(decoding: symbols, as: UTF8.self)
    }

    /// URL-safe alphabet, no padding, appended as ASCII.
    public static func appendURL(_ bytes: some Collection<UInt8>, to symbols: inout [UInt8]) {
        encode(bytes, alphabet: urlSafe, padded: false, into: &symbols)
    }

    /// The bytes of a padded standard text; nil when it is anything else.
    public static func decode(_ text: some StringProtocol) -> [UInt8]? {
        var symbols = Array(text.utf8)
        guard symbols.count.isMultiple(of: 4) else { return nil }
        var padding = 0
        while padding < 2, symbols.last == UInt8(ascii: "=") {
            symbols.removeLast()
            padding += 1
        }
        guard padding == (4 - symbols.count % 4) % 4 else { return nil }
        return decode(symbols, values: standardValues)
    }

    /// The bytes of an unpadded URL-safe text; nil when it is anything else.
    public static func decodeURL(_ text: some StringProtocol) -> [UInt8]? {
        decode(Array(text.utf8), values: urlSafeValues)
    }

    private static func values(of alphabet: [UInt8]) -> [UInt8] {
        var table = [UInt8](repeating: notASymbol, count: 256)
        for (value, symbol) in alphabet.enumerated() { table[Int(symbol)] = UInt8(value) }
        return table
    }

    private static func encode(
        _ bytes: some Collection<UInt8>, alphabet: [UInt8], padded: Bool,
        into symbols: inout [UInt8]
    ) {
        symbols.reserveCapacity(symbols.count + (bytes.count + 2) / 3 * 4)
        var window: UInt32 = 0
        var filled = 0
        for byte in bytes {
            window = window << 8 | UInt32(byte)
            filled += 1
            guard filled == 3 else { continue }
            symbols.append(alphabet[Int(window >> 18)])
            symbols.append(alphabet[Int(window >> 12 & 63)])
            symbols.append(alphabet[Int(window >> 6 & 63)])
            symbols.append(alphabet[Int(window & 63)])
            window = 0
            filled = 0
        }
        guard filled > 0 else { return }
        window <<= filled == 1 ? 16 : 8
        symbols.append(alphabet[Int(window >> 18 & 63)])
        symbols.append(alphabet[Int(window >> 12 & 63)])
        if filled == 2 { symbols.append(alphabet[Int(window >> 6 & 63)]) }
        if padded { for _ in filled..<3 { symbols.append(UInt8(ascii: "=")) } }
    }

    private static func decode(_ symbols: [UInt8], values: [UInt8]) -> [UInt8]? {
        guard symbols.count % 4 != 1 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(symbols.count * 3 / 4)
        var window: UInt32 = 0
        var bits = 0
        for symbol in symbols {
            let value = values[Int(symbol)]
            guard value != notASymbol else { return nil }
            window = (window << 6 | UInt32(value)) & 0xFFFF
            bits += 6
            if bits >= 8 {
                bits -= 8
                bytes.append(UInt8(truncatingIfNeeded: window >> UInt32(bits)))
            }
        }
        guard window & ((1 << UInt32(bits)) - 1) == 0 else { return nil }
        return bytes
    }
}

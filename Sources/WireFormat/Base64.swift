/// Base64 of RFC 4648: the standard alphabet with padding (§4) and the URL-safe one without (§5).
///
/// Decoding is strict: no white space, no other alphabet, no missing or superfluous padding, and
/// the unused bits of the last symbol are zero, so that every value has one spelling.
public enum Base64 {
    private static let standard = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8
    )
    private static let urlSafe = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8
    )
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

    /// Standard alphabet, padded, from raw memory: the path of proofs and leaves, which are
    /// mostly base64.
    public static func append(raw: UnsafeRawBufferPointer, to symbols: inout [UInt8]) {
        encode(raw, alphabet: standard, symbolCount: (raw.count + 2) / 3 * 4, into: &symbols)
    }

    /// URL-safe alphabet, no padding, from raw memory.
    public static func appendURL(raw: UnsafeRawBufferPointer, to symbols: inout [UInt8]) {
        encode(raw, alphabet: urlSafe, symbolCount: (raw.count * 4 + 2) / 3, into: &symbols)
    }

    private static func encode(
        _ bytes: some Collection<UInt8>,
        alphabet: [UInt8],
        padded: Bool,
        into symbols: inout [UInt8]
    ) {
        let count = bytes.count
        let symbolCount = padded ? (count + 2) / 3 * 4 : (count * 4 + 2) / 3
        let isDone: Void? = bytes.withContiguousStorageIfAvailable {
            encode(
                UnsafeRawBufferPointer($0),
                alphabet: alphabet,
                symbolCount: symbolCount,
                into: &symbols
            )
        }
        guard isDone == nil else { return }
        Array(bytes).withUnsafeBytes {
            encode($0, alphabet: alphabet, symbolCount: symbolCount, into: &symbols)
        }
    }

    private static func encode(
        _ raw: UnsafeRawBufferPointer,
        alphabet: [UInt8],
        symbolCount: Int,
        into symbols: inout [UInt8]
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: symbolCount) { output in
            alphabet.withUnsafeBufferPointer { write(raw, to: output, alphabet: $0) }
            symbols.append(contentsOf: output)
        }
    }

    private static func write(
        _ raw: UnsafeRawBufferPointer,
        to output: UnsafeMutableBufferPointer<UInt8>,
        alphabet: UnsafeBufferPointer<UInt8>
    ) {
        var offset = 0
        var place = 0
        while offset + 3 <= raw.count {
            let group =
                Int(raw[offset]) << 16 | Int(raw[offset + 1]) << 8 | Int(raw[offset + 2])
            output[place] = alphabet[group >> 18]
            output[place + 1] = alphabet[group >> 12 & 63]
            output[place + 2] = alphabet[group >> 6 & 63]
            output[place + 3] = alphabet[group & 63]
            offset += 3
            place += 4
        }
        let rest = raw.count - offset
        if rest > 0 {
            let group = Int(raw[offset]) << 16 | (rest == 2 ? Int(raw[offset + 1]) << 8 : 0)
            for symbol in 0...rest {
                output[place + symbol] = alphabet[group >> (18 - 6 * symbol) & 63]
            }
            place += rest + 1
        }
        while place < output.count {
            output[place] = UInt8(ascii: "=")
            place += 1
        }
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

/// Base64 of RFC 4648, written from raw memory. Every proof is some 2 kB of it and a proof goes
/// into every answer, so this does not go through generic collections.
enum Base64Text {
    enum Alphabet {
        /// §4, with padding.
        case standard
        /// §5, without.
        case url
    }

    static func append(_ bytes: [UInt8], to symbols: inout [UInt8]) {
        bytes.withUnsafeBytes { append($0, in: .standard, to: &symbols) }
    }

    static func append(
        _ raw: UnsafeRawBufferPointer,
        in alphabet: Alphabet,
        to symbols: inout [UInt8]
    ) {
        let count = symbolCount(of: raw.count, in: alphabet)
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { output in
            let table = alphabet == .url ? url : standard
            table.withUnsafeBufferPointer { write(raw, to: output, table: $0) }
            symbols.append(contentsOf: output)
        }
    }

    private static func symbolCount(of byteCount: Int, in alphabet: Alphabet) -> Int {
        switch alphabet {
        case .standard: (byteCount + 2) / 3 * 4
        case .url: (byteCount * 4 + 2) / 3
        }
    }

    private static func write(
        _ raw: UnsafeRawBufferPointer,
        to output: UnsafeMutableBufferPointer<UInt8>,
        table: UnsafeBufferPointer<UInt8>
    ) {
        var place = 0
        for offset in stride(from: 0, to: raw.count, by: 3) {
            var group = UInt32(raw[offset]) << 16
            if offset + 1 < raw.count { group |= UInt32(raw[offset + 1]) << 8 }
            if offset + 2 < raw.count { group |= UInt32(raw[offset + 2]) }
            let symbols = min(4, raw.count - offset + 1)
            for symbol in 0..<symbols {
                output[place] = table[Int(group >> UInt32(18 - 6 * symbol) & 63)]
                place += 1
            }
        }
        while place < output.count {
            output[place] = UInt8(ascii: "=")
            place += 1
        }
    }

    private static let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    private static let standard = Array((letters + "+/").utf8)
    private static let url = Array((letters + "-_").utf8)
}

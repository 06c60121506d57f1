#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// The charsets that issuers' texts come in.
enum TextCharset: String, Sendable {
    case utf8 = "UTF-8"
    case gbk = "GBK"

    /// Nil when a character has no place in the charset.
    func encode(_ text: String) -> [UInt8]? {
        let bytes = Array(text.utf8)
        return self == .utf8 ? bytes : Self.convert(bytes, from: .utf8, to: self)
    }

    /// Nil when the bytes are not of the charset.
    func decode(_ bytes: [UInt8]) -> String? {
        let unicode = self == .utf8 ? bytes : Self.convert(bytes, from: self, to: .utf8)
        return unicode.flatMap { String(validating: $0, as: UTF8.self) }
    }

    private static func convert(
        _ bytes: [UInt8],
        from source: TextCharset,
        to target: TextCharset
    ) -> [UInt8]? {
        // ASCII is the same in both, and most fields are nothing else.
        if bytes.allSatisfy({ $0 < 0x80 }) { return bytes }
        let converter = iconv_open(target.rawValue, source.rawValue)
        guard let converter, Int(bitPattern: converter) != -1 else { return nil }
        defer { iconv_close(converter) }
        var input = bytes.map { CChar(bitPattern: $0) }
        // A character of one charset takes at most four bytes in the other.
        var output = [CChar](repeating: 0, count: bytes.count * 4 + 4)
        let capacity = output.count
        var room = capacity
        let unconverted = input.withUnsafeMutableBufferPointer { source in
            output.withUnsafeMutableBufferPointer { target in
                var (reading, left) = (source.baseAddress, source.count)
                var writing = target.baseAddress
                return iconv(converter, &reading, &left, &writing, &room)
            }
        }
        guard unconverted == 0 else { return nil }
        return output[..<(capacity - room)].map { UInt8(bitPattern: $0) }
    }
}

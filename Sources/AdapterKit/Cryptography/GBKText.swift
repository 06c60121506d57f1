import Foundation

/// Text in GBK, the two-byte part of GB18030, which old Chinese gateways speak.
///
/// Foundation converts: the C library's `iconv` is no dependency of a module that touches nothing,
/// and a table of its own would be 24,000 rows of somebody else's standard.
public enum GBKText {
    /// `kCFStringEncodingGB_18030_2000` with the bit that says it comes from CoreFoundation.
    private static let encoding = String.Encoding(rawValue: 0x8000_0632)

    /// The bytes; nil when GBK lacks a character (GB18030 would write it with four bytes).
    public static func encode(_ text: String) -> [UInt8]? {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
        guard let bytes = text.data(using: encoding).map({ [UInt8]($0) }),
            isTwoByteText(bytes)
        else { return nil }
        return bytes
    }

    /// The text; nil when the bytes are none in GBK.
    public static func decode(_ bytes: [UInt8]) -> String? {
        if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
        guard isTwoByteText(bytes) else { return nil }
        return String(data: Data(bytes), encoding: encoding)
    }

    /// Single bytes are ASCII; the second byte of a pair is 0x40 to 0xFE without 0x7F, while
    /// GB18030's longer characters have a digit there.
    private static func isTwoByteText(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while index < bytes.count {
            if bytes[index] < 0x80 {
                index += 1
                continue
            }
            guard (0x81...0xFE).contains(bytes[index]), index + 1 < bytes.count,
                (0x40...0xFE).contains(bytes[index + 1]), bytes[index + 1] != 0x7F
            else { return false }
            index += 2
        }
        return true
    }
}

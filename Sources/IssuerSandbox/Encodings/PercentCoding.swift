import WireFormat

/// Percent-encoding as HTML forms use it (`application/x-www-form-urlencoded`), over bytes: the
/// characters may be in any charset.
enum PercentCoding {
    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Nil when a percent sign is not followed by two hexadecimal digits.
    static func decode(_ bytes: [UInt8], plusIsSpace: Bool = false) -> [UInt8]? {
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            switch bytes[index] {
            case UInt8(ascii: "%"):
                guard index + 2 < bytes.count,
                    let byte = Hexadecimal.decode(
                        String(decoding: bytes[(index + 1)...(index + 2)], as: UTF8.self)
                    )
                else { return nil }
                decoded += byte
                index += 2
            case UInt8(ascii: "+") where plusIsSpace: decoded.append(UInt8(ascii: " "))
            case let byte: decoded.append(byte)
            }
            index += 1
        }
        return decoded
    }

    static func encode(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."), UInt8(ascii: "~"):
                text.append(byte)
            default:
                text += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}

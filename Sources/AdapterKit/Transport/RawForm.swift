/// The fields of a form (`application/x-www-form-urlencoded`) as bytes, in order: old gateways
/// write other character sets than UTF-8, and sign what stood there before any decoding.
public struct RawForm: Sendable {
    /// Fields of one form at most.
    public static let mostFields = 200

    public private(set) var fields: [(name: String, value: [UInt8])] = []

    public init(_ fields: [(name: String, value: [UInt8])]) {
        self.fields = fields
    }

    /// Reads a form or a query; nil when an escape is broken, a name is not ASCII or stands there
    /// twice, or there are more than `mostFields`.
    public init?(parsing bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "&"))
        guard parts.count <= Self.mostFields else { return nil }
        var names: Set<String> = []
        for part in parts {
            let end = part.firstIndex(of: UInt8(ascii: "=")) ?? part.endIndex
            guard let name = Self.decoded(part[..<end]), name.allSatisfy({ $0 < 0x80 }),
                let value = Self.decoded(part[min(end + 1, part.endIndex)...])
            else { return nil }
            let text = String(decoding: name, as: UTF8.self)
            guard names.insert(text).inserted else { return nil }
            fields.append((text, value))
        }
    }

    /// The value as it was sent, escapes undone; nil when the field is absent.
    public subscript(name: String) -> [UInt8]? {
        fields.first { $0.name == name }?.value
    }

    /// As a browser writes it: everything but letters, digits and `-._*` escaped, blanks as `+`.
    public var encoded: [UInt8] {
        var bytes: [UInt8] = []
        for field in fields {
            if !bytes.isEmpty { bytes.append(UInt8(ascii: "&")) }
            Self.append(Array(field.name.utf8), to: &bytes)
            bytes.append(UInt8(ascii: "="))
            Self.append(field.value, to: &bytes)
        }
        return bytes
    }

    private static func append(_ value: [UInt8], to bytes: inout [UInt8]) {
        for byte in value {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "*"):
                bytes.append(byte)
            case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
            default:
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexadecimalDigits[Int(byte >> 4)])
                bytes.append(hexadecimalDigits[Int(byte & 15)])
            }
        }
    }

    private static let hexadecimalDigits = Array("0123456789ABCDEF".utf8)

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var result: [UInt8] = []
        var index = bytes.startIndex
        while index < bytes.endIndex {
            switch bytes[index] {
            case UInt8(ascii: "+"): result.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard bytes.endIndex - index > 2, let high = digit(bytes[index + 1]),
                    let low = digit(bytes[index + 2])
                else { return nil }
                result.append(high << 4 | low)
                index += 2
            case let byte: result.append(byte)
            }
            index += 1
        }
        return result
    }

    private static func digit(_ symbol: UInt8) -> UInt8? {
        switch symbol {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): symbol - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): symbol - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): symbol - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension IssuerCallback {
    /// The fields of a GET's query or a POST's form; nil when there are none that can be read.
    public var formFields: RawForm? {
        switch method {
        case "GET": RawForm(parsing: rawQuery)
        case "POST": RawForm(parsing: body)
        default: nil
        }
    }
}

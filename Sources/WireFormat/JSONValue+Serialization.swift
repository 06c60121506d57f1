extension JSONValue {
    /// The largest integer that JCS (RFC 8785, through IEEE 754 doubles) keeps exact.
    public static let largestCanonicalInteger: Int64 = (1 << 53) - 1

    /// Compact JSON, members in the order given.
    public func serialized() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        append(to: &bytes)
        return bytes
    }

    /// The same without the members that are null, at any depth; elements of arrays stay.
    public func serializedWithoutNullMembers() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256)
        append(to: &bytes, keepsNullMembers: false)
        return bytes
    }

    /// Compact JSON appended to `bytes`, members in the order given.
    public func append(to bytes: inout [UInt8]) {
        append(to: &bytes, keepsNullMembers: true)
    }

    private func append(to bytes: inout [UInt8], keepsNullMembers: Bool) {
        switch self {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .decimal(let lexeme): bytes.append(contentsOf: lexeme.utf8)
        case .string(let text): JSONText.appendString(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                element.append(to: &bytes, keepsNullMembers: keepsNullMembers)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            bytes.append(UInt8(ascii: "{"))
            var isFirst = true
            for member in object.members where keepsNullMembers || !member.value.isNull {
                if !isFirst { bytes.append(UInt8(ascii: ",")) }
                isFirst = false
                JSONText.appendString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                member.value.append(to: &bytes, keepsNullMembers: keepsNullMembers)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// The canonical form of RFC 8785 (JCS), restricted to what evidence may hold: no fractions,
    /// no integers that a double would round.
    /// - Throws: ``JSONError`` with reason `notCanonicalisable` and the pointer of the value.
    public func canonical() throws(JSONError) -> [UInt8] {
        try canonicallyOrdered(pointer: "").serialized()
    }

    private func canonicallyOrdered(pointer: String) throws(JSONError) -> JSONValue {
        switch self {
        case .null, .bool, .string: return self
        case .integer(let number):
            guard number.magnitude <= Self.largestCanonicalInteger.magnitude else {
                throw JSONError(reason: .notCanonicalisable, byteOffset: 0, pointer: pointer)
            }
            return self
        case .decimal:
            throw JSONError(reason: .notCanonicalisable, byteOffset: 0, pointer: pointer)
        case .array(let elements):
            var ordered: [JSONValue] = []
            for (index, element) in elements.enumerated() {
                ordered.append(try element.canonicallyOrdered(pointer: "\(pointer)/\(index)"))
            }
            return .array(ordered)
        case .object(let object):
            var members: [JSONObject.Member] = []
            for member in object.members {
                let place = pointer + "/" + JSONPointer.escape(member.name)
                members.append(
                    .init(
                        name: member.name,
                        value: try member.value.canonicallyOrdered(pointer: place)
                    )
                )
            }
            // RFC 8785 §3.2.3 orders names by their UTF-16 code units.
            members.sort { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) }
            return .object(JSONObject(members))
        }
    }
}

/// Writes one JSON object member by member, so that a value that is JSON already goes in as it is.
public struct JSONObjectWriter {
    private var bytes: [UInt8] = [UInt8(ascii: "{")]

    public init() {
        bytes.reserveCapacity(512)
    }

    public mutating func append(_ name: String, _ value: JSONValue) {
        begin(name)
        value.append(to: &bytes)
    }

    /// - Parameter json: one JSON text; the caller vouches for it.
    public mutating func append(_ name: String, json: some Sequence<UInt8>) {
        begin(name)
        bytes.append(contentsOf: json)
    }

    /// The whole object.
    public var finished: [UInt8] { bytes + [UInt8(ascii: "}")] }

    private mutating func begin(_ name: String) {
        if bytes.count > 1 { bytes.append(UInt8(ascii: ",")) }
        JSONText.appendString(name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
    }
}

/// The one place that writes JSON strings: the escapes of RFC 8785 §3.2.2.2, which are also the
/// shortest that RFC 8259 allows.
public enum JSONText {
    /// `text` in quotes, appended to `bytes`.
    public static func appendString(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        var text = text
        text.withUTF8 { utf8 in
            var clean = 0
            var index = 0
            while index < utf8.count {
                if index + 8 <= utf8.count, isClean(UnsafeRawBufferPointer(utf8), at: index) {
                    index += 8
                    continue
                }
                if needsEscape(utf8[index]) {
                    bytes.append(contentsOf: utf8[clean..<index])
                    appendEscape(utf8[index], to: &bytes)
                    clean = index + 1
                }
                index += 1
            }
            bytes.append(contentsOf: utf8[clean...])
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether none of eight bytes needs an escape. A byte that needs none may pass for one that
    /// does, never the other way round (https://graphics.stanford.edu/~seander/bithacks.html).
    private static func isClean(_ raw: UnsafeRawBufferPointer, at offset: Int) -> Bool {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let word = raw.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
        let quote = word ^ ones &* UInt64(UInt8(ascii: "\""))
        let backslash = word ^ ones &* UInt64(UInt8(ascii: "\\"))
        let control = (word &- ones &* 0x20) & ~word
        let zeros = (quote &- ones) & ~quote | (backslash &- ones) & ~backslash
        return (control | zeros) & (ones &* 0x80) == 0
    }

    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private static func appendEscape(_ byte: UInt8, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case ..<0x20: bytes.append(contentsOf: ("u00" + Hexadecimal.encode([byte])).utf8)
        default: bytes.append(byte)
        }
    }
}

import WireFormat

/// Canonical JSON (RFC 8785), appended to one buffer without a copy on the way: a leaf is built for
/// every delivery before its answer.
enum CanonicalText {
    /// Whether the value has an exact canonical form.
    static func isWritable(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .bool, .string: true
        case .integer(let number):
            (-JSONValue.largestCanonicalInteger...JSONValue.largestCanonicalInteger)
                .contains(number)
        case .decimal: false
        case .array(let elements): elements.allSatisfy(isWritable)
        case .object(let object): object.members.allSatisfy { isWritable($0.value) }
        }
    }

    /// Appends the canonical form of a writable value.
    static func append(_ value: JSONValue, to bytes: inout [UInt8]) {
        switch value {
        case .null, .bool, .integer, .decimal, .string:
            value.append(to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                append(element, to: &bytes)
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            // RFC 8785 §3.2.3: names by their UTF-16 code units.
            let members = object.members.sorted {
                $0.name.utf16.lexicographicallyPrecedes($1.name.utf16)
            }
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                JSONText.appendString(member.name, to: &bytes)
                bytes.append(UInt8(ascii: ":"))
                append(member.value, to: &bytes)
            }
            bytes.append(UInt8(ascii: "}"))
        }
    }
}

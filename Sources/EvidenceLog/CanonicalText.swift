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

    /// RFC 8785 §3.2.3: names by their UTF-16 code units. Those that we write mostly stand in that
    /// order already.
    private static func ordered(_ members: [JSONObject.Member]) -> [JSONObject.Member] {
        let isOrdered = zip(members, members.dropFirst()).allSatisfy { precedes($0, $1) }
        return isOrdered ? members : members.sorted(by: precedes)
    }

    private static func precedes(_ left: JSONObject.Member, _ right: JSONObject.Member) -> Bool {
        left.name.utf16.lexicographicallyPrecedes(right.name.utf16)
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
            let members = ordered(object.members)
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

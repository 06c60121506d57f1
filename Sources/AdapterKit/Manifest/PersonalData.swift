import WireFormat

/// Takes personal data at declared places out of a JSON answer before it is kept.
enum PersonalData {
    /// The body unchanged when there is nothing to take out. A body that cannot be parsed is
    /// withheld as a whole when something should have been looked for in it.
    static func removed(from response: OutboundResponse, at pointers: [String]) -> [UInt8] {
        guard !pointers.isEmpty, !response.body.isEmpty else { return response.body }
        let limits = JSONLimits(
            depth: JSONLimits.default.depth,
            bytes: AdapterLimits.responseBytesRange.upperBound
        )
        guard let json = try? JSONValue.parse(response.body, limits: limits) else {
            return Array(
                "[\(response.body.count) bytes not kept: not the JSON whose personal data is known]"
                    .utf8
            )
        }
        let cleaned = pointers.reduce(json) { value, pointer in
            replaced(value, path: pointer.split(separator: "/").map(unescaped)[...])
        }
        return cleaned == json ? response.body : cleaned.serialized()
    }

    /// The value with what stands at `path` replaced by the mark; null stays null.
    private static func replaced(_ value: JSONValue, path: ArraySlice<String>) -> JSONValue {
        guard let name = path.first else {
            return value.isNull ? value : .string(Scrubber.mark)
        }
        switch value {
        case .object(var object):
            object[name] = object[name].map { replaced($0, path: path.dropFirst()) }
            return .object(object)
        case .array(let elements):
            return .array(
                elements.enumerated().map { index, element in
                    name == "*" || name == String(index)
                        ? replaced(element, path: path.dropFirst()) : element
                }
            )
        case .null, .bool, .integer, .decimal, .string: return value
        }
    }

    private static func unescaped(_ token: Substring) -> String {
        String(token).replacingOccurrences(ofExactly: "~1", with: "/")
            .replacingOccurrences(ofExactly: "~0", with: "~")
    }
}

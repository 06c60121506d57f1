import WireFormat

/// Takes personal data at declared places out of a JSON answer before it is kept.
public enum PersonalData {
    /// The body unchanged when there is nothing to take out. A body that cannot be parsed is
    /// withheld as a whole when something should have been looked for in it.
    ///
    /// - Parameters:
    ///   - pointers: where personal data stands; `*` stands for every element of a list.
    ///   - keeping: of the object at a pointer only these members are kept, for issuers whose
    ///     objects hold members of names that nobody can know.
    public static func removed(
        from response: OutboundResponse,
        at pointers: [String],
        keeping: [String: Set<String>] = [:]
    ) -> [UInt8] {
        guard !pointers.isEmpty || !keeping.isEmpty, !response.body.isEmpty
        else { return response.body }
        guard let json = JSONAnswer.parsed(response.body) else {
            return Array(
                "[\(response.body.count) bytes not kept: not the JSON whose personal data is known]"
                    .utf8
            )
        }
        let others = keeping.flatMap { pointer, kept in
            (json.value(atPointer: pointer)?.objectValue?.members ?? [])
                .filter { !kept.contains($0.name) }
                .map { "\(pointer)/\(JSONPointer.escape($0.name))" }
        }
        let cleaned = (pointers + others).reduce(json) { value, pointer in
            replaced(value, path: path(pointer)[...])
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

    private static func path(_ pointer: String) -> [String] {
        pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
            .map(JSONPointer.unescape)
    }
}

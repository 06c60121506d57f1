public import WireFormat

/// The policy document as a JSON Schema (draft 2020-12), for editors and other programs (M0-37).
///
/// It says of each field where it stands and what its value looks like. What connects several
/// fields (a minimum below its maximum, the remedies that card keys need) is told by the reader
/// alone.
public enum PolicySchema {
    /// The schema's document; `Config/policies/policy.schema.json` holds it.
    public static var json: JSONValue {
        guard case .object(var root) = schema(of: .mapping(PolicyField.document), isRequired: true)
        else { return .null }
        root.members.insert(
            contentsOf: [
                .init(name: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
                .init(name: "title", value: "cardproof warranty policy"),
            ],
            at: 0
        )
        return .object(root)
    }

    private static func mapping(_ fields: [PolicyField]) -> JSONObject {
        let properties = fields.map { field -> JSONObject.Member in
            var members: [JSONObject.Member] = [
                .init(name: "description", value: .string(field.summary))
            ]
            let value = schema(of: field.value, isRequired: field.isRequired)
            members += value.objectValue?.members ?? []
            return .init(name: field.name, value: .object(JSONObject(members)))
        }
        var object = JSONObject([
            .init(name: "type", value: "object"),
            .init(name: "additionalProperties", value: false),
            .init(name: "properties", value: .object(JSONObject(properties))),
        ])
        let required = fields.filter(\.isRequired).map { JSONValue.string($0.name) }
        if !required.isEmpty { object["required"] = .array(required) }
        return object
    }

    /// A field that may be left out may be null too: a policy that is written back says so.
    private static func schema(of value: PolicyField.Value, isRequired: Bool) -> JSONValue {
        func type(_ name: JSONValue) -> JSONValue { isRequired ? name : [name, "null"] }
        switch value {
        case .text(let pattern):
            var text: JSONObject = JSONObject([.init(name: "type", value: type("string"))])
            text["pattern"] = pattern.map(JSONValue.string)
            return .object(text)
        case .flag: return ["type": type("boolean")]
        case .words(let words):
            let enumeration = words.map(JSONValue.string) + (isRequired ? [] : [.null])
            return ["enum": .array(enumeration)]
        case .integer(let range):
            return [
                "type": type("integer"), "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .list(let element):
            return ["type": type("array"), "items": schema(of: element, isRequired: true)]
        case .mapping(let fields):
            var object = mapping(fields)
            object["type"] = type("object")
            return .object(object)
        }
    }
}

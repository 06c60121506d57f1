public import WireFormat

/// The manifest language as a JSON Schema (draft 2020-12), for editors and other programs.
///
/// It says of each key where it stands and what its value looks like. What connects several keys
/// (a place that names a setting, a table beside a state) is told by the parser alone.
public enum AdapterManifestSchema {
    /// The schema's document; `docs/adapter-manifest.schema.json` holds it.
    public static var json: JSONValue {
        var schema = SchemaWriter()
        guard case .object(var root) = schema.mapping(.manifest, inPlace: true) else {
            return .null
        }
        root.members.insert(
            contentsOf: [
                .init(name: "$schema", value: "https://json-schema.org/draft/2020-12/schema"),
                .init(name: "title", value: "cardproof adapter manifest"),
            ],
            at: 0
        )
        root["if"] = ["properties": ["kind": ["const": "manifest"]]]
        root["then"] = ["required": ["request", "response"]]
        root["$defs"] = .object(JSONObject(schema.definitions))
        return .object(root)
    }
}

/// Writes shapes as schemas; every shape but the root becomes a definition.
private struct SchemaWriter {
    var definitions: [JSONObject.Member] = []

    mutating func mapping(_ shape: ManifestShape, inPlace: Bool = false) -> JSONValue {
        if !inPlace, definitions.contains(where: { $0.name == shape.name }) {
            return reference(shape)
        }
        let index = definitions.count
        if !inPlace { definitions.append(.init(name: shape.name, value: .null)) }
        let properties = shape.keys.map { key -> JSONObject.Member in
            var value = schema(key.value)
            if case .object(var object) = value {
                object.members.insert(
                    .init(name: "description", value: .string(key.summary)),
                    at: 0
                )
                value = .object(object)
            }
            return .init(name: key.name, value: value)
        }
        let required = shape.keys.filter(\.isRequired).map { JSONValue.string($0.name) }
        var object = JSONObject([
            .init(name: "type", value: "object"),
            .init(name: "additionalProperties", value: false),
            .init(name: "properties", value: .object(JSONObject(properties))),
        ])
        if !required.isEmpty { object["required"] = .array(required) }
        if inPlace { return .object(object) }
        definitions[index].value = .object(object)
        return reference(shape)
    }

    private func reference(_ shape: ManifestShape) -> JSONValue {
        ["$ref": .string("#/$defs/\(shape.name)")]
    }

    private mutating func schema(_ value: ManifestValue) -> JSONValue {
        switch value {
        case .text, .template: return ["type": ["string", "number", "boolean", "null"]]
        case .pointer: return ["type": "string", "pattern": "^(/.*)?$"]
        case .flag: return ["type": "boolean"]
        case .constant(let text): return ["const": .string(text)]
        case .words(let words): return ["enum": .array(words.map { .string($0) })]
        case .integer(let range):
            return [
                "type": "integer", "minimum": .integer(Int64(range.lowerBound)),
                "maximum": .integer(Int64(range.upperBound)),
            ]
        case .number(let range):
            return [
                "type": "number", "minimum": .decimal("\(range.lowerBound)"),
                "maximum": .decimal("\(range.upperBound)"),
            ]
        case .mapping(let shape): return mapping(shape)
        case .named(let value):
            return ["type": "object", "additionalProperties": schema(value)]
        case .list(let value): return ["type": "array", "items": schema(value)]
        case .oneOrMore(let value):
            let one = schema(value)
            return ["anyOf": [one, ["type": "array", "items": one]]]
        case .either(let values):
            var schemas: [JSONValue] = []
            for value in values { schemas.append(schema(value)) }
            return ["anyOf": .array(schemas)]
        case .body: return [:]
        }
    }
}

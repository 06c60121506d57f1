import WireFormat
import Yams

extension ConfigurationNode {
    /// The node as JSON, scalars by the core schema of YAML 1.2: a policy file is a JSON document
    /// that is easier to write.
    var value: JSONValue {
        switch node {
        case .scalar(let scalar): Self.value(of: scalar)
        case .sequence(let sequence): .array(sequence.map { child($0, path).value })
        case .mapping(let mapping):
            .object(
                JSONObject(
                    mapping.map { key, value in
                        JSONObject.Member(name: key.string ?? "", value: child(value, path).value)
                    }
                )
            )
        case .alias: .null
        }
    }

    private static func value(of scalar: Node.Scalar) -> JSONValue {
        guard scalar.style == .plain || scalar.style == .any else {
            return .string(scalar.string)
        }
        switch scalar.string {
        case "", "~", "null": return .null
        case "true": return .bool(true)
        case "false": return .bool(false)
        default: break
        }
        if let number = Int64(scalar.string), String(number) == scalar.string {
            return .integer(number)
        }
        let isNumber = scalar.string.utf8.first.map { (0x30...0x39).contains($0) || $0 == 0x2D }
        if isNumber == true, Double(scalar.string) != nil { return .decimal(scalar.string) }
        return .string(scalar.string)
    }

    /// The line on which the value of a JSON pointer stands, or the nearest parent's.
    func line(atPointer pointer: String) -> Int? {
        var current = node
        var line = node.mark?.line
        for escaped in pointer.split(separator: "/") {
            let word = String(escaped.replacing("~1", with: "/").replacing("~0", with: "~"))
            switch current {
            case .mapping(let mapping):
                guard let pair = mapping.first(where: { pair in pair.key.string == .some(word) })
                else {
                    return line
                }
                line = pair.key.mark?.line ?? line
                current = pair.value
            case .sequence(let sequence):
                guard let index = Int(word), sequence.indices.contains(index) else { return line }
                current = sequence[index]
                line = current.mark?.line ?? line
            case .scalar, .alias: return line
            }
        }
        return line
    }

    /// The value as a key of the table may read it; nil after reporting that it has no form.
    var raw: RawValue? {
        switch node {
        case .scalar(let scalar):
            if case .string = Self.value(of: scalar) {
                return .scalar(scalar.string, isText: true)
            }
            return .scalar(scalar.string, isText: false)
        case .sequence(let sequence):
            let words = sequence.compactMap { element -> String? in
                guard case .scalar(let scalar) = element else { return nil }
                return scalar.string
            }
            guard words.count == sequence.count else {
                fail("a list of single values is expected")
                return nil
            }
            return .list(words)
        case .mapping, .alias:
            fail("a value is expected")
            return nil
        }
    }
}

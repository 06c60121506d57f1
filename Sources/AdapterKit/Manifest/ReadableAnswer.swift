import WireFormat

/// How an issuer writes its answers.
enum AnswerFormat: String, Sendable, Hashable, CaseIterable {
    case json
    /// Read as a tree: an element is a member of its parent, elements of one name are a list,
    /// attributes are members `@name`, and an element's own text beside them is `#text`.
    case xml

    var mediaTypes: [String] {
        switch self {
        case .json: ["application/json", "+json"]
        case .xml: ["application/xml", "text/xml", "+xml"]
        }
    }

    /// The body as a tree; nil when it is not well-formed, or beyond the limits.
    func tree(_ body: [UInt8], limits: JSONLimits) -> JSONValue? {
        switch self {
        case .json: return try? JSONValue.parse(body, limits: limits)
        case .xml:
            guard body.count <= limits.bytes else { return nil }
            guard let root = try? XMLElementReader.read(body) else { return nil }
            return .object(JSONObject([.init(name: root.name, value: root.tree)]))
        }
    }
}

extension XMLElement {
    /// The element as a value: a text, or an object of attributes, children and text.
    var tree: JSONValue {
        if children.isEmpty, attributes.isEmpty { return .string(text) }
        var object = JSONObject(
            attributes.map { .init(name: "@\($0.name)", value: .string($0.value)) }
        )
        for child in children {
            switch object[child.name] {
            case nil: object[child.name] = child.tree
            case .array(let elements): object[child.name] = .array(elements + [child.tree])
            case .some(let first): object[child.name] = .array([first, child.tree])
            }
        }
        if !hasOnlyChildren { object[XMLTemplate.textMember] = .string(text) }
        return .object(object)
    }
}

/// An answer as the rules see it.
struct ReadableAnswer: Sendable {
    var response: OutboundResponse
    var format: AnswerFormat
    var tree: JSONValue
    /// The operator's, for what an answer leaves open.
    var settings: [String: String] = [:]

    func value(at source: AnswerRule.Condition.Source) -> JSONValue? {
        switch source {
        case .body(let pointer): value(at: pointer)
        case .header(let name): response.header(name).map { .string($0) }
        }
    }

    /// The value at a pointer. In XML a single element is the list of itself, as nothing there
    /// tells a list from one element; and text is text, whether or not attributes stand beside it.
    func value(at pointer: String) -> JSONValue? {
        guard format == .xml, !pointer.isEmpty else { return tree.value(atPointer: pointer) }
        guard pointer.first == "/" else { return nil }
        var current = tree
        for token in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            if token == "0", current.arrayValue == nil, current["0"] == nil { continue }
            guard let next = current.value(atPointer: "/\(token)") else { return nil }
            current = next
        }
        return current
    }

    /// The text of the scalar at `pointer`.
    func text(at pointer: String?) -> String? {
        guard let value = pointer.flatMap(value(at:)) else { return nil }
        if format == .xml, let text = value[XMLTemplate.textMember] { return text.lexeme }
        return value.lexeme
    }

    /// The elements of the list at `pointer`, each as an answer of its own; nil when there is no
    /// list.
    func elements(at pointer: String) -> [ReadableAnswer]? {
        let elements: [JSONValue]? =
            switch (value(at: pointer), format) {
            case (.array(let elements), _): elements
            case (.some(let one), .xml): [one]
            case (.some, .json), (nil, _): nil
            }
        return elements?.map {
            ReadableAnswer(response: response, format: format, tree: $0, settings: settings)
        }
    }
}

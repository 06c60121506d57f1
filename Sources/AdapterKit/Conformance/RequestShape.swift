import WireFormat

/// A request without its values: where it goes, and which fields it has.
struct RequestShape: Hashable {
    /// With its port.
    let host: String
    private let method: String
    private let segmentCount: Int
    private let hasFragment: Bool
    private let headerNames: [String]
    private let fieldNames: [String]

    init(_ request: OutboundRequest) {
        method = request.method
        let address = request.url.withUnredacted { String($0.prefix { $0 != "?" }) }
        host = URLSyntax.authority(of: address)
        segmentCount = address.count { $0 == "/" }
        hasFragment = request.url.withUnredacted { $0.contains("#") }
        headerNames = request.headers.map { header in
            header.value.contains(where: { $0.isNewline }) ? "broken" : header.name.lowercased()
        }
        fieldNames = Self.fields(of: request).map(\.name)
    }

    /// One value of a request by its name.
    struct Field: Hashable {
        var name: String
        var value: String
    }

    /// What stands in the query and the body, in order.
    static func fields(of request: OutboundRequest) -> [Field] {
        let query = request.url.withUnredacted { URLSyntax.target(of: $0).query }
        return form(query) + fields(in: request.body)
    }

    private static func form(_ text: String) -> [Field] {
        text.split(separator: "&").map { pair in
            let name = pair.prefix { $0 != "=" }
            return Field(name: String(name), value: String(pair.dropFirst(name.count + 1)))
        }
    }

    private static func fields(in body: [UInt8]) -> [Field] {
        if body.isEmpty { return [] }
        if let json = try? JSONValue.parse(body) { return leaves(of: json, "") }
        if let xml = try? XMLElementReader.read(body) { return elements(of: xml) }
        return form(String(decoding: body, as: UTF8.self))
    }

    private static func leaves(of value: JSONValue, _ path: String) -> [Field] {
        switch value {
        case .object(let object):
            object.members.flatMap { leaves(of: $0.value, path + "/" + $0.name) }
        case .array(let elements): elements.flatMap { leaves(of: $0, path + "/*") }
        case .null, .bool, .integer, .decimal, .string:
            [Field(name: path, value: String(decoding: value.serialized(), as: UTF8.self))]
        }
    }

    private static func elements(of element: XMLElement) -> [Field] {
        [Field(name: element.name, value: element.text)]
            + element.children.flatMap { elements(of: $0) }
    }
}

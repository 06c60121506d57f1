import WireFormat
import Yams

/// How the question is put.
extension ManifestParser {
    func request(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration],
        _ authentication: AuthenticationScheme
    ) -> RequestTemplate? {
        guard let members = node.members(of: .request) else { return nil }
        let method = members["method"]?.word(RequestTemplate.Method.self)
        let url = members["url"].flatMap { self.url($0, settings) }
        let query = members["query"].map { fields($0, settings) } ?? []
        let headers = members["headers"].map { self.headers($0, settings) } ?? []
        let body = body(members, settings)
        guard let method, let url else { return nil }
        return RequestTemplate(
            method: method,
            url: url,
            query: query,
            headers: headers,
            body: body,
            authentication: authentication
        )
    }

    private func body(
        _ members: [String: ManifestNode],
        _ settings: [SettingDeclaration]
    ) -> RequestTemplate.Body {
        let bodies = ["json", "form", "xml"].compactMap { members[$0] }
        for other in bodies.dropFirst() {
            other.fail("a request has one of `json`, `form` and `xml`")
        }
        if let json = members["json"] {
            return self.json(json, settings).map { .json($0) } ?? .none
        }
        if let form = members["form"] { return .form(fields(form, settings)) }
        if let xml = members["xml"] { return document(xml, settings).map { .xml($0) } ?? .none }
        return .none
    }

    /// A URL begins with a setting of kind `url`, so that an operator can point it elsewhere.
    func url(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration],
        in scope: TextTemplate.Scope = .request
    ) -> TextTemplate? {
        guard let template = template(node, settings, in: scope) else { return nil }
        let addresses = settings.filter { $0.kind == .url }.map(\.name)
        guard case .place(.setting(let name), _) = template.parts.first, addresses.contains(name)
        else {
            node.fail(
                "must begin with a setting of kind `url`, so that the address can be changed",
                suggestion: addresses.first.map { "{settings.\($0)}" }
            )
            return nil
        }
        for case .literal(let text) in template.parts
        where text.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7F }) || text.contains("#") {
            node.fail("contains a blank, a fragment or a symbol outside ASCII: percent-encode it")
        }
        return template
    }

    private func fields(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> [RequestTemplate.Field] {
        (node.members() ?? []).compactMap { name, member in
            template(member, settings).map { RequestTemplate.Field(name: name, value: $0) }
        }
    }

    private func headers(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> [RequestTemplate.Field] {
        let reserved = ["authorization", "content-length", "host", "transfer-encoding"]
        for (name, member) in node.members() ?? [] {
            if !Self.isHeaderName(name) { member.fail("`\(name)` is no header name") }
            if reserved.contains(name.lowercased()) {
                member.fail("`\(name)` is not set here (credentials stand under `auth`)")
            }
        }
        return fields(node, settings)
    }

    /// RFC 9110 token.
    static func isHeaderName(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0)
                    || (0x61...0x7A).contains($0) || "!#$%&'*+-.^_`|~".utf8.contains($0)
            }
    }

    private func json(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> JSONTemplate? {
        switch node.node {
        case .scalar(let scalar):
            if scalar.style == .plain, let literal = Self.literal(scalar.string) {
                return .literal(literal)
            }
            if let place = TextTemplate.numberPlace(scalar.string) {
                return number(place, node, settings)
            }
            return template(node, settings).map { .text($0) }
        case .sequence:
            return .array((node.elements() ?? []).compactMap { json($0, settings) })
        case .mapping:
            return .object(
                (node.members() ?? []).compactMap { name, member in
                    json(member, settings).map { JSONTemplate.Member(name: name, value: $0) }
                }
            )
        case .alias:
            node.fail("an alias is not understood here")
            return nil
        }
    }

    /// A plain scalar that is JSON by itself: `true`, `12`, `null`. Quote it to send text.
    private static func literal(_ text: String) -> JSONValue? {
        guard let value = try? JSONValue.parse(Array(text.utf8)) else { return nil }
        switch value {
        case .null, .bool, .integer, .decimal: return value
        case .string, .array, .object: return nil
        }
    }

    private func number(
        _ place: String,
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> JSONTemplate {
        .number(
            TextTemplate.parse(place, declared: settings) { message, suggestion in
                node.fail(message, suggestion: suggestion)
            }
        )
    }
}

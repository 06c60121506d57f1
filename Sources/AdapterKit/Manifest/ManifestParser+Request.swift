import WireFormat
import Yams

/// How the question is put.
extension ManifestParser {
    private static let methods = ["GET", "POST"]

    func request(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration],
        _ authentication: AuthenticationScheme
    ) -> RequestTemplate? {
        let known = ["method", "url", "query", "headers", "json", "form"]
        guard let members = node.members(known: known) else { return nil }
        let method = required("method", in: members, of: node).flatMap(self.method)
        let url = required("url", in: members, of: node).flatMap { self.url($0, settings) }
        let query = members["query"].map { fields($0, settings) } ?? []
        let headers = members["headers"].map { self.headers($0, settings) } ?? []
        if members["json"] != nil, let form = members["form"] {
            form.fail("a request has either `json` or `form`")
        }
        let body: RequestTemplate.Body =
            if let json = members["json"].flatMap({ self.json($0, settings) }) {
                .json(json)
            } else if let form = members["form"] {
                .form(fields(form, settings))
            } else {
                .none
            }
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

    private func method(_ node: ManifestNode) -> String? {
        guard let text = node.text() else { return nil }
        guard Self.methods.contains(text) else {
            node.fail(
                "`\(text)` is none of \(Self.methods.joined(separator: ", "))",
                suggestion: Suggestion.nearest(to: text, among: Self.methods)
            )
            return nil
        }
        return text
    }

    /// A URL begins with a setting of kind `url`, so that an operator can point it elsewhere.
    private func url(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> TextTemplate? {
        guard let template = template(node, settings) else { return nil }
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
    private static func isHeaderName(_ name: String) -> Bool {
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

    func authentication(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> AuthenticationScheme? {
        guard let members = node.members(),
            let scheme = required(
                "scheme",
                in: Dictionary(members.map { ($0.name, $0.value) }) { $1 },
                of: node
            )?
            .word(AuthenticationScheme.Word.self)
        else { return nil }
        let fields: [String] =
            switch scheme {
            case .none: []
            case .header: ["name", "value"]
            case .bearer: ["token"]
            case .basic: ["username", "password"]
            }
        guard let known = node.members(known: ["scheme"] + fields) else { return nil }
        let values = fields.compactMap { required($0, in: known, of: node) }
        guard values.count == fields.count else { return nil }
        return scheme == .header
            ? headerScheme(values[0], values[1], settings)
            : credentials(scheme, values.compactMap { template($0, settings) })
    }

    private func headerScheme(
        _ name: ManifestNode,
        _ value: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> AuthenticationScheme? {
        guard let text = name.text(), let template = template(value, settings) else { return nil }
        guard Self.isHeaderName(text) else {
            name.fail("`\(text)` is no header name")
            return nil
        }
        return .header(name: text, value: template)
    }

    private func credentials(
        _ scheme: AuthenticationScheme.Word,
        _ values: [TextTemplate]
    ) -> AuthenticationScheme? {
        switch scheme {
        case .bearer where values.count == 1: .bearer(token: values[0])
        case .basic where values.count == 2: .basic(username: values[0], password: values[1])
        case .none, .header, .bearer, .basic: AuthenticationScheme.none
        }
    }
}

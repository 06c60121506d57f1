import WireFormat

/// How we show the issuer who is asking.
extension ManifestParser {
    func authentication(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> AuthenticationScheme? {
        guard let scheme = scheme(AuthenticationScheme.Word.self, of: node),
            let members = node.members(of: .authentication(scheme))
        else { return nil }
        func value(_ name: String) -> TextTemplate? {
            members[name].flatMap { template($0, settings) }
        }
        switch scheme {
        case .none: return AuthenticationScheme.none
        case .header:
            guard let name = members["name"].flatMap(headerName), let value = value("value")
            else { return nil }
            return .header(name: name, value: value)
        case .bearer: return value("token").map { .bearer(token: $0) }
        case .basic:
            guard let user = value("username"), let password = value("password")
            else { return nil }
            return .basic(username: user, password: password)
        case .clientCredentials: return clientCredentials(members, settings)
        case .signature: return signature(members, settings).map { .signature($0) }
        }
    }

    /// The word that tells which keys follow; nil after reporting that it is missing or unknown.
    func scheme<Word>(_ type: Word.Type, of node: ManifestNode) -> Word?
    where Word: RawRepresentable<String> & CaseIterable {
        guard let members = node.members() else { return nil }
        guard let scheme = members.first(where: { $0.name == "scheme" }) else {
            let names = members.map(\.name)
            node.fail(
                "`scheme` is missing",
                suggestion: names.first { NearestWord.to($0, among: ["scheme"]) != nil }
                    .map { _ in "scheme" }
            )
            return nil
        }
        return scheme.value.word(type)
    }

    func headerName(_ node: ManifestNode) -> String? {
        guard let text = node.text() else { return nil }
        guard Self.isHeaderName(text) else {
            node.fail("`\(text)` is no header name")
            return nil
        }
        return text
    }

    private func clientCredentials(
        _ members: [String: ManifestNode],
        _ settings: [SettingDeclaration]
    ) -> AuthenticationScheme? {
        func value(_ name: String) -> TextTemplate? {
            members[name].flatMap { template($0, settings, in: .configuration) }
        }
        let style = members["style"].map { $0.word(ClientCredentials.Style.self) } ?? .basic
        let scope = value("scope")
        let audience = value("audience")
        guard let url = members["token_url"].flatMap({ url($0, settings, in: .configuration) }),
            let id = value("client_id"), let secret = value("client_secret"), let style
        else { return nil }
        return .clientCredentials(
            ClientCredentialsTemplate(
                tokenURL: url,
                clientID: id,
                clientSecret: secret,
                scope: scope,
                audience: audience,
                style: style
            )
        )
    }

    private func signature(
        _ members: [String: ManifestNode],
        _ settings: [SettingDeclaration]
    ) -> RequestSignature? {
        let algorithm = members["algorithm"]?.word(SigningAlgorithm.self)
        let location = members["in"]?.word(RequestSignature.Location.self)
        let string = members["string"].flatMap { template($0, settings, in: .signedRequest) }
        let value =
            members["value"].map { template($0, settings, in: .signature) }
            ?? TextTemplate(parts: [.place(.message(.signature), isOptional: false)])
        let name =
            location == .header
            ? members["name"].flatMap(headerName) : members["name"]?.nonEmptyText()
        let key = members["key"].flatMap { template($0, settings, in: .configuration) }
        if let algorithm { checkKey(of: algorithm, members) }
        if let string, let location { check(string, travelsIn: location, members["string"]) }
        guard let algorithm, let location, let string, let value, let name else { return nil }
        return RequestSignature(
            algorithm: algorithm,
            key: key,
            keyNotation: members["key_as"]?.word(KeyNotation.self) ?? .text,
            string: string,
            notation: members["as"]?.word(SignatureNotation.self) ?? .hex,
            location: location,
            name: name,
            value: value
        )
    }

    private func checkKey(of algorithm: SigningAlgorithm, _ members: [String: ManifestNode]) {
        if algorithm.hasKey, members["key"] == nil {
            members["algorithm"]?.fail("`\(algorithm.rawValue)` needs a `key`")
        }
        if !algorithm.hasKey, let key = members["key"] {
            key.fail("`\(algorithm.rawValue)` has no key: its secret stands in `string`")
        }
    }

    /// What carries the signature cannot be signed itself.
    private func check(
        _ string: TextTemplate,
        travelsIn location: RequestSignature.Location,
        _ node: ManifestNode?
    ) {
        let carriers: [TextTemplate.MessagePart] =
            switch location {
            case .header: []
            case .query: [.query]
            case .form, .json: [.body, .bodyMD5, .bodySHA256]
            }
        for case .place(.message(let part), _) in string.parts where carriers.contains(part) {
            node?.fail("`{\(part.name)}` would hold the signature itself")
        }
    }
}

import CardModel

/// Reads a manifest's nodes; whatever is wrong goes to the report, and reading goes on.
struct ManifestParser {
    let report: ManifestNode.Report

    /// The language's version that this program reads.
    static let languageVersion = 1

    /// Keys that only a manifest without Swift has.
    private static let exchangeKeys = ["retry_safe", "request", "auth", "response"]
    /// Keys that say of Swift and of programs what a manifest's own `response` shows.
    private static let describingKeys = ["answers", "verifies_answers"]

    func parse(_ root: ManifestNode) -> AdapterManifest? {
        guard let top = root.members(of: .manifest) else { return nil }
        if let version = top["manifest"] {
            _ = version.integer(in: Self.languageVersion...Self.languageVersion)
        }
        let kind = top["kind"]?.word(AdapterKind.self) ?? .manifest
        let settings = top["settings"].map(settings) ?? []
        var descriptor = descriptor(top, kind, settings)
        let program = program(top, root, kind)
        switch kind {
        case .swift, .local, .process:
            for key in Self.exchangeKeys {
                top[key]?.fail("only a manifest of kind `manifest` has this: code asks here")
            }
            descriptor?.answers = top["answers"].map(answers) ?? []
            return descriptor.map {
                AdapterManifest(
                    descriptor: $0,
                    exchange: nil,
                    program: program,
                    kindLine: top["kind"]?.line
                )
            }
        case .manifest:
            for key in Self.describingKeys {
                top[key]?.fail("follows from `response` and is not written down twice")
            }
            guard let exchange = exchange(top, root, settings) else { return nil }
            descriptor?.verifiesAnswers = exchange.response.verification != nil
            descriptor?.answers = exchange.response.meanings
            return descriptor.map { AdapterManifest(descriptor: $0, exchange: exchange) }
        }
    }

    private func exchange(
        _ top: [String: ManifestNode],
        _ root: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> ManifestExchange? {
        let authentication =
            top["auth"].map { self.authentication($0, settings) } ?? AuthenticationScheme.none
        let request = required("request", in: top, of: root).flatMap {
            self.request($0, settings, authentication ?? .none)
        }
        let response = required("response", in: top, of: root).flatMap {
            self.response($0, settings)
        }
        guard let request, let response else { return nil }
        return ManifestExchange(
            request: request,
            response: response,
            isRetrySafe: top["retry_safe"]?.flag() ?? false
        )
    }

    /// The member, or a report that it is missing.
    func required(
        _ name: String,
        in members: [String: ManifestNode],
        of parent: ManifestNode
    ) -> ManifestNode? {
        if let member = members[name] { return member }
        parent.fail("`\(name)` is missing")
        return nil
    }

    /// A template whose places are known.
    func template(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration],
        in scope: TextTemplate.Scope = .request
    ) -> TextTemplate? {
        guard let text = node.text() else { return nil }
        return TextTemplate.parse(text, in: scope, declared: settings) { message, suggestion in
            node.fail(message, suggestion: suggestion)
        }
    }
}

extension TextTemplate {
    /// Splits a template into its parts; what is wrong goes to `objection`, with a suggestion.
    ///
    /// - Parameter declared: the settings and secrets that the manifest declares.
    static func parse(
        _ text: String,
        declared: [SettingDeclaration],
        objection: (_ message: String, _ suggestion: String?) -> Void
    ) -> TextTemplate {
        var parts: [Part] = []
        var literal = ""
        var rest = Substring(text)
        while let symbol = rest.popFirst() {
            if symbol == "{" || symbol == "}", rest.first == symbol {
                rest.removeFirst()
                literal.append(symbol)
            } else if symbol == "{" {
                guard let close = rest.firstIndex(of: "}") else {
                    objection("a `{` is not closed (write `{{` for the brace itself)", nil)
                    break
                }
                if !literal.isEmpty { parts.append(.literal(literal)) }
                literal = ""
                let name = String(rest[..<close])
                rest = rest[rest.index(after: close)...]
                if let part = place(name, declared, objection) { parts.append(part) }
            } else if symbol == "}" {
                objection("a `}` closes nothing (write `}}` for the brace itself)", nil)
            } else {
                literal.append(symbol)
            }
        }
        if !literal.isEmpty || parts.isEmpty { parts.append(.literal(literal)) }
        return TextTemplate(parts: parts)
    }

    private static func place(
        _ written: String,
        _ declared: [SettingDeclaration],
        _ objection: (String, String?) -> Void
    ) -> Part? {
        let isOptional = written.hasSuffix("?")
        let name = isOptional ? String(written.dropLast()) : written
        if let place = Place.plain[name] { return .place(place, isOptional: isOptional) }
        for declaration in declared where name == placeName(of: declaration) {
            let place: Place =
                declaration.isSecret ? .secret(declaration.name) : .setting(declaration.name)
            return .place(place, isOptional: isOptional)
        }
        let known = Array(Place.plain.keys) + declared.map(placeName)
        objection("unknown place `{\(name)}`", Suggestion.nearest(to: name, among: known))
        return nil
    }

    private static func placeName(of declaration: SettingDeclaration) -> String {
        (declaration.isSecret ? "secrets." : "settings.") + declaration.name
    }
}

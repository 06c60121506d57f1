import WireFormat

extension TextTemplate {
    /// Splits a template into its parts; what is wrong goes to `objection`, with a suggestion.
    ///
    /// - Parameter declared: the settings and secrets that the manifest declares.
    static func parse(
        _ text: String,
        in scope: Scope = .request,
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
                if let part = place(name, scope, declared, objection) { parts.append(part) }
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
        _ scope: Scope,
        _ declared: [SettingDeclaration],
        _ objection: (String, String?) -> Void
    ) -> Part? {
        let isOptional = written.hasSuffix("?")
        let name = isOptional ? String(written.dropLast()) : written
        if let place = scope.places.first(where: { $0.name == name }) {
            return .place(place, isOptional: isOptional)
        }
        if case .signedAnswer = scope, name.hasPrefix(MessagePart.headerPrefix) {
            let header = String(name.dropFirst(MessagePart.headerPrefix.count)).lowercased()
            return .place(.message(.responseHeader(header)), isOptional: isOptional)
        }
        for declaration in declared where name == placeName(of: declaration) {
            let place: Place =
                declaration.isSecret ? .secret(declaration.name) : .setting(declaration.name)
            return .place(place, isOptional: isOptional)
        }
        if name.hasSuffix(numberSuffix) {
            objection("`\(numberSuffix)` makes a number of a whole JSON value, nowhere else", nil)
            return nil
        }
        let known = scope.places.map(\.name) + declared.map(placeName)
        objection("unknown place `{\(name)}`", NearestWord.to(name, among: known))
        return nil
    }

    /// What makes a JSON number of a place: `{nonce:number}`.
    private static let numberSuffix = ":number"

    /// The place of a text that is nothing but one place to be written as a number, as an ordinary
    /// place; nil for any other text.
    static func numberPlace(_ text: String) -> String? {
        guard text.first == "{", text.last == "}" else { return nil }
        var name = text.dropFirst().dropLast()
        let isOptional = name.last == "?"
        if isOptional { name = name.dropLast() }
        guard name.hasSuffix(numberSuffix), !name.contains("{"), !name.contains("}")
        else { return nil }
        return "{\(name.dropLast(numberSuffix.count))\(isOptional ? "?" : "")}"
    }

    private static func placeName(of declaration: SettingDeclaration) -> String {
        (declaration.isSecret ? "secrets." : "settings.") + declaration.name
    }
}

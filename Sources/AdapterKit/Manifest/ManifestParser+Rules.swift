import CardModel

/// Rules, tables and matchers.
extension ManifestParser {
    func rule(_ node: ManifestNode) -> AnswerRule? {
        guard let members = node.members(known: ["when", "state", "cause", "table"])
        else { return nil }
        let when = members["when"]?.members(known: ["status", "json", "headers"]) ?? [:]
        let statuses = when["status"].map(statuses) ?? [200]
        let conditions =
            conditions(when["json"]) { .json($0) } + conditions(when["headers"]) { .header($0) }
        guard let outcome = outcome(members, node) else { return nil }
        return AnswerRule(statuses: statuses, conditions: conditions, outcome: outcome)
    }

    private func outcome(
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) -> AnswerRule.Outcome? {
        switch (members["table"], members["state"]) {
        case (let table?, nil):
            members["cause"]?.fail("stands in the table's rows")
            return self.table(table).map { .table($0) }
        case (nil, .some): return meaning(members, node).map { .decided($0) }
        case (.some, .some), (nil, nil):
            node.fail("a rule has either a `state` or a `table`")
            return nil
        }
    }

    private func table(_ node: ManifestNode) -> CodeTable? {
        guard let members = node.members(known: ["path", "codes"]) else { return nil }
        let path = required("path", in: members, of: node)?.pointer()
        guard let codes = required("codes", in: members, of: node)?.members() else { return nil }
        let rows = codes.compactMap { code, member in
            meaning(member).map { CodeTable.Row(code: code, meaning: $0) }
        }
        return path.map { CodeTable(path: $0, rows: rows) }
    }

    /// Statuses that may carry a verdict: an issuer that redirects, throttles or fails says
    /// nothing about a code.
    private func statuses(_ node: ManifestNode) -> Set<Int> {
        let texts = node.texts() ?? []
        let statuses = texts.compactMap { text -> Int? in
            guard let status = Int(text),
                (200...299).contains(status) || (400...499).contains(status),
                status != 429, status != 408
            else {
                node.fail(
                    "`\(text)` can decide nothing: use 2xx or 4xx, but not 408 and 429"
                )
                return nil
            }
            return status
        }
        return Set(statuses)
    }

    private func conditions(
        _ node: ManifestNode?,
        source: (String) -> AnswerRule.Condition.Source
    ) -> [AnswerRule.Condition] {
        (node?.members() ?? []).compactMap { name, member in
            if case .json = source(name), !name.hasPrefix("/"), !name.isEmpty {
                member.fail("`\(name)` is no JSON pointer", suggestion: "/\(name)")
                return nil
            }
            return matcher(member).map {
                AnswerRule.Condition(source: source(name), matcher: $0)
            }
        }
    }

    private static let tests = [
        "is", "is_not", "exists", "empty", "contains", "begins_with", "at_least", "below", "type",
    ]

    /// A value (or a list of values) that must be met, or tests by name.
    private func matcher(_ node: ManifestNode) -> ValueMatcher? {
        guard node.isMapping else {
            return node.texts().map { ValueMatcher(tests: [.isOneOf($0)]) }
        }
        guard let members = node.members(known: Self.tests) else { return nil }
        let tests = Self.tests.compactMap { name in
            members[name].flatMap { test(name, $0) }
        }
        if tests.isEmpty { node.fail("holds no test") }
        return ValueMatcher(tests: tests)
    }

    private func test(_ name: String, _ node: ManifestNode) -> ValueMatcher.Test? {
        switch name {
        case "is": node.texts().map { .isOneOf($0) }
        case "is_not": node.texts().map { .isNoneOf($0) }
        case "exists": node.flag().map { .exists($0) }
        case "empty": node.flag().map { .isEmpty($0) }
        case "contains": node.nonEmptyText().map { .contains($0) }
        case "begins_with": node.nonEmptyText().map { .beginsWith($0) }
        case "at_least": operand(node).map { .atLeast($0) }
        case "below": operand(node).map { .below($0) }
        default: node.word(ValueMatcher.JSONType.self).map { .hasType($0) }
        }
    }

    /// A number, or `{path: /other/value}`.
    private func operand(_ node: ManifestNode) -> ValueMatcher.Operand? {
        guard node.isMapping else {
            return node.number(in: -1e15...1e15).map { .number($0) }
        }
        guard let members = node.members(known: ["path"]) else { return nil }
        return required("path", in: members, of: node)?.pointer().map { .pointer($0) }
    }
}

extension AnswerRule {
    /// The conditions in one line, for people.
    var summary: String {
        let codes = statuses.sorted().map(String.init).joined(separator: "/")
        let texts = conditions.map { condition -> String in
            switch condition.source {
            case .json(let pointer): "\(pointer) \(condition.matcher.summary)"
            case .header(let name): "\(name) \(condition.matcher.summary)"
            }
        }
        return (["HTTP \(codes)"] + texts).joined(separator: ", ")
    }
}

extension ValueMatcher {
    var summary: String {
        tests.map { test in
            switch test {
            case .isOneOf(let texts): "= " + texts.joined(separator: "|")
            case .isNoneOf(let texts): "≠ " + texts.joined(separator: "|")
            case .exists(let expected): expected ? "exists" : "is absent"
            case .isEmpty(let expected): expected ? "is empty" : "is not empty"
            case .contains(let part): "contains “\(part)”"
            case .beginsWith(let prefix): "begins with “\(prefix)”"
            case .atLeast(let operand): "≥ \(operand.summary)"
            case .below(let operand): "< \(operand.summary)"
            case .hasType(let type): "is \(type.rawValue)"
            }
        }.joined(separator: " and ")
    }
}

extension ValueMatcher.Operand {
    var summary: String {
        switch self {
        case .number(let number): "\(number)"
        case .pointer(let pointer): pointer
        }
    }
}

import CardModel

/// Rules, tables and matchers.
extension ManifestParser {
    func rule(_ node: ManifestNode, _ format: AnswerFormat) -> AnswerRule? {
        guard let members = node.members(of: .rule) else { return nil }
        let when = members["when"]?.members(of: .condition) ?? [:]
        let statuses = when["status"].map(statuses) ?? [200]
        for other in AnswerFormat.allCases where other != format {
            when[other.rawValue]?.fail(
                "answers are \(format.rawValue)",
                suggestion: format.rawValue
            )
        }
        let conditions =
            conditions(when[format.rawValue]) { .body($0) }
            + conditions(when["headers"]) { .header($0) }
        guard let outcome = outcome(members, node) else { return nil }
        let conditionsAsWritten = AnswerRule.summary(statuses, conditions)
        return AnswerRule(
            statuses: statuses,
            conditions: conditions,
            words: words(members, insteadOf: conditionsAsWritten),
            outcome: outcome
        )
    }

    private func outcome(
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) -> AnswerRule.Outcome? {
        switch (members["table"], members["state"]) {
        case (let table?, nil):
            for name in ["cause", "en", "zh"] {
                members[name]?.fail("stands in the table's rows")
            }
            return self.table(table).map { .table($0) }
        case (nil, .some): return meaning(members).map { .decided($0) }
        case (.some, .some), (nil, nil):
            node.fail("a rule has either a `state` or a `table`")
            return nil
        }
    }

    private func table(_ node: ManifestNode) -> CodeTable? {
        guard let members = node.members(of: .table) else { return nil }
        let path = members["path"]?.pointer()
        guard let codes = members["codes"]?.members() else { return nil }
        let rows = codes.compactMap { code, member in
            described(member, insteadOf: LocalisedText(zhCN: code, en: code)).map {
                CodeTable.Row(code: code, words: $0.words, meaning: $0.meaning)
            }
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
            if case .body = source(name), !name.hasPrefix("/"), !name.isEmpty {
                member.fail("`\(name)` is no pointer", suggestion: "/\(name)")
                return nil
            }
            return matcher(member).map {
                AnswerRule.Condition(source: source(name), matcher: $0)
            }
        }
    }

    /// A value (or a list of values) that must be met, or tests by name.
    private func matcher(_ node: ManifestNode) -> ValueMatcher? {
        guard node.isMapping else {
            return node.texts().map { ValueMatcher(tests: [.isOneOf($0)]) }
        }
        guard let members = node.members(of: .matcher) else { return nil }
        let tests = ManifestShape.matcher.keyNames.compactMap { name in
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
        return node.members(of: .otherValue)?["path"]?.pointer().map { .pointer($0) }
    }
}

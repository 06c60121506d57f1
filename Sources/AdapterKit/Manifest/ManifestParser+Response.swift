import CardModel

/// How the answer is read.
extension ManifestParser {
    private static let responseKeys = [
        "content_types", "issuer_code", "issuer_text", "echo", "expires", "value", "first_use",
        "scrub", "rules",
    ]

    /// What JSON services answer with, and any `+json` type.
    private static let jsonMediaTypes = ["application/json", "+json"]

    func response(_ node: ManifestNode) -> ResponseMapping? {
        guard let members = node.members(known: Self.responseKeys) else { return nil }
        let echo = members["echo"]?.members(known: ["serial", "key"]) ?? [:]
        let rules =
            required("rules", in: members, of: node)?.elements()?.compactMap(rule) ?? []
        if rules.isEmpty { members["rules"]?.fail("no rule: every answer would be undecided") }
        return ResponseMapping(
            mediaTypes: members["content_types"]?.texts()?.map { $0.lowercased() }
                ?? Self.jsonMediaTypes,
            rules: rules,
            issuerCode: members["issuer_code"]?.pointer(),
            issuerText: members["issuer_text"]?.pointer(),
            echoedSerial: echo["serial"]?.pointer(),
            echoedKey: echo["key"]?.pointer(),
            expiry: members["expires"].flatMap(expiry),
            value: members["value"].flatMap(value),
            firstUse: members["first_use"].flatMap(time),
            scrubbedPointers: members["scrub"]?.elements()?.compactMap { $0.pointer() } ?? []
        )
    }

    private func time(_ node: ManifestNode) -> TimeExtraction? {
        guard let members = node.members(known: ["path", "as"]) else { return nil }
        let time = time(members, node)
        if time?.notation == .date {
            members["as"]?.fail(
                "a first use needs an instant; a date cannot tell who held the code"
            )
        }
        return time
    }

    private func time(
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) -> TimeExtraction? {
        let pointer = required("path", in: members, of: node)?.pointer()
        let notation = required("as", in: members, of: node)?.word(TimeExtraction.Notation.self)
        guard let pointer, let notation else { return nil }
        return TimeExtraction(pointer: pointer, notation: notation)
    }

    private func expiry(_ node: ManifestNode) -> ExpiryExtraction? {
        guard let members = node.members(known: ["path", "as", "past_means_expired"]),
            let time = time(members, node)
        else { return nil }
        return ExpiryExtraction(
            time: time,
            pastMeansExpired: members["past_means_expired"]?.flag() ?? false
        )
    }

    private func value(_ node: ManifestNode) -> ValueExtraction? {
        let known = ["amount", "unit", "currency", "lower_means", "zero_means"]
        guard let members = node.members(known: known) else { return nil }
        let amount = required("amount", in: members, of: node)?.pointer()
        let unit = required("unit", in: members, of: node)?.word(ValueExtraction.Unit.self)
        let currency = required("currency", in: members, of: node).flatMap(self.currency)
        let lower = members["lower_means"].flatMap(issuerState) ?? .undervalued
        let zero = members["zero_means"].flatMap(issuerState)
        guard let amount, let unit, let currency else { return nil }
        return ValueExtraction(
            amount: amount,
            unit: unit,
            currency: currency,
            lowerMeans: lower,
            zeroMeans: zero
        )
    }

    /// A pointer into the answer, or the currency itself.
    private func currency(_ node: ManifestNode) -> ValueExtraction.Currency? {
        guard let text = node.text() else { return nil }
        if text.hasPrefix("/") { return .pointer(text) }
        guard Money(minorUnits: 0, currency: text) != nil else {
            node.fail("`\(text)` is neither a JSON pointer nor an ISO 4217 currency")
            return nil
        }
        return .fixed(text)
    }

    /// States that only a platform can know; no issuer's answer means them.
    private static let platformStates: Set<VerdictState> = [
        .shortShelfLife, .duplicateDelivery, .duplicateStock, .oversold, .notDelivered,
        .shortDelivery, .lateDelivery, .extractionFailed, .doubleCharged,
    ]

    /// A state that an issuer can speak of.
    func issuerState(_ node: ManifestNode) -> VerdictState? {
        guard let state = node.word(VerdictState.self) else { return nil }
        if Self.platformStates.contains(state) {
            node.fail("`\(state.rawValue)` is no answer of an issuer: the platform finds it")
            return nil
        }
        return state
    }

    /// A state, or `{state: indeterminate, cause: …}`.
    func meaning(_ node: ManifestNode) -> MappedState? {
        guard node.isMapping else {
            return issuerState(node).map {
                MappedState(state: $0, cause: $0 == .indeterminate ? .unmapped : nil)
            }
        }
        guard let members = node.members(known: ["state", "cause"]) else { return nil }
        return meaning(members, node)
    }

    private func cause(_ node: ManifestNode) -> IndeterminateCause? {
        guard let text = node.text() else { return nil }
        let known = IndeterminateCause.known.map(\.rawValue)
        guard known.contains(text) else {
            node.fail(
                "`\(text)` is none of \(known.joined(separator: ", "))",
                suggestion: Suggestion.nearest(to: text, among: known)
            )
            return nil
        }
        return IndeterminateCause(rawValue: text)
    }

    func meaning(_ members: [String: ManifestNode], _ node: ManifestNode) -> MappedState? {
        guard let state = required("state", in: members, of: node).flatMap(issuerState)
        else { return nil }
        let cause = members["cause"].flatMap(self.cause)
        if cause != nil, state != .indeterminate {
            members["cause"]?.fail("only `indeterminate` has a cause")
        }
        return MappedState(
            state: state,
            cause: state == .indeterminate ? cause ?? .unmapped : nil
        )
    }
}

import CardModel

/// How the answer is read.
extension ManifestParser {
    func response(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> ResponseMapping? {
        guard let members = node.members(of: .response) else { return nil }
        let format = members["format"]?.word(AnswerFormat.self) ?? .json
        let echo = members["echo"]?.members(of: .echo) ?? [:]
        let rules = members["rules"]?.elements()?.compactMap { rule($0, format) } ?? []
        if rules.isEmpty { members["rules"]?.fail("no rule: every answer would be undecided") }
        return ResponseMapping(
            format: format,
            mediaTypes: members["content_types"]?.texts()?.map { $0.lowercased() }
                ?? format.mediaTypes,
            verification: members["verify"].flatMap { verification($0, settings) },
            rules: rules,
            issuerCode: members["issuer_code"]?.pointer(),
            issuerText: members["issuer_text"]?.pointer(),
            echoedSerial: echo["serial"]?.pointer(),
            echoedKey: echo["key"]?.pointer(),
            echoedNonce: echo["nonce"]?.pointer(),
            provenance: members["provenance"].flatMap(provenance),
            expiry: members["expires"].flatMap { expiry($0, settings) },
            value: members["value"].flatMap(value),
            firstUse: members["first_use"].flatMap { instant($0, settings) },
            history: members["history"].flatMap { history($0, settings) },
            balanceUntil: members["balance_until"]?.members(of: .time)
                .flatMap { time($0, settings) },
            term: members["term"].flatMap { term($0, settings) },
            attributes: members["attributes"].map(attributes) ?? [:],
            usedBy: members["used_by"]?.pointer(),
            loginAnomaly: members["login_anomaly"]?.pointer(),
            scrubbedPointers: members["scrub"]?.elements()?.compactMap { $0.pointer() } ?? []
        )
    }

    private func provenance(_ node: ManifestNode) -> ProvenanceComparison? {
        guard let members = node.members(of: .provenance) else { return nil }
        let list = members["list"]?.pointer()
        let serial = members["serial"]?.pointer()
        return members["key"]?.pointer().map {
            ProvenanceComparison(list: list, key: $0, serial: serial)
        }
    }

    func instant(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> TimeExtraction? {
        guard let members = node.members(of: .time) else { return nil }
        let time = time(members, settings)
        if time?.notation == .date {
            members["as"]?.fail("needs an instant; a date cannot tell who held the code")
        }
        return time
    }

    private func time(
        _ members: [String: ManifestNode],
        _ settings: [SettingDeclaration]
    ) -> TimeExtraction? {
        let pointer = members["path"]?.pointer()
        let notation = members["as"]?.word(TimeExtraction.Notation.self)
        let offset = members["offset"].flatMap { self.offset($0, settings) }
        if let notation, (notation == .datetime) != (members["offset"] != nil) {
            members["as"]?.fail("a `datetime`, and nothing else, has an `offset`")
        }
        guard let pointer, let notation else { return nil }
        return TimeExtraction(pointer: pointer, notation: notation, offset: offset)
    }

    /// An offset as it is, or the setting that holds it.
    private func offset(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> TimeExtraction.Offset? {
        guard let text = node.text() else { return nil }
        if SettingDeclaration(name: "offset", kind: .utcOffset).objection(to: text) == nil {
            return .fixed(text)
        }
        let places = settings.filter { $0.kind == .utcOffset }
        if let setting = places.first(where: { "{settings.\($0.name)}" == text }) {
            return .setting(setting.name)
        }
        node.fail(
            "must be an offset such as +08:00, or a setting of kind `utc_offset`",
            suggestion: places.first.map { "{settings.\($0.name)}" }
        )
        return nil
    }

    private func expiry(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> ExpiryExtraction? {
        guard let members = node.members(of: .expiry), let time = time(members, settings)
        else { return nil }
        return ExpiryExtraction(
            time: time,
            pastMeansExpired: members["past_means_expired"]?.flag() ?? false,
            never: members["never"]?.texts() ?? []
        )
    }

    private func amount(_ members: [String: ManifestNode]) -> AmountExtraction? {
        let amount = members["amount"]?.pointer()
        let unit = members["unit"]?.word(AmountExtraction.Unit.self)
        let currency = members["currency"].flatMap(self.currency)
        guard let amount, let unit, let currency else { return nil }
        return AmountExtraction(amount: amount, unit: unit, currency: currency)
    }

    private func value(_ node: ManifestNode) -> ValueExtraction? {
        guard let members = node.members(of: .value) else { return nil }
        let lower = members["lower_means"].flatMap(issuerState) ?? .undervalued
        let zero = members["zero_means"].flatMap(issuerState)
        return amount(members).map {
            ValueExtraction(amount: $0, lowerMeans: lower, zeroMeans: zero)
        }
    }

    private func history(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> HistoryExtraction? {
        guard let members = node.members(of: .history) else { return nil }
        let list = members["list"]?.pointer()
        let kind = members["kind"]?.pointer()
        let time = members["time"].flatMap { instant($0, settings) }
        let actor = members["actor"]?.pointer()
        let amount = members["amount"]?.members(of: .amount).flatMap(self.amount)
        guard let list, let kind else { return nil }
        return HistoryExtraction(
            list: list,
            kind: kind,
            time: time,
            actor: actor,
            amount: amount,
            isNewestFirst: members["newest_first"]?.flag() ?? false,
            uses: Set(members["uses"]?.texts() ?? [])
        )
    }

    /// A pointer into the answer, or the currency itself.
    private func currency(_ node: ManifestNode) -> AmountExtraction.Currency? {
        guard let text = node.text() else { return nil }
        if text.hasPrefix("/") { return .pointer(text) }
        guard Money(minorUnits: 0, currency: text) != nil else {
            node.fail("`\(text)` is neither a pointer nor an ISO 4217 currency")
            return nil
        }
        return .fixed(text)
    }

    /// A state that an issuer can speak of.
    func issuerState(_ node: ManifestNode) -> VerdictState? {
        guard let state = node.word(VerdictState.self) else { return nil }
        if !state.isSpokenByIssuers {
            node.fail("`\(state.rawValue)` is no answer of an issuer: the platform finds it")
            return nil
        }
        return state
    }

    private func cause(_ node: ManifestNode) -> IndeterminateCause? {
        guard let text = node.text() else { return nil }
        let known = IndeterminateCause.known.map(\.rawValue)
        guard known.contains(text) else {
            let (message, suggestion) = node.report.unknownWord(text, among: known)
            node.fail(message, suggestion: suggestion)
            return nil
        }
        return IndeterminateCause(rawValue: text)
    }

    func meaning(_ members: [String: ManifestNode]) -> WordMeaning? {
        guard let state = members["state"].flatMap(issuerState) else { return nil }
        let cause = members["cause"].flatMap(self.cause)
        if cause != nil, state != .indeterminate {
            members["cause"]?.fail("only `indeterminate` has a cause")
        }
        return Self.meaning(state, cause)
    }

    static func meaning(
        _ state: VerdictState,
        _ cause: IndeterminateCause?
    ) -> WordMeaning {
        state == .indeterminate ? .undecided(cause ?? .unmapped) : .decided(state)
    }
}

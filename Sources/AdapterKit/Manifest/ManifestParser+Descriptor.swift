import CardModel

/// The self-description: id, name, operations, settings, limits.
extension ManifestParser {
    /// One request in a quarter of an hour.
    static let leastRate = 0.001

    /// What issuers say of codes that they never gave out. A manifest is public: a code that was
    /// bought to serve as a canary has no place in it.
    static let canaryStates: [VerdictState] = [.notFound, .malformed]

    /// Longest adapter id.
    private static let longestID = 64

    func descriptor(
        _ top: [String: ManifestNode],
        _ kind: AdapterKind,
        _ settings: [SettingDeclaration]
    ) -> AdapterDescriptor? {
        let id = top["id"].flatMap(identifier)
        let version = top["version"]?.integer(in: 1...1_000_000)
        let name = top["name"].flatMap(localised)
        let operations = top["operations"].flatMap(self.operations)
        let limits = top["limits"].map(self.limits) ?? .default
        let formats = top["formats"]?.texts() ?? []
        let isUntested = top["not_tested_live"]?.flag() ?? false
        guard let id, let version, let name, let operations else { return nil }
        return AdapterDescriptor(
            id: id,
            version: version,
            name: name,
            kind: kind,
            operations: operations.effects,
            operationNotes: operations.notes,
            settlement: top["settlement"].map(settlement) ?? .none,
            disclosesTo: top["discloses_to"].flatMap(localised),
            canaries: top["canaries"].map(canaries) ?? [],
            formats: formats,
            limits: limits,
            settings: settings,
            notTestedLive: isUntested,
            verifiesAnswers: top["verifies_answers"]?.flag() ?? false
        )
    }

    private func identifier(_ node: ManifestNode) -> String? {
        guard let text = node.nonEmptyText() else { return nil }
        let words = text.split(separator: "-", omittingEmptySubsequences: false)
        let isPlain = words.allSatisfy { word in
            !word.isEmpty
                && word.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) }
        }
        guard isPlain, text.utf8.count <= Self.longestID else {
            node.fail("`\(text)` must be lower-case letters, digits and single dashes")
            return nil
        }
        return text
    }

    func localised(_ node: ManifestNode) -> LocalisedText? {
        guard let members = node.members(of: .localised) else { return nil }
        let english = members["en"]?.nonEmptyText()
        let chinese = members["zh"]?.nonEmptyText()
        guard let english, let chinese else { return nil }
        return LocalisedText(zhCN: chinese, en: english)
    }

    private func operations(
        _ node: ManifestNode
    ) -> (
        effects: [AdapterOperation: OperationEffect], notes: [AdapterOperation: LocalisedText]
    )? {
        guard let members = node.members(of: .operations) else { return nil }
        var effects: [AdapterOperation: OperationEffect] = [:]
        var notes: [AdapterOperation: LocalisedText] = [:]
        for operation in AdapterOperation.allCases {
            guard let member = members[operation.rawValue] else { continue }
            guard let parts = member.members(of: .operation) else { continue }
            effects[operation] = parts["effect"]?.word(OperationEffect.self)
            notes[operation] = parts["note"].flatMap(localised)
        }
        if members["inquire"] == nil, effects[.redeem] == nil {
            node.fail("`inquire` is missing: every adapter answers it, but one that only redeems")
        }
        if let effect = effects[.redeem], effect != .consumes {
            members["redeem"]?.fail("redeeming consumes the code")
        }
        if effects[.inquire] == .consumes {
            members["inquire"]?.fail("an inquiry must not consume the code; declare `redeem`")
        }
        return (effects, notes)
    }

    private func settlement(_ node: ManifestNode) -> Settlement {
        guard let members = node.members(of: .settlement)
        else { return .none }
        return Settlement(
            byQuery: members["query"]?.flag() ?? false,
            byCallback: members["callback"]?.flag() ?? false,
            byAdapter: members["adapter"].flatMap(identifier),
            note: members["note"].flatMap(localised)
        )
    }

    func settings(_ node: ManifestNode) -> [SettingDeclaration] {
        (node.members() ?? []).compactMap { name, member in
            let isPlain = name.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F
            }
            if !isPlain || name.isEmpty {
                member.fail("a setting's name is lower-case letters, digits and underscores")
            }
            return setting(name, member)
        }
    }

    private func setting(_ name: String, _ node: ManifestNode) -> SettingDeclaration? {
        guard let members = node.members(of: .setting) else { return nil }
        let declaration = SettingDeclaration(
            name: name,
            kind: members["kind"]?.word(SettingDeclaration.Kind.self) ?? .text,
            isSecret: members["secret"]?.flag() ?? false,
            isRequired: members["required"]?.flag() ?? false,
            defaultValue: members["default"]?.text(),
            summary: members["summary"].flatMap(localised)
        )
        guard let value = declaration.defaultValue else { return declaration }
        if declaration.isSecret { members["default"]?.fail("a secret has no default") }
        if let objection = declaration.objection(to: value) {
            members["default"]?.fail("the default \(objection)")
        }
        return declaration
    }

    private func limits(_ node: ManifestNode) -> AdapterLimits {
        var limits = AdapterLimits.default
        guard let members = node.members(of: .limits) else { return limits }
        limits.concurrency =
            members["concurrency"]?.integer(in: AdapterLimits.concurrencyRange)
            ?? limits.concurrency
        limits.requestsPerSecond =
            members["requests_per_second"]?
            .number(in: Self.leastRate...AdapterLimits.highestRequestsPerSecond)
            ?? limits.requestsPerSecond
        limits.burst =
            members["burst"]?.integer(in: AdapterLimits.concurrencyRange) ?? limits.burst
        if let seconds = members["timeout_seconds"]?
            .integer(in: 1...AdapterLimits.longestTimeoutSeconds)
        {
            limits.timeout = .seconds(seconds)
        }
        limits.responseBytes =
            members["response_bytes"]?.integer(in: AdapterLimits.responseBytesRange)
            ?? limits.responseBytes
        limits.skewMarginSeconds =
            members["skew_margin_seconds"]?.integer(in: AdapterLimits.skewMarginRange)
            ?? limits.skewMarginSeconds
        limits.rateLimitHeaders = members["rate_limit_headers"].flatMap(rateLimitHeaders)
        return limits
    }

    private func rateLimitHeaders(_ node: ManifestNode) -> RateLimitHeaders? {
        guard let members = node.members(of: .rateLimitHeaders) else { return nil }
        let remaining = members["remaining"]?.nonEmptyText()
        let reset = members["reset"]?.nonEmptyText()
        let notation = members["reset_as"]?.word(RateLimitHeaders.Reset.self)
        guard let remaining, let reset, let notation else { return nil }
        return RateLimitHeaders(remaining: remaining, reset: reset, resetNotation: notation)
    }

    private func canaries(_ node: ManifestNode) -> [Canary] {
        let canaries = (node.elements() ?? []).compactMap(canary)
        if canaries.count > Canary.mostOfAnAdapter {
            node.fail("more than \(Canary.mostOfAnAdapter) canaries")
        }
        let names = canaries.map(\.name)
        if Set(names).count < names.count { node.fail("two canaries have one name") }
        return canaries
    }

    private func canary(_ node: ManifestNode) -> Canary? {
        guard let members = node.members(of: .canary) else { return nil }
        let name = members["name"]?.nonEmptyText()
        let key = members["key"]?.nonEmptyText()
        let expected = members["expect"]?.word(VerdictState.self)
        if let expected, !Self.canaryStates.contains(expected) {
            members["expect"]?.fail(
                "only codes that were never issued stand in a manifest: "
                    + Self.canaryStates.map(\.rawValue).joined(separator: " or ")
            )
        }
        guard let name, let key, let expected else { return nil }
        let serial = members["serial"]?.text().map { SerialNumber($0) }
        return Canary(
            name: name,
            code: CardCode(serial: serial, key: CardKey(key)),
            expected: expected
        )
    }

    /// The hand-written answer table of an adapter in Swift. A row may name several codes: a list
    /// that reads in Chinese as it stands there, but for its commas.
    func answers(_ node: ManifestNode) -> [AnswerMeaning] {
        (node.members() ?? []).compactMap { answer, member in
            let codes = answer.split(separator: ", ")
            let isList = codes.dropFirst().allSatisfy { !$0.contains(where: \.isLowercase) }
            let asWritten = LocalisedText(
                zhCN: isList ? codes.joined(separator: "、") : answer,
                en: answer
            )
            return described(member, insteadOf: asWritten).map {
                AnswerMeaning(
                    answer: answer,
                    words: $0.words,
                    state: $0.meaning.state,
                    cause: $0.meaning.cause
                )
            }
        }
    }
}

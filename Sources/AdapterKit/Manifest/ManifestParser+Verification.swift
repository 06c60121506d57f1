/// How answers prove that they are the issuer's.
extension ManifestParser {
    func verification(
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> AnswerVerification? {
        guard let word = scheme(AnswerVerification.Word.self, of: node),
            let members = node.members(of: .verification(word))
        else { return nil }
        let algorithm = members["algorithm"]?.word(VerifyingAlgorithm.self)
        let key = members["key"].flatMap { template($0, settings, in: .configuration) }
        if let algorithm { checkKey(of: algorithm, members) }
        let age = members["max_age_seconds"]?.integer(in: AnswerVerification.maximumAgeRange)
        let scheme: AnswerVerification.Scheme? =
            switch word {
            case .text: text(members, node, settings)
            case .httpSignature: httpSignature(members, settings)
            }
        let signedAt = members["signed_at"].flatMap(signedTime)
        if case .text(let string, _, _) = scheme {
            checkAge(age != nil, signedAt, string, members, node)
        }
        guard let algorithm, let scheme else { return nil }
        return AnswerVerification(
            scheme: scheme,
            algorithm: algorithm,
            key: key,
            keyNotation: members["key_as"]?.word(KeyNotation.self) ?? .text,
            longestAge: age.map { .seconds($0) },
            signedAt: signedAt
        )
    }

    private func checkKey(of algorithm: VerifyingAlgorithm, _ members: [String: ManifestNode]) {
        let hasKey = algorithm.shared?.hasKey ?? true
        if hasKey, members["key"] == nil {
            members["algorithm"]?.fail("`\(algorithm.rawValue)` needs a `key`")
        }
        if !hasKey, let key = members["key"] {
            key.fail("`\(algorithm.rawValue)` has no key: its secret stands in `string`")
        }
    }

    private func text(
        _ members: [String: ManifestNode],
        _ node: ManifestNode,
        _ settings: [SettingDeclaration]
    ) -> AnswerVerification.Scheme? {
        let string = members["string"].flatMap { template($0, settings, in: .signedAnswer) }
        let place = place(members, node)
        let notation =
            members["as"].map { $0.word(SignatureNotation.self) } ?? SignatureNotation.base64
        guard let string, let place, let notation else { return nil }
        return .text(string: string, place: place, notation: notation)
    }

    private func httpSignature(
        _ members: [String: ManifestNode],
        _ settings: [SettingDeclaration]
    ) -> AnswerVerification.Scheme? {
        let host = members["host"].flatMap { template($0, settings, in: .configuration) }
        return members["header"].flatMap(headerName).map { .httpSignature(header: $0, host: host) }
    }

    private func place(
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) -> AnswerVerification.Place? {
        switch (members["header"], members["path"]) {
        case (let header?, nil): return headerName(header).map { .header($0) }
        case (nil, let path?): return path.pointer().map { .body($0) }
        case (.some, .some), (nil, nil):
            node.fail("has either a `header` or a `path`")
            return nil
        }
    }

    private func signedTime(_ node: ManifestNode) -> SignedTime? {
        guard let members = node.members(of: .signedTime) else { return nil }
        let notation = members["as"]?.word(SignedTime.Notation.self)
        guard let place = place(members, node), let notation else { return nil }
        return SignedTime(place: place, notation: notation)
    }

    /// A time that is not signed protects from nothing.
    private func checkAge(
        _ hasAge: Bool,
        _ signedAt: SignedTime?,
        _ string: TextTemplate,
        _ members: [String: ManifestNode],
        _ node: ManifestNode
    ) {
        guard hasAge else {
            members["signed_at"]?.fail("says nothing without `max_age_seconds`")
            return
        }
        guard let signedAt else {
            if members["signed_at"] == nil { node.fail("`max_age_seconds` needs `signed_at`") }
            return
        }
        let covering: [TextTemplate.MessagePart] =
            switch signedAt.place {
            case .header(let name): [.responseHeader(name.lowercased())]
            case .body: [.responseBody, .responseBodyMD5, .responseBodySHA256]
            }
        let isCovered = string.parts.contains { part in
            if case .place(.message(let part), _) = part { covering.contains(part) } else { false }
        }
        if !isCovered { members["signed_at"]?.fail("is not part of the signed `string`") }
    }
}

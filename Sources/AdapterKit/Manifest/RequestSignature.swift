import CardModel
import WireFormat

/// A signature over a declared string that the request carries.
struct RequestSignature: Sendable, Hashable {
    enum Location: String, Sendable, Hashable, CaseIterable {
        case header, query, form
        /// A member of the JSON body's root object.
        case json
    }

    var algorithm: SigningAlgorithm
    /// Nil exactly for plain digests.
    var key: TextTemplate?
    var keyNotation: KeyNotation
    var string: TextTemplate
    var notation: SignatureNotation
    var location: Location
    /// Of the header, parameter, field or member.
    var name: String
    /// What stands there, with `{signature}`.
    var value: TextTemplate

    /// Puts the signature into a request that is otherwise complete.
    func sign(
        _ draft: inout RequestDraft,
        with values: TextTemplate.Values
    ) throws(AdapterError) {
        var values = values
        values.message = try draft.messageParts()
        guard let text = try string.filled(with: values) else { throw Self.missing }
        let signature = notation.text(
            algorithm.signature(of: Array(text.text.utf8), key: try keyBytes(values))
        )
        values.message[.signature] = signature
        // Whoever sees a digest of a secret can try secrets against it.
        draft.derivedSecrets.append(SecretValue(signature))
        guard let filled = try value.filled(with: values) else { throw Self.missing }
        let field = RequestDraft.Field(name: name, value: filled.text, isSecret: true)
        switch location {
        case .header: draft.headers.append(field.header)
        case .query: draft.query.append(field)
        case .form: try draft.appendToForm(field)
        case .json: try draft.appendToJSON(field)
        }
    }

    private func keyBytes(_ values: TextTemplate.Values) throws(AdapterError) -> [UInt8] {
        guard let key else { return [] }
        guard let filled = try key.filled(with: values) else { throw Self.missing }
        guard let bytes = keyNotation.bytes(filled.text) else {
            throw AdapterError(
                code: .settings,
                message: "the signing key is not written in \(keyNotation.rawValue)",
                cause: .ourAccount
            )
        }
        return bytes
    }

    private static let missing = AdapterError(
        code: .settings,
        message: "a value that the request's signature needs is not configured",
        cause: .ourAccount
    )
}

/// How the question is put.
extension ManifestShape {
    static let request = ManifestShape(
        "request",
        [
            .required("method", .word(RequestTemplate.Method.self), "The HTTP method."),
            .required("url", .template, "Begins with a setting of kind `url`."),
            .optional("query", .named(.template), "Parameters; values are percent-encoded."),
            .optional("headers", .named(.template), "Headers but for credentials."),
            .optional("json", .body, "A JSON body."),
            .optional("form", .named(.template), "A form body; values are percent-encoded."),
            .optional("xml", .body, "An XML body: one root element."),
        ]
    )

    static let authentications: [ManifestShape] =
        AuthenticationScheme.Word.allCases.map(authentication)

    static func authentication(_ scheme: AuthenticationScheme.Word) -> ManifestShape {
        let keys: [Key] =
            switch scheme {
            case .none: []
            case .header:
                [
                    .required("name", .text, "The header."),
                    .required("value", .template, "Its value."),
                ]
            case .bearer: [.required("token", .template, "The token.")]
            case .basic:
                [
                    .required("username", .template, "The user's name."),
                    .required("password", .template, "The password."),
                ]
            case .clientCredentials: clientCredentials
            case .signature: signature
            }
        return ManifestShape(
            "auth_\(scheme.rawValue)",
            [.required("scheme", .constant(scheme.rawValue), "Which scheme.")] + keys
        )
    }

    private static let clientCredentials: [Key] = [
        .required("token_url", .template, "Begins with a setting of kind `url`."),
        .required("client_id", .template, "Our client's id."),
        .required("client_secret", .template, "Our client's secret."),
        .optional("scope", .template, "Scopes, separated by spaces."),
        .optional("audience", .template, "The service the token is for."),
        .optional(
            "style",
            .word(ClientCredentials.Style.self),
            "How the credentials travel; `basic` when not said."
        ),
    ]

    private static let signature: [Key] = [
        .required("algorithm", .word(SigningAlgorithm.self), "The digest or HMAC."),
        .optional("key", .template, "The HMAC's key."),
        .optional("key_as", .word(KeyNotation.self), "How the key is written; `text`."),
        .required("string", .template, "What is signed."),
        .optional("as", .word(SignatureNotation.self), "How the signature is written; `hex`."),
        .required("in", .word(RequestSignature.Location.self), "Where it travels."),
        .required("name", .text, "The header, parameter, field or member that carries it."),
        .optional("value", .template, "What stands there; `{signature}`."),
    ]
}

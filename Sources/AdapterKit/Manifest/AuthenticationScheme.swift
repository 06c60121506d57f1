import CardModel
import WireFormat

/// How a manifest shows the issuer who is asking.
enum AuthenticationScheme: Sendable, Hashable {
    case none
    /// A header of the issuer's own, such as `X-Api-Key`.
    case header(name: String, value: TextTemplate)
    /// RFC 6750.
    case bearer(token: TextTemplate)
    /// RFC 7617, in UTF-8.
    case basic(username: TextTemplate, password: TextTemplate)
    /// RFC 6749 §4.4.
    case clientCredentials(ClientCredentialsTemplate)
    case signature(RequestSignature)

    /// The scheme's words in a manifest.
    enum Word: String, Sendable, CaseIterable {
        case none, header, bearer, basic
        case clientCredentials = "oauth2_client_credentials"
        case signature
    }

    /// Always marked secret. Empty when an optional credential is not configured.
    func headers(with values: TextTemplate.Values) throws(AdapterError) -> [OutboundHeader] {
        switch self {
        // A token is got, and a signature made, when the rest of the request is there.
        case .none, .clientCredentials, .signature: return []
        case .header(let name, let template):
            guard let value = try template.filled(with: values) else { return [] }
            return [OutboundHeader(name: name, value: value.text, isSecret: true)]
        case .bearer(let template):
            guard let token = try template.filled(with: values) else { return [] }
            return [Self.authorization("Bearer \(token.text)")]
        case .basic(let username, let password):
            guard let user = try username.filled(with: values),
                let secret = try password.filled(with: values)
            else { return [] }
            return [
                Self.authorization(BasicCredentials.headerValue(user: user.text, secret.text))
            ]
        }
    }

    private static func authorization(_ value: String) -> OutboundHeader {
        OutboundHeader(name: "Authorization", value: value, isSecret: true)
    }
}

/// An account at a token endpoint, as a manifest names it.
struct ClientCredentialsTemplate: Sendable, Hashable {
    var tokenURL: TextTemplate
    var clientID: TextTemplate
    var clientSecret: TextTemplate
    var scope: TextTemplate?
    var audience: TextTemplate?
    var style: ClientCredentials.Style

    func credentials(with values: TextTemplate.Values) throws(AdapterError) -> ClientCredentials {
        guard let tokenURL = try tokenURL.filled(with: values, encodesFirstPlace: false),
            let clientID = try clientID.filled(with: values),
            let clientSecret = try clientSecret.filled(with: values)
        else {
            throw AdapterError(
                code: .settings,
                message: "the account at the authorization server is not configured",
                cause: .ourAccount
            )
        }
        return ClientCredentials(
            tokenURL: tokenURL.text,
            clientID: clientID.text,
            clientSecret: SecretValue(clientSecret.text),
            scope: try scope?.filled(with: values)?.text,
            audience: try audience?.filled(with: values)?.text,
            style: style
        )
    }
}

/// The `Authorization` value of HTTP Basic (RFC 7617).
public enum BasicCredentials {
    /// `Basic` and the base64 of `user:password` in UTF-8.
    public static func headerValue(user: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }
}

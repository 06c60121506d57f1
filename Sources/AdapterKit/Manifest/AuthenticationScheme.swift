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

    /// The scheme's words in a manifest.
    enum Word: String, CaseIterable {
        case none, header, bearer, basic
    }

    /// Always marked secret. Empty when an optional credential is not configured.
    func headers(with values: TextTemplate.Values) throws(AdapterError) -> [OutboundHeader] {
        switch self {
        case .none: return []
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

/// The `Authorization` value of HTTP Basic (RFC 7617).
public enum BasicCredentials {
    /// `Basic` and the base64 of `user:password` in UTF-8.
    public static func headerValue(user: String, _ password: String) -> String {
        "Basic " + Base64.encode(Array("\(user):\(password)".utf8))
    }
}

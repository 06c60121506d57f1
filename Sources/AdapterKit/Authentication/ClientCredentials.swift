import WireFormat

/// Our account at an issuer's authorization server: OAuth 2.0 client credentials (RFC 6749 §4.4).
public struct ClientCredentials: Sendable {
    /// How the credentials travel to the token endpoint.
    public enum Style: String, Sendable, Hashable, CaseIterable {
        /// A form, the credentials in HTTP Basic: what RFC 6749 §2.3.1 requires of every server.
        case basic
        /// A form that holds the credentials, too.
        case form
        /// One JSON object that holds everything. No standard, but what some issuers take.
        case json
    }

    public var tokenURL: String
    public var clientID: String
    public var clientSecret: SecretValue
    /// Scopes, separated by spaces; nil asks for what the server gives by default.
    public var scope: String?
    /// The service the token is for, where the server serves several.
    public var audience: String?
    public var style: Style

    public init(
        tokenURL: String,
        clientID: String,
        clientSecret: SecretValue,
        scope: String? = nil,
        audience: String? = nil,
        style: Style = .basic
    ) {
        self.tokenURL = tokenURL
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.scope = scope
        self.audience = audience
        self.style = style
    }

    /// The request that gets a token.
    func tokenRequest(timeout: Duration) -> OutboundRequest {
        var headers = [
            OutboundHeader(name: "Accept", value: "application/json"),
            OutboundHeader(name: "Content-Type", value: contentType),
        ]
        if style == .basic {
            // RFC 6749 §2.3.1: both are form-encoded before they are joined by a colon.
            let value = BasicCredentials.headerValue(
                user: URLSyntax.percentEncoded(clientID),
                clientSecret.withUnredacted(URLSyntax.percentEncoded)
            )
            headers.append(OutboundHeader(name: "Authorization", value: value, isSecret: true))
        }
        return OutboundRequest(
            method: "POST",
            url: SecretURL(tokenURL),
            headers: headers,
            body: body,
            timeout: timeout,
            responseBytesLimit: AccessToken.longestAnswerBytes
        )
    }

    private var contentType: String {
        style == .json ? "application/json" : FormEncoding.mediaType
    }

    private var body: [UInt8] {
        var fields: [(name: String, value: String)] = [("grant_type", "client_credentials")]
        if style != .basic {
            fields.append(("client_id", clientID))
            fields.append(("client_secret", clientSecret.withUnredacted { $0 }))
        }
        if let scope { fields.append(("scope", scope)) }
        if let audience { fields.append(("audience", audience)) }
        guard style == .json else {
            return Array(FormEncoding.text(fields).utf8)
        }
        let members = fields.map { JSONObject.Member(name: $0.name, value: .string($0.value)) }
        return JSONValue.object(JSONObject(members)).serialized()
    }
}

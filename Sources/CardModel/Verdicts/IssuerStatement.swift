public import WireFormat

/// What the issuer said in its own words, kept beside every verdict.
public struct IssuerStatement: Sendable, Hashable {
    /// The issuer's code, as text: numeric codes are strings.
    public var code: String?

    /// The issuer's sentence, scrubbed of the key.
    public var text: String?

    /// The issuer's event time: first use, expiry, revocation. Not the time of the answer.
    public var at: Instant?

    public init(code: String? = nil, text: String? = nil, at: Instant? = nil) {
        self.code = code
        self.text = text
        self.at = at
    }
}

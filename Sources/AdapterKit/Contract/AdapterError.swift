public import CardModel

/// Why an issuer could not be asked, or gave no answer. The gateway records `indeterminate`.
///
/// The message never holds a key, a URL's path or query, a header or a body.
public struct AdapterError: Error, Sendable, CustomStringConvertible {
    /// An open list of stable words.
    public struct Code: Sendable, Hashable, RawRepresentable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// The request never reached the issuer, or its answer never reached us.
        public static let transport = Code(rawValue: "transport")
        /// The operator's settings do not make a valid request.
        public static let settings = Code(rawValue: "settings")
        /// The authorization server gave no access token.
        public static let authorization = Code(rawValue: "authorization")
        /// The inquiry lacks what this issuer's protocol needs.
        public static let inquiry = Code(rawValue: "inquiry")
    }

    public var code: Code
    /// What went wrong and what to do, for the operator.
    public var message: String
    public var cause: IndeterminateCause
    /// Attempts that were made before giving up, scrubbed.
    public var transcripts: [Transcript]
    public var retryAfter: Duration?
    /// False only when the issuer cannot have seen the request: then nothing happened to the code.
    public var mayHaveReachedIssuer: Bool

    public init(
        code: Code,
        message: String,
        cause: IndeterminateCause,
        transcripts: [Transcript] = [],
        retryAfter: Duration? = nil,
        mayHaveReachedIssuer: Bool = false
    ) {
        self.code = code
        self.message = message
        self.cause = cause
        self.transcripts = transcripts
        self.retryAfter = retryAfter
        self.mayHaveReachedIssuer = mayHaveReachedIssuer
    }

    public var description: String { "\(code.rawValue) (\(cause.rawValue)): \(message)" }
}

import CardModel
public import WireFormat

/// A bearer token (RFC 6750) as a token endpoint gave it.
public struct AccessToken: Sendable {
    public let value: SecretValue
    /// When it is fetched anew: before the server stops taking it.
    public let freshUntil: Instant
    /// Tells two fetches of one source apart; servers may give the same token twice.
    let number: Int
    /// What finds the token in an exchange, made ready once.
    let patterns: SecretPatterns

    init(value: String, freshUntil: Instant, number: Int) {
        self.value = SecretValue(value)
        self.freshUntil = freshUntil
        self.number = number
        patterns = SecretPatterns(SecretSpellings([self.value]))
    }

    /// The header that shows it.
    public var header: OutboundHeader {
        OutboundHeader(
            name: "Authorization",
            value: value.withUnredacted { "Bearer \($0)" },
            isSecret: true
        )
    }

    /// Longest token that is taken, in bytes.
    static let longestBytes = 8192
    /// Longest answer of a token endpoint that is read, in bytes.
    static let longestAnswerBytes = 64 << 10
    /// A token is given up this long before its end, so that none ends on the way.
    static let margin: Duration = .seconds(60)
    /// Short-lived tokens are used for this part of their life at least.
    static let leastUsedShare = 0.5
    /// Life of a token whose end the server does not tell (RFC 6749 §5.1 leaves it open).
    static let assumedLife: Duration = .seconds(300)
    /// A token is fetched anew at least daily, whatever the server says.
    static let longestLife: Duration = .seconds(86_400)

    /// How long a token may be used that lives for `life`.
    static func use(of life: Duration) -> Duration {
        let bounded = min(life, longestLife)
        return max(bounded - margin, bounded * leastUsedShare)
    }
}

/// A token endpoint's answer (RFC 6749 §5).
struct TokenAnswer {
    let token: String
    let life: Duration

    /// Why an answer brings no token.
    struct Refusal: Error {
        var cause: IndeterminateCause
        /// Names the status or the fault; quotes nothing.
        var text: String
        var retryAfter: Duration?
    }

    /// Statuses that speak of our credentials or the address we were given.
    private static let refusals = 400...405

    init(_ response: OutboundResponse, askedAt: Instant) throws(Refusal) {
        let screening = AnswerScreening(mediaTypes: ["application/json", "+json"])
        if let objection = screening.objection(toStatusOf: response, askedAt: askedAt) {
            throw Refusal(
                cause: objection.cause,
                text: objection.text,
                retryAfter: objection.retryAfter
            )
        }
        // Whatever the body says: who asks with good credentials at the right address gets a token,
        // and a token comes with 200 (RFC 6749 §5.1).
        guard response.status == 200 else {
            throw Refusal(
                cause: Self.refusals.contains(response.status) ? .ourAccount : .malformedAnswer,
                text: "HTTP \(response.status): check address, client id, secret and scope"
            )
        }
        if let objection = screening.objection(toMediaTypeOf: response) {
            throw Refusal(cause: objection.cause, text: objection.text)
        }
        guard let json = try? JSONValue.parse(response.body),
            let token = json["access_token"]?.stringValue, Self.isToken(token),
            json["token_type"]?.stringValue?.lowercased() == "bearer"
        else { throw Refusal(cause: .malformedAnswer, text: "the answer holds no bearer token") }
        self.token = token
        life = Self.life(json["expires_in"])
    }

    /// Printable ASCII without blanks: it becomes a header.
    private static func isToken(_ text: String) -> Bool {
        (1...AccessToken.longestBytes).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Seconds, as a number or (against the standard, but seen) as text.
    private static func life(_ value: JSONValue?) -> Duration {
        guard let seconds = value?.lexeme.flatMap({ Int64($0) }), seconds > 0 else {
            return AccessToken.assumedLife
        }
        return .seconds(min(seconds, AccessToken.longestLife.components.seconds))
    }

    /// What of an answer may be kept: all but the tokens. A body in which they cannot be found is
    /// withheld as a whole.
    static func keptBody(_ response: OutboundResponse) -> [UInt8] {
        if response.body.isEmpty { return [] }
        guard case .object(var object) = try? JSONValue.parse(response.body) else {
            return Array("[\(response.body.count) bytes of a token endpoint not kept]".utf8)
        }
        for index in object.members.indices
        where !shownMembers.contains(object.members[index].name) {
            object.members[index].value = .string(Scrubber.mark)
        }
        return JSONValue.object(object).serialized()
    }

    private static let shownMembers: Set<String> = [
        "error", "error_description", "error_uri", "expires_in", "scope", "token_type",
    ]
}

import CardModel
import WireFormat

/// Gets bearer tokens by client credentials and keeps the newest for all workers.
///
/// However many ask at once, one request is on its way. A token is used until shortly before the
/// end the server named. There is no clock here: time comes with the question. Adapters do not
/// call this; they hand it to `IssuerConversation.exchange(_:authorizedBy:…)`.
public actor AccessTokenSource {
    private let credentials: ClientCredentials
    private let timeout: Duration
    private var current: AccessToken?
    private var flight: Task<Delivery, Never>?
    private var fetches = 0

    /// - Parameter timeout: deadline of one request for a token.
    public init(
        _ credentials: ClientCredentials,
        timeout: Duration = AdapterLimits.default.timeout
    ) {
        self.credentials = credentials
        self.timeout = timeout
    }

    /// A token, and the exchanges that brought it.
    struct Delivery: Sendable {
        var token: Result<AccessToken, AdapterError>
        /// Scrubbed; empty for whoever found the token there or waited for another's request.
        var transcripts: [Transcript]
    }

    /// A token that is fresh `now`, other than `rejected`.
    func delivery(
        at now: Instant,
        rejected: AccessToken?,
        scrubber: Scrubber,
        transport: any HTTPTransport
    ) async -> Delivery {
        if let flight {
            var delivery = await flight.value
            delivery.transcripts = []
            return delivery
        }
        if let current, now < current.freshUntil, current.number != rejected?.number {
            return Delivery(token: .success(current), transcripts: [])
        }
        let conversation = IssuerConversation(
            startingAt: now,
            scrubber: scrubber,
            transport: transport
        )
        let task = Task { await self.fetch(conversation, at: now) }
        flight = task
        return await task.value
    }

    private func fetch(_ conversation: IssuerConversation, at now: Instant) async -> Delivery {
        var conversation = conversation
        fetches += 1
        let number = fetches
        let token: Result<AccessToken, AdapterError>
        do throws(AdapterError) {
            token = .success(try await ask(&conversation, at: now, number: number))
        } catch {
            token = .failure(error)
        }
        current = try? token.get()
        flight = nil
        return Delivery(token: token, transcripts: conversation.transcripts)
    }

    private func ask(
        _ conversation: inout IssuerConversation,
        at now: Instant,
        number: Int
    ) async throws(AdapterError) -> AccessToken {
        conversation.alsoScrub(credentials.clientSecret)
        let response = try await conversation.exchange(
            credentials.tokenRequest(timeout: timeout),
            label: Self.label,
            retrySafe: true,
            keptBody: TokenAnswer.keptBody
        )
        do throws(TokenAnswer.Refusal) {
            let answer = try TokenAnswer(response, askedAt: now)
            let token = AccessToken(
                value: answer.token,
                freshUntil: now + AccessToken.use(of: answer.life),
                number: number
            )
            conversation.alsoScrub(token)
            return token
        } catch {
            throw AdapterError(
                code: .authorization,
                message: "no access token from the authorization server: \(error.text)",
                cause: error.cause,
                retryAfter: error.retryAfter
            )
        }
    }

    private static let label = "access token"
}

extension IssuerConversation {
    /// Sends one request with a bearer token of `source` in its `Authorization` header.
    ///
    /// When the issuer refuses the token with 401, the request is sent once more with a new one:
    /// what was refused was not carried out. The token is taken out of everything that is kept.
    ///
    /// - Throws: `AdapterError`; with the code `authorization` when there is no token to be had.
    public mutating func exchange(
        _ request: OutboundRequest,
        authorizedBy source: AccessTokenSource,
        label: String,
        retrySafe: Bool,
        keptBody: (OutboundResponse) -> [UInt8] = { $0.body }
    ) async throws(AdapterError) -> OutboundResponse {
        let token = try await self.token(of: source, rejected: nil)
        let response = try await exchange(
            request.adding(token.header),
            label: label,
            retrySafe: retrySafe,
            keptBody: keptBody
        )
        guard response.status == 401 else { return response }
        let fresh = try await self.token(of: source, rejected: token)
        return try await exchange(
            request.adding(fresh.header),
            label: label,
            retrySafe: retrySafe,
            keptBody: keptBody
        )
    }
}

extension OutboundRequest {
    func adding(_ header: OutboundHeader) -> OutboundRequest {
        var request = self
        request.headers.append(header)
        return request
    }
}

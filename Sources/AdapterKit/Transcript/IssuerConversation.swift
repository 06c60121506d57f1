public import CardModel
public import WireFormat

/// The exchanges of one inquiry: sends, retries where that is safe, and writes everything down
/// scrubbed. Every adapter that speaks HTTP speaks through one of these.
public struct IssuerConversation {
    /// Requests of one step at most: the first, and one more where asking again is safe. Longer
    /// patience belongs to the gateway's schedule.
    public static let longestAttempts = 2

    /// What was said so far, scrubbed.
    public private(set) var transcripts: [Transcript] = []
    /// What the newest answer's rate limit headers said.
    public private(set) var allowance: RequestAllowance?

    private let transport: any HTTPTransport
    private var scrubber: Scrubber
    private let rateLimitHeaders: RateLimitHeaders?
    private var mayHaveReachedIssuer = false
    /// When the next request is taken to go out: the time of asking plus what went by on the wire.
    private var now: Instant

    public init(
        inquiry: Inquiry,
        scrubber: Scrubber,
        transport: any HTTPTransport,
        rateLimitHeaders: RateLimitHeaders? = nil
    ) {
        self.init(
            startingAt: inquiry.askedAt,
            scrubber: scrubber,
            transport: transport,
            rateLimitHeaders: rateLimitHeaders
        )
    }

    /// A conversation that is about no single code.
    public init(
        startingAt now: Instant,
        scrubber: Scrubber,
        transport: any HTTPTransport,
        rateLimitHeaders: RateLimitHeaders? = nil
    ) {
        self.transport = transport
        self.scrubber = scrubber
        self.rateLimitHeaders = rateLimitHeaders
        self.now = now
    }

    /// Sends one request.
    ///
    /// - Parameters:
    ///   - label: what is asked, in the protocol's words.
    ///   - retrySafe: asking twice is the same as asking once. Without it a request is repeated
    ///     only when it cannot have reached the issuer.
    ///   - keptBody: takes personal data out of an answer before it is kept; keys and credentials
    ///     are taken out in any case.
    /// - Throws: `AdapterError` when no whole answer came.
    public mutating func exchange(
        _ request: OutboundRequest,
        label: String,
        retrySafe: Bool,
        keptBody: (OutboundResponse) -> [UInt8] = { $0.body }
    ) async throws(AdapterError) -> OutboundResponse {
        var attempt = 1
        while true {
            do throws(TransportError) {
                let response = try await transport.send(request)
                mayHaveReachedIssuer = true
                try Self.refuseOversized(response, limit: request.responseBytesLimit)
                keep(request, response, keptBody(response), nil, label)
                now = now + response.timings.total
                allowance =
                    rateLimitHeaders?.allowance(in: response, answeredAt: now) ?? allowance
                return response
            } catch {
                keep(request, nil, [], error.code, label)
                mayHaveReachedIssuer = mayHaveReachedIssuer || error.requestWasSent
                let mayRepeat = Self.isTransient(error.code) && (retrySafe || !error.requestWasSent)
                guard mayRepeat, attempt < Self.longestAttempts else { throw failure(error, label) }
                attempt += 1
            }
        }
    }

    /// Takes a secret that came up on the way (a session, a token) out of everything that is kept,
    /// from now on and in what was kept before.
    public mutating func alsoScrub(_ secret: SecretValue) {
        alsoScrub(by: scrubber.adding(secret))
    }

    mutating func alsoScrub(_ token: AccessToken) {
        alsoScrub(by: scrubber.adding(token.patterns))
    }

    private mutating func alsoScrub(by scrubber: Scrubber) {
        self.scrubber = scrubber
        transcripts = transcripts.map { $0.scrubbed(by: scrubber) }
    }

    /// A token of `source`; the exchanges that bring it stand among this conversation's.
    mutating func token(
        of source: AccessTokenSource,
        rejected: AccessToken?
    ) async throws(AdapterError) -> AccessToken {
        let delivery = await source.delivery(
            at: now,
            rejected: rejected,
            scrubber: scrubber,
            transport: transport
        )
        transcripts += delivery.transcripts
        switch delivery.token {
        case .success(let token):
            alsoScrub(token)
            return token
        case .failure(var error):
            // The token endpoint was told nothing of the code.
            error.mayHaveReachedIssuer = mayHaveReachedIssuer
            error.transcripts = transcripts
            throw error
        }
    }

    /// The issuer's own words, scrubbed (it may echo a key) and bounded.
    public func statement(code: String?, text: String?, at: Instant? = nil) -> IssuerStatement {
        scrubber.statement(code: code, text: text, at: at)
    }

    /// What the issuer tells of the code beside value and days, bounded and without secrets.
    public func attributes(
        _ told: some Sequence<(name: String, value: String)>
    ) -> CodeAttributes {
        scrubber.attributes(told)
    }

    private mutating func keep(
        _ request: OutboundRequest,
        _ response: OutboundResponse?,
        _ body: [UInt8],
        _ failure: TransportError.Code?,
        _ label: String
    ) {
        transcripts.append(
            Transcript(
                label: label,
                request: request,
                response: response,
                keptBody: body,
                failure: failure,
                sentAt: now,
                scrubber: scrubber
            )
        )
    }

    private func failure(_ error: TransportError, _ label: String) -> AdapterError {
        AdapterError(
            code: .transport,
            message: "\(label): \(scrubber.visible(error.message, InquiryResult.longestIssuerText))"
                + " (\(error.code.rawValue))",
            cause: error.indeterminateCause,
            transcripts: transcripts,
            mayHaveReachedIssuer: mayHaveReachedIssuer
        )
    }

    /// A transport that forgot its limit does not get its answer judged.
    private static func refuseOversized(
        _ response: OutboundResponse,
        limit: Int
    ) throws(TransportError) {
        guard response.body.count > limit else { return }
        throw TransportError(
            code: .bodyTooLarge,
            message: "the answer is longer than \(limit) bytes",
            requestWasSent: true
        )
    }

    /// Whether a second try may go better. A refused address or certificate stays refused, and
    /// what was cancelled is not wanted any more.
    private static func isTransient(_ code: TransportError.Code) -> Bool {
        switch code {
        case .timedOut, .connectFailed, .connectionBroken, .resolveFailed: true
        case .refusedAddress, .untrustedCertificate, .bodyTooLarge, .cancelled, .badRequest: false
        }
    }
}

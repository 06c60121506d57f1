import CardModel

/// What an adapter made of one question, whichever way it ended.
struct ConformanceOutcome: Sendable {
    var state: VerdictState
    var cause: IndeterminateCause?
    var retryAfter: Duration?
    var result: InquiryResult?
    var disposition: RedemptionAnswer.Disposition?
    var acknowledgement: [UInt8]?
    var refusal: CallbackRefusal.Reason?
    /// Of a question that ended in an error.
    var mayHaveReachedIssuer: Bool?
    var transcripts: [Transcript] = []
    var requests: [OutboundRequest] = []
    /// Everything that may end up in a log, a record or an answer.
    var words: [String] = []

    /// Puts a question over a scripted issuer.
    static func of(
        _ question: ConformanceFixture.Question,
        _ adapter: any IssuerAdapter,
        _ script: @escaping ScriptedIssuer.Script
    ) async -> ConformanceOutcome {
        let issuer = ScriptedIssuer(script)
        var outcome = await of(question, adapter, using: issuer)
        outcome.requests = await issuer.requests
        outcome.words += outcome.requests.flatMap { request in
            ["\(request)", String(reflecting: request), request.url.redacted]
                + request.headers.map { "\($0)" }
        }
        return outcome
    }

    /// Puts a question over any transport.
    static func of(
        _ question: ConformanceFixture.Question,
        _ adapter: any IssuerAdapter,
        using transport: any HTTPTransport
    ) async -> ConformanceOutcome {
        var outcome: ConformanceOutcome
        do {
            outcome = try await asked(question, adapter, transport)
        } catch let error as AdapterError {
            outcome = ConformanceOutcome(error)
        } catch let refusal as CallbackRefusal {
            outcome = ConformanceOutcome(state: .indeterminate)
            outcome.refusal = refusal.reason
            outcome.words = ["\(refusal)", String(reflecting: refusal)]
        } catch {
            outcome = ConformanceOutcome(state: .indeterminate)
        }
        outcome.words += outcome.transcripts.flatMap { transcript in
            [
                transcript.label, String(decoding: transcript.requestBytes, as: UTF8.self),
                String(decoding: transcript.responseBytes, as: UTF8.self),
            ]
        }
        return outcome
    }

    private static func asked(
        _ question: ConformanceFixture.Question,
        _ adapter: any IssuerAdapter,
        _ transport: any HTTPTransport
    ) async throws -> ConformanceOutcome {
        switch question {
        case .inquire(let inquiry):
            return ConformanceOutcome(try await adapter.inquire(inquiry, using: transport))
        case .redeem(let order):
            guard let adapter = adapter as? any RedeemingAdapter else { throw unsupported }
            return ConformanceOutcome(try await adapter.redeem(order, using: transport))
        case .query(let order):
            guard let adapter = adapter as? any OrderQueryingAdapter else { throw unsupported }
            return ConformanceOutcome(try await adapter.query(order, using: transport))
        case .callback(let callback, let order):
            guard let adapter = adapter as? any CallbackReadingAdapter else { throw unsupported }
            let reading = try adapter.read(callback, about: order)
            var outcome = ConformanceOutcome(reading.answer)
            outcome.acknowledgement = reading.acknowledgement.body
            return outcome
        }
    }

    private static let unsupported = AdapterError(
        code: .settings,
        message: "the adapter does not conform to the protocol of this question",
        cause: .notSupportedByIssuer
    )

    private init(state: VerdictState) {
        self.state = state
    }

    private init(_ result: InquiryResult) {
        var shown = result
        shown.transcripts = []
        state = result.state
        cause = result.cause
        retryAfter = result.retryAfter
        self.result = result
        transcripts = result.transcripts
        words = ["\(shown)", String(reflecting: shown)]
    }

    private init(_ answer: RedemptionAnswer) {
        self.init(answer.result)
        disposition = answer.disposition
    }

    private init(_ error: AdapterError) {
        var shown = error
        shown.transcripts = []
        state = .indeterminate
        cause = error.cause
        retryAfter = error.retryAfter
        mayHaveReachedIssuer = error.mayHaveReachedIssuer
        transcripts = error.transcripts
        words = ["\(error)", String(reflecting: shown)]
    }
}

import CardModel

/// What an adapter made of one question, whichever way it ended.
struct ConformanceOutcome: Sendable {
    var state: VerdictState
    var cause: IndeterminateCause?
    var retryAfter: Duration?
    var result: InquiryResult?
    var transcripts: [Transcript]
    var requests: [OutboundRequest]
    /// Everything that may end up in a log, a record or an answer.
    var words: [String]

    /// Asks once.
    static func ask(
        _ adapter: any IssuerAdapter,
        _ inquiry: Inquiry,
        _ script: @escaping ScriptedIssuer.Script
    ) async -> ConformanceOutcome {
        let issuer = ScriptedIssuer(script)
        var outcome: ConformanceOutcome
        do {
            outcome = of(try await adapter.inquire(inquiry, using: issuer))
        } catch {
            outcome = of(error)
        }
        outcome.requests = await issuer.requests
        outcome.words += outcome.requests.flatMap { request in
            ["\(request)", String(reflecting: request), request.url.redacted]
                + request.headers.map { "\($0)" }
        }
        outcome.words += outcome.transcripts.flatMap { transcript in
            [
                transcript.label, String(decoding: transcript.requestBytes, as: UTF8.self),
                String(decoding: transcript.responseBytes, as: UTF8.self),
            ]
        }
        return outcome
    }

    private static func of(_ result: InquiryResult) -> ConformanceOutcome {
        var shown = result
        shown.transcripts = []
        return ConformanceOutcome(
            state: result.state,
            cause: result.cause,
            retryAfter: result.retryAfter,
            result: result,
            transcripts: result.transcripts,
            requests: [],
            words: ["\(shown)", String(reflecting: shown)]
        )
    }

    private static func of(_ error: AdapterError) -> ConformanceOutcome {
        var shown = error
        shown.transcripts = []
        return ConformanceOutcome(
            state: .indeterminate,
            cause: error.cause,
            retryAfter: error.retryAfter,
            result: nil,
            transcripts: error.transcripts,
            requests: [],
            words: ["\(error)", String(reflecting: shown)]
        )
    }
}

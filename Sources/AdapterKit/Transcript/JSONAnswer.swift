public import CardModel
public import WireFormat

/// An answer in JSON that passed the screening, for adapters in Swift.
public struct JSONAnswer: Sendable {
    /// Its status is 2xx, or 4xx but 408 and 429.
    public let response: OutboundResponse
    public let json: JSONValue

    /// What JSON services answer with, and any `+json` type.
    public static let mediaTypes = ["application/json", "+json"]

    /// Reads an answer.
    ///
    /// - Throws: `AnswerScreening.Objection` when it decides nothing.
    public init(
        _ response: OutboundResponse,
        askedAt: Instant
    ) throws(AnswerScreening.Objection) {
        let screening = AnswerScreening(mediaTypes: Self.mediaTypes)
        if let objection = screening.objection(toStatusOf: response, askedAt: askedAt)
            ?? screening.objection(toMediaTypeOf: response)
        {
            throw objection
        }
        guard let json = Self.parsed(response.body) else {
            throw AnswerScreening.unreadable(response, "the body is not valid JSON")
        }
        self.response = response
        self.json = json
    }

    /// JSON of an issuer; nil for anything else. The transport held the body to the adapter's own
    /// limit already.
    public static func parsed(_ bytes: [UInt8]) -> JSONValue? {
        let limits = JSONLimits(
            depth: JSONLimits.default.depth,
            bytes: AdapterLimits.responseBytesRange.upperBound
        )
        return try? JSONValue.parse(bytes, limits: limits)
    }

    public var status: Int { response.status }

    /// The value at an RFC 6901 pointer; nil when nothing or null stands there.
    public subscript(pointer: String) -> JSONValue? {
        guard let value = json.value(atPointer: pointer), !value.isNull else { return nil }
        return value
    }

    /// Why an answer that no rule knows decides nothing: a refusal of ours reads differently from
    /// a word that nobody mapped.
    public var unmappedCause: IndeterminateCause {
        [401, 403, 407].contains(status) ? .ourAccount : .unmapped
    }
}

extension AnswerScreening.Objection: Error {}

extension IssuerConversation {
    /// Puts one question whose answer is JSON, for adapters in Swift.
    ///
    /// - Parameters:
    ///   - keptBody: takes personal data out of the answer before it is kept.
    ///   - reading: what an answer that passed the screening means.
    /// - Throws: `AdapterError` when no whole answer came.
    public mutating func ask(
        _ request: OutboundRequest,
        label: String,
        retrySafe: Bool,
        askedAt: Instant,
        keptBody: (OutboundResponse) -> [UInt8] = { $0.body },
        reading: (JSONAnswer, IssuerConversation) -> InquiryResult
    ) async throws(AdapterError) -> InquiryResult {
        let response = try await exchange(
            request,
            label: label,
            retrySafe: retrySafe,
            keptBody: keptBody
        )
        var result: InquiryResult
        do throws(AnswerScreening.Objection) {
            result = reading(try JSONAnswer(response, askedAt: askedAt), self)
        } catch {
            result = undecided(error)
        }
        result.transcripts = transcripts
        result.allowance = allowance
        return result
    }
}

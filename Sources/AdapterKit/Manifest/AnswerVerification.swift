import CardModel
import WireFormat

/// How the answers of an issuer prove that they come from it.
struct AnswerVerification: Sendable, Hashable {
    enum Word: String, Sendable, CaseIterable {
        case text
        case httpSignature = "http_signature"
    }

    enum Scheme: Sendable, Hashable {
        /// A signature over a declared string.
        case text(string: TextTemplate, place: Place, notation: SignatureNotation)
        /// draft-cavage-http-signatures over the answer.
        case httpSignature(header: String, host: TextTemplate?)
    }

    enum Place: Sendable, Hashable {
        case header(String)
        case body(String)
    }

    var scheme: Scheme
    var algorithm: VerifyingAlgorithm
    /// Nil exactly for plain digests.
    var key: TextTemplate?
    var keyNotation: KeyNotation
    /// How far the signed time may lie from ours; nil when it does not matter.
    var longestAge: Duration?
    var signedAt: SignedTime?

    /// Bounds of `max_age_seconds`: a day is no protection against replay any more.
    static let maximumAgeRange = 1...86_400

    /// What verifies the answer to one request; nil when no key is configured and none is required.
    ///
    /// - Throws: `AdapterError` when the configured key is none.
    func verifier(
        for request: OutboundRequest,
        _ values: TextTemplate.Values
    ) throws(AdapterError) -> AnswerVerifier? {
        var text = ""
        if let key {
            guard let filled = try key.filled(with: values) else { return nil }
            text = filled.text
        }
        guard let key = VerifyingKey(text, for: algorithm, notation: keyNotation) else {
            throw AdapterError(
                code: .settings,
                message: "the key that verifies answers is no \(algorithm.rawValue) key",
                cause: .ourAccount
            )
        }
        return AnswerVerifier(
            verification: self,
            key: key,
            request: request,
            values: values
        )
    }
}

/// A time that a signature covers.
struct SignedTime: Sendable, Hashable {
    enum Notation: String, Sendable, Hashable, CaseIterable {
        case httpDate = "http_date"
        case rfc3339
        case unixSeconds = "unix_seconds"
        case unixMilliseconds = "unix_milliseconds"
    }

    var place: AnswerVerification.Place
    var notation: Notation

    func instant(in answer: ReadableAnswer) -> Instant? {
        guard let text = answer.text(at: place) else { return nil }
        switch notation {
        case .httpDate: return HTTPDate.instant(text)
        case .rfc3339: return Instant(rfc3339: text)
        case .unixSeconds: return Self.instant(text, unitsPerSecond: 1)
        case .unixMilliseconds: return Self.instant(text, unitsPerSecond: 1000)
        }
    }

    private static func instant(_ text: String, unitsPerSecond: Int64) -> Instant? {
        guard let number = Int64(text), (0...largestSeconds * unitsPerSecond).contains(number)
        else { return nil }
        return Instant(millisecondsSinceEpoch: number * (1000 / unitsPerSecond))
    }

    /// Year 9999 in seconds.
    private static let largestSeconds: Int64 = 253_402_300_799
}

extension ReadableAnswer {
    func text(at place: AnswerVerification.Place) -> String? {
        switch place {
        case .header(let name): response.header(name)
        case .body(let pointer): text(at: pointer)
        }
    }
}

import CardModel
import WireFormat

/// How a manifest reads an answer: rules tried in order, the first that fits decides.
struct ResponseMapping: Sendable, Hashable {
    var format: AnswerFormat
    /// Media types of a readable answer.
    var mediaTypes: [String]
    /// Nil when answers are not signed.
    var verification: AnswerVerification?
    var rules: [AnswerRule]
    /// Where the issuer's own code and text stand.
    var issuerCode: String?
    var issuerText: String?
    /// Where the issuer repeats the serial or the key it speaks about.
    var echoedSerial: String?
    var echoedKey: String?
    /// Where the issuer repeats the question's nonce; then it must.
    var echoedNonce: String?
    var provenance: ProvenanceComparison?
    var expiry: ExpiryExtraction?
    var value: ValueExtraction?
    var firstUse: TimeExtraction?
    var history: HistoryExtraction?
    var balanceUntil: TimeExtraction?
    var term: TermExtraction?
    /// Pointers by the attribute's name.
    var attributes: [String: String]
    /// Where the last user of the code stands, and what was noticed of sign-ins.
    var usedBy: String?
    var loginAnomaly: String?
    /// Pointers to personal data that is taken out before the answer is kept.
    var scrubbedPointers: [String]
}

/// One rule: every condition must hold.
struct AnswerRule: Sendable, Hashable {
    /// Never a redirect, 429 or 5xx: those speak of the issuer, not of the code.
    var statuses: Set<Int>
    var conditions: [Condition]
    /// The conditions for people: the manifest's own words, or the conditions as written.
    var words: LocalisedText
    var outcome: Outcome

    enum Outcome: Sendable, Hashable {
        case decided(WordMeaning)
        /// Fits only when the code at the table's path stands in the table.
        case table(CodeTable)
    }

    struct Condition: Sendable, Hashable {
        enum Source: Sendable, Hashable {
            /// Pointer into the body.
            case body(String)
            /// A header, in any case.
            case header(String)
        }

        var source: Source
        var matcher: ValueMatcher
    }
}

/// Issuer codes, verbatim, and what they mean.
struct CodeTable: Sendable, Hashable {
    var path: String
    /// In the order of the manifest; codes are unique.
    var rows: [Row]

    struct Row: Sendable, Hashable {
        var code: String
        /// The code for people.
        var words: LocalisedText
        var meaning: WordMeaning
    }

    func meaning(of code: String) -> WordMeaning? {
        rows.first { $0.code == code }?.meaning
    }
}

extension AnswerRule {
    /// What the rule says about an answer; nil when it does not fit.
    func meaning(of answer: ReadableAnswer) -> WordMeaning? {
        guard statuses.contains(answer.response.status),
            conditions.allSatisfy({
                $0.matcher.accepts(answer.value(at: $0.source), in: answer)
            })
        else { return nil }
        switch outcome {
        case .decided(let meaning): return meaning
        case .table(let table):
            return answer.text(at: table.path).flatMap { table.meaning(of: $0) }
        }
    }
}

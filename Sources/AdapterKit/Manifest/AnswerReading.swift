import CardModel
import WireFormat

/// Turns one readable answer into a result.
struct AnswerReading {
    var mapping: ResponseMapping
    var inquiry: Inquiry
    var answer: ReadableAnswer
    var conversation: IssuerConversation

    func result() -> InquiryResult {
        let words = conversation.statement(
            code: answer.text(at: mapping.issuerCode),
            text: answer.text(at: mapping.issuerText)
        )
        guard let meaning = mapping.rules.lazy.compactMap({ $0.meaning(of: answer) }).first else {
            return .indeterminate(unmappedCause, issuer: words)
        }
        if let cause = meaning.cause { return .indeterminate(cause, issuer: words) }
        // An answer about another key says nothing about this one.
        if let echoed = answer.text(at: mapping.echoedKey), !inquiry.keyAgrees(with: echoed) {
            return .indeterminate(.malformedAnswer, issuer: words)
        }
        var result = InquiryResult(
            state: meaning.state,
            certainty: meaning.state == .conflict ? .conflict : .authoritative,
            issuer: words
        )
        addFacts(to: &result)
        compareWithPromise(&result)
        return result
    }

    /// Our own refusal reads differently from a word we do not know.
    private var unmappedCause: IndeterminateCause {
        [401, 403, 407].contains(answer.response.status) ? .ourAccount : .unmapped
    }

    private func addFacts(to result: inout InquiryResult) {
        result.expiresOn = mapping.expiry?.time.date(
            in: answer,
            zone: inquiry.zone
        )
        result.actualValue = mapping.value?.money(in: answer)
        result.issuer.at = mapping.firstUse?.instant(in: answer)
    }

    /// What the issuer calls good is held against what was delivered.
    private func compareWithPromise(_ result: inout InquiryResult) {
        if let serial = answer.text(at: mapping.echoedSerial),
            !inquiry.serialAgrees(with: serial)
        {
            result.state = .conflict
            result.certainty = .conflict
            return
        }
        guard result.state == .okUnused else { return }
        if mapping.expiry?.pastMeansExpired == true, isPast {
            result.state = .expired
            result.certainty = .derived
        } else if let value = mapping.value, let actual = result.actualValue,
            let state = value.judge(actual, promised: inquiry.faceValue)
        {
            result.state = state
            result.certainty = .derived
        }
    }

    /// An instant is past at that instant; a date on the day after.
    private var isPast: Bool {
        guard let time = mapping.expiry?.time else { return false }
        if let instant = time.instant(in: answer) { return instant <= inquiry.askedAt }
        return time.date(in: answer, zone: inquiry.zone)
            .map { $0 < inquiry.askedOn } ?? false
    }
}

extension IssuerConversation {
    /// The result for an answer that was screened out.
    public func undecided(_ objection: AnswerScreening.Objection) -> InquiryResult {
        .indeterminate(
            objection.cause,
            issuer: statement(code: nil, text: objection.text),
            retryAfter: objection.retryAfter,
            transcripts: transcripts
        )
    }
}

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
        // A signed answer to another question is no answer to this one.
        if let pointer = mapping.echoedNonce, answer.text(at: pointer) != String(inquiry.nonce) {
            return .indeterminate(.badSignature, issuer: words)
        }
        var result = InquiryResult(
            state: meaning.state,
            certainty: meaning.state == .conflict ? .conflict : .authoritative,
            issuer: words
        )
        addFacts(to: &result)
        compareWithPromise(&result)
        if let provenance = mapping.provenance { compare(provenance, &result) }
        return result
    }

    /// Our own refusal reads differently from a word we do not know.
    private var unmappedCause: IndeterminateCause {
        [401, 403, 407].contains(answer.response.status) ? .ourAccount : .unmapped
    }

    private func addFacts(to result: inout InquiryResult) {
        if let expiry = mapping.expiry, !expiry.isEndless(in: answer) {
            result.expiresOn = expiry.time.date(in: answer, zone: inquiry.zone)
        }
        result.actualValue = mapping.value?.amount.money(in: answer)
        result.issuer.at = mapping.firstUse?.instant(in: answer)
        result.history =
            mapping.history?.events(in: answer) { conversation.statement(code: $0, text: nil).code }
            ?? []
        if result.issuer.at == nil, Self.beginsWithUse(result.state) {
            result.issuer.at = mapping.history?.firstUse(among: result.history)
        }
        addPromised(to: &result)
    }

    /// What may have been promised, and what a use left behind.
    private func addPromised(to result: inout InquiryResult) {
        result.balanceUntil = mapping.balanceUntil?.date(in: answer, zone: inquiry.zone)
        result.term = mapping.term?.term(in: answer)
        result.attributes = conversation.attributes(
            mapping.attributes.sorted { $0.key < $1.key }.compactMap { name, pointer in
                answer.text(at: pointer).map { (name: name, value: $0) }
            }
        )
        result.usedByHint = shown(answer.text(at: mapping.usedBy).flatMap(HistoryExtraction.hint))
        let anomaly = answer.text(at: mapping.loginAnomaly)
        result.loginAnomaly = shown(anomaly.flatMap { Self.noAnomaly.contains($0) ? nil : $0 })
    }

    private func shown(_ text: String?) -> String? {
        conversation.statement(code: text, text: nil).code
    }

    /// What stands there when nothing was noticed.
    private static let noAnomaly: Set<String> = ["", "false"]

    /// States that came about by a use. Of a revoked code the event is the revocation.
    private static func beginsWithUse(_ state: VerdictState) -> Bool {
        [.used, .partiallyUsed, .okActivatedByBuyer].contains(state)
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

    /// The delivered code must be among those the issuer gave out.
    private func compare(_ provenance: ProvenanceComparison, _ result: inout InquiryResult) {
        switch provenance.verdict(on: inquiry, in: answer) {
        case .issued: break
        case .other:
            result.state = .conflict
            result.certainty = .conflict
        case .untold where Self.needsProvenance(result.state):
            result = .indeterminate(.malformedAnswer, issuer: result.issuer)
        case .untold: break
        }
    }

    /// An order that failed or is not known names no code; one that speaks for the code must.
    private static func needsProvenance(_ state: VerdictState) -> Bool {
        [.okUnused, .okActivatedByBuyer, .unsupported].contains(state)
    }

    /// An instant is past at that instant; a date on the day after.
    private var isPast: Bool {
        guard let expiry = mapping.expiry, !expiry.isEndless(in: answer) else { return false }
        let time = expiry.time
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

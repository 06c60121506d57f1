import AdapterKit
import CardModel
import WireFormat

/// Turns a `RetrieveGiftCardFromGAN` answer into a result.
struct SquareReading {
    var inquiry: Inquiry
    var conversation: IssuerConversation

    /// The result, and Square's id of the card when there is one.
    func result(of response: OutboundResponse) -> (InquiryResult, card: String?) {
        do throws(AnswerScreening.Objection) {
            return result(of: try JSONAnswer(response, askedAt: inquiry.askedAt))
        } catch {
            return (conversation.undecided(error), nil)
        }
    }

    private func result(of answer: JSONAnswer) -> (InquiryResult, card: String?) {
        if let error = answer["/errors/0"] { return (refusal(error, answer), nil) }
        guard answer.status == 200 else {
            let words = conversation.statement(code: nil, text: "HTTP \(answer.status)")
            return (.indeterminate(answer.unmappedCause, issuer: words), nil)
        }
        guard let card = answer["/gift_card"] else {
            return (malformed("no gift_card and no errors"), nil)
        }
        return (self.card(card), card["id"]?.stringValue)
    }

    /// Whether the card's activities tell something that matters: when its money went, when it
    /// was blocked, or, where the balance cannot be compared, whether any money went at all.
    func needsHistory(_ result: InquiryResult) -> Bool {
        switch result.state {
        case .used, .partiallyUsed, .revoked: true
        case .okUnused:
            inquiry.faceValue.map { result.actualValue?.compared(to: $0) == .notComparable } ?? true
        default: false
        }
    }

    private func malformed(_ text: String) -> InquiryResult {
        .indeterminate(
            .malformedAnswer,
            issuer: conversation.statement(code: nil, text: text)
        )
    }

    private func refusal(_ error: JSONValue, _ answer: JSONAnswer) -> InquiryResult {
        let code = error["code"]?.stringValue
        let detail = error["detail"]?.stringValue
        let words = conversation.statement(code: code, text: detail)
        let error = SquareErrorCode(code: code ?? "")
        let meaning = error.meaning(status: answer.status, detail: detail)
        if error == .unknown { return .indeterminate(answer.unmappedCause, issuer: words) }
        return meaning.result(words)
    }

    private func card(_ card: JSONValue) -> InquiryResult {
        // An answer about another card says nothing about this one.
        guard let gan = card["gan"]?.stringValue, inquiry.keyAgrees(with: gan) else {
            return malformed("the answer is about another card")
        }
        let state = card["state"]?.stringValue ?? ""
        let balance = SquareMoney.read(card["balance_money"])
        let words = conversation.statement(
            code: state,
            text: balance.map { "balance \($0)" }
        )
        var result = SquareCardState(word: state).meaning.result(words)
        if result.state != .indeterminate { result.actualValue = balance }
        guard result.state == .okUnused else { return result }
        guard let balance else { return malformed("an active card without a balance") }
        let judged = StoredValue(balance: balance, promised: inquiry.faceValue)
        result.state = judged.state
        result.certainty = judged.certainty
        return result
    }
}

/// `{"amount": 4500, "currency": "USD"}`, in minor units.
enum SquareMoney {
    static func read(_ value: JSONValue?) -> Money? {
        guard let amount = value?["amount"]?.integerValue,
            let currency = value?["currency"]?.stringValue
        else { return nil }
        return Money(minorUnits: amount, currency: currency)
    }
}

import AdapterKit
import CardModel
import WireFormat

/// Turns a `dc_994` answer into a result.
struct GivexReading {
    var inquiry: Inquiry
    /// What amounts are in: the answer need not say.
    var currency: String
    var conversation: IssuerConversation

    /// Places in `result`.
    private enum Place {
        static let transactionCode = 0
        static let resultCode = 1
        /// The balance; where the call failed, the reason.
        static let balanceOrReason = 2
        /// One source has the balance's currency here.
        static let currency = 5
    }

    func result(of response: OutboundResponse) -> InquiryResult {
        do throws(AnswerScreening.Objection) {
            let answer = try JSONAnswer(response, askedAt: inquiry.askedAt)
            guard answer.status == 200 else {
                throw AnswerScreening.unreadable(response, "JSON-RPC answers with 200")
            }
            return result(of: answer)
        } catch {
            return conversation.undecided(error)
        }
    }

    private func result(of answer: JSONAnswer) -> InquiryResult {
        if let error = answer["/error"] { return fault(error) }
        guard let places = answer["/result"]?.arrayValue, places.count > Place.balanceOrReason
        else { return malformed("no result and no error") }
        // An answer to another question says nothing about this code.
        guard places[Place.transactionCode].lexeme == GivexAdapter.transactionCode(inquiry)
        else { return malformed("the answer repeats another transaction code") }
        return self.answer(places)
    }

    private func malformed(_ text: String) -> InquiryResult {
        .indeterminate(.malformedAnswer, issuer: conversation.statement(code: nil, text: text))
    }

    /// JSON-RPC's own errors (https://www.jsonrpc.org/specification) speak of the request.
    private func fault(_ error: JSONValue) -> InquiryResult {
        let code = error["code"]?.lexeme
        let cause: IndeterminateCause =
            switch code {
            case "-32700", "-32600", "-32601", "-32602": .ourRequest
            case "-32603": .issuerUnavailable
            default: .unmapped
            }
        return .indeterminate(
            cause,
            issuer: conversation.statement(code: code, text: error["message"]?.stringValue)
        )
    }

    private func answer(_ places: [JSONValue]) -> InquiryResult {
        let code = places[Place.resultCode].lexeme
        let text = places[Place.balanceOrReason].lexeme
        let words = conversation.statement(code: code, text: text)
        guard let code, let text else {
            return malformed("result code or balance is no scalar")
        }
        guard Self.success.contains(code),
            let balance = Money(decimal: text, currency: currency)
        else {
            return GivexReason(text: text).meaning.result(words)
        }
        let isInOurs = places.count <= Place.currency || isOurs(places[Place.currency].lexeme)
        let judged = StoredValue(balance: balance, promised: isInOurs ? inquiry.faceValue : nil)
        var result = InquiryResult(
            state: judged.state,
            certainty: judged.certainty,
            issuer: words
        )
        result.actualValue = isInOurs ? balance : nil
        return result
    }

    /// Codes of a call that went well; every other has a reason in place of the balance.
    private static let success: Set<String> = ["0", "00", "000"]

    /// False only where an ISO currency is written that is not the configured one.
    private func isOurs(_ written: String?) -> Bool {
        guard let written, Money(minorUnits: 0, currency: written) != nil else { return true }
        return written == currency
    }
}

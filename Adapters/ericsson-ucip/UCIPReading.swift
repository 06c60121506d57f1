import AdapterKit
import CardModel
import WireFormat

/// Turns a `Refill` answer into what became of the voucher.
struct UCIPReading {
    var order: RedemptionOrder
    var conversation: IssuerConversation

    func answer(in response: OutboundResponse) -> RedemptionAnswer {
        do throws(AnswerScreening.Objection) {
            switch try XMLRPCResponse(response, askedAt: order.inquiry.askedAt) {
            case .fault(let code, let text):
                return EricssonFault(code: code).refillMeaning
                    .answer(conversation.statement(code: code, text: text))
            case .value(let value): return answer(value)
            }
        } catch {
            // Whoever refuses our credentials did not read the voucher; anything else may have.
            let isRefused = [401, 403, 407].contains(response.status)
            return RedemptionAnswer(
                isRefused ? .notTaken : .unknown,
                conversation.undecided(error)
            )
        }
    }

    private func answer(_ value: XMLRPCValue) -> RedemptionAnswer {
        guard let code = value["responseCode"]?.lexeme else {
            return malformed("responseCode is missing")
        }
        // An answer to another call says nothing about this one.
        if let echoed = value["originTransactionID"]?.lexeme, echoed != String(order.number) {
            return malformed("the answer repeats another originTransactionID")
        }
        let word = UCIPResponseCode(code: code)
        var answer = word.meaning.answer(conversation.statement(code: code, text: nil))
        answer.result.retryAfter = word.pause
        guard answer.result.state == .okActivatedByBuyer else { return answer }
        answer.result.actualValue = value.money("transactionAmount", in: "transactionCurrency")
        if let serial = value["voucherSerialNumber"]?.lexeme, !serial.isEmpty,
            !order.inquiry.serialAgrees(with: serial)
        {
            answer.result.state = .conflict
            answer.result.certainty = .conflict
        }
        return answer
    }

    private func malformed(_ text: String) -> RedemptionAnswer {
        RedemptionAnswer(
            .unknown,
            .indeterminate(
                .malformedAnswer,
                issuer: conversation.statement(code: nil, text: text)
            )
        )
    }
}

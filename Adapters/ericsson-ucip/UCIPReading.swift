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
                return answer(
                    UCIPFault(code: code).meaning,
                    conversation.statement(code: code, text: text)
                )
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
        var answer = answer(
            UCIPResponseCode(code: code).meaning,
            conversation.statement(code: code, text: nil)
        )
        guard answer.result.state == .okActivatedByBuyer else { return answer }
        answer.result.actualValue = Self.worth(value)
        if let serial = value["voucherSerialNumber"]?.lexeme, !serial.isEmpty,
            !order.inquiry.serialAgrees(with: serial)
        {
            answer.result.state = .conflict
            answer.result.certainty = .conflict
        }
        return answer
    }

    private func answer(_ meaning: UCIPMeaning, _ words: IssuerStatement) -> RedemptionAnswer {
        guard let cause = meaning.word.cause else {
            return RedemptionAnswer(
                meaning.disposition,
                InquiryResult(state: meaning.word.state, issuer: words)
            )
        }
        return RedemptionAnswer(
            meaning.disposition,
            .indeterminate(cause, issuer: words, retryAfter: meaning.pause)
        )
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

    /// `transactionAmount` counts minor units.
    private static func worth(_ value: XMLRPCValue) -> Money? {
        guard let amount = value["transactionAmount"]?.lexeme, amount.utf8.count <= 12,
            amount.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let minorUnits = Int64(amount), let currency = value["transactionCurrency"]?.lexeme
        else { return nil }
        return Money(minorUnits: minorUnits, currency: currency)
    }
}

import AdapterKit
import CardModel
import WireFormat

/// Turns a `GetVoucherDetails` answer into a result.
struct VSIPReading {
    var inquiry: Inquiry
    var conversation: IssuerConversation

    func result(of response: OutboundResponse) -> InquiryResult {
        do throws(AnswerScreening.Objection) {
            switch try XMLRPCResponse(response, askedAt: inquiry.askedAt) {
            case .fault(let code, let text): return fault(code, text)
            case .value(let value): return details(value)
            }
        } catch {
            return conversation.undecided(error)
        }
    }

    /// The value of a readable answer; nil for faults and anything else.
    static func value(in response: OutboundResponse, askedAt: Instant) -> XMLRPCValue? {
        guard case .value(let value) = try? XMLRPCResponse(response, askedAt: askedAt)
        else { return nil }
        return value
    }

    private func fault(_ code: String, _ text: String) -> InquiryResult {
        let words = conversation.statement(code: code, text: text)
        return EricssonFault(code: code).inquiryMeaning.result(words)
    }

    private func details(_ value: XMLRPCValue) -> InquiryResult {
        guard let code = value["responseCode"]?.lexeme else {
            return .indeterminate(
                .malformedAnswer,
                issuer: conversation.statement(code: nil, text: "responseCode is missing")
            )
        }
        let state = value["state"]?.lexeme
        let words = conversation.statement(code: code, text: state.map { "state=\($0)" })
        let isUnseen = state.map(VSIPVoucherState.unseenNumbers.contains) ?? false
        var result = VSIPResponseCode(code: code).meaning(state: state)
            .result(words, certainty: isUnseen ? .derived : .authoritative)
        if result.state == .indeterminate { return result }
        result.expiresOn = value["expiryDate"]?.lexeme.flatMap(VSIPTime.date)
        result.actualValue = value.money("value", in: "currency")
        compareWithDelivery(value, &result)
        return result
    }

    private func compareWithDelivery(_ value: XMLRPCValue, _ result: inout InquiryResult) {
        if let serial = value["serialNumber"]?.lexeme, !serial.isEmpty,
            !inquiry.serialAgrees(with: serial)
        {
            result.state = .conflict
            result.certainty = .conflict
            return
        }
        guard result.state == .okUnused else { return }
        if value["voucherExpired"]?.booleanValue == true {
            result.state = .expired
        } else if let day = result.expiresOn, day < inquiry.askedOn {
            result.state = .expired
            result.certainty = .derived
        } else if let promised = inquiry.faceValue, let actual = result.actualValue,
            actual.compared(to: promised) == .less
        {
            result.state = .undervalued
            result.certainty = .derived
        }
    }
}

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
        let meaning = VSIPFault(code: code).meaning
        if let cause = meaning.cause { return .indeterminate(cause, issuer: words) }
        return InquiryResult(state: meaning.state, issuer: words)
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
        let meaning = VSIPResponseCode(code: code).meaning(state: state)
        if let cause = meaning.cause { return .indeterminate(cause, issuer: words) }
        let isUnseen = state.map(VSIPVoucherState.unseenNumbers.contains) ?? false
        var result = InquiryResult(
            state: meaning.state,
            certainty: isUnseen ? .derived : .authoritative,
            issuer: words
        )
        result.expiresOn = value["expiryDate"]?.lexeme.flatMap(VSIPTime.date)
        result.actualValue = Self.worth(value)
        compareWithDelivery(value, &result)
        return result
    }

    /// `value` counts minor units.
    private static func worth(_ value: XMLRPCValue) -> Money? {
        guard let amount = value["value"]?.lexeme, amount.utf8.count <= 12,
            amount.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let minorUnits = Int64(amount), let currency = value["currency"]?.lexeme
        else { return nil }
        return Money(minorUnits: minorUnits, currency: currency)
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

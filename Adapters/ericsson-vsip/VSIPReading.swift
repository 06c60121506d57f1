import AdapterKit
import CardModel
import WireFormat

/// Turns a `GetVoucherDetails` answer into a result.
struct VSIPReading {
    var inquiry: Inquiry
    var conversation: IssuerConversation

    private static let screening = AnswerScreening(mediaTypes: [
        "text/xml", "application/xml", "+xml",
    ])

    func result(of response: OutboundResponse) -> InquiryResult {
        if let objection = Self.objection(to: response, askedAt: inquiry.askedAt) {
            return conversation.undecided(objection)
        }
        guard let answer = try? XMLRPCReader.response(response.body) else {
            return conversation.undecided(
                AnswerScreening.unreadable(response, "the body is not valid XML-RPC")
            )
        }
        switch answer {
        case .fault(let code, let text): return fault(code, text)
        case .value(let value): return details(value)
        }
    }

    /// The value of a readable answer; nil for faults and anything else.
    static func value(in response: OutboundResponse, askedAt: Instant) -> XMLRPCValue? {
        guard objection(to: response, askedAt: askedAt) == nil,
            case .value(let value) = try? XMLRPCReader.response(response.body)
        else { return nil }
        return value
    }

    /// Only HTTP 200 carries XML-RPC; 401 and 403 are about our account.
    private static func objection(
        to response: OutboundResponse,
        askedAt: Instant
    ) -> AnswerScreening.Objection? {
        if let objection = screening.objection(toStatusOf: response, askedAt: askedAt) {
            return objection
        }
        guard response.status == 200 else {
            return AnswerScreening.unreadable(response, "XML-RPC answers with 200")
        }
        return screening.objection(toMediaTypeOf: response)
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

import AdapterKit
import CardModel
import WireFormat

/// Turns a payout's JSON into a result. Everything arrives with HTTP 200.
struct RunaReading {
    var inquiry: Inquiry
    /// What amounts are in, where the operator says so: the answer does not.
    var currency: String?
    var conversation: IssuerConversation

    func result(of response: OutboundResponse) -> InquiryResult {
        do throws(AnswerScreening.Objection) {
            let answer = try JSONAnswer(response, askedAt: inquiry.askedAt)
            guard answer.status == 200 else {
                throw AnswerScreening.unreadable(response, "Runa answers with 200")
            }
            return result(of: answer)
        } catch {
            return conversation.undecided(error)
        }
    }

    private func result(of answer: JSONAnswer) -> InquiryResult {
        switch answer["/status"]?.stringValue {
        case "SUCCESS": success(answer)
        case "ERROR": refusal(answer)
        case let word:
            .indeterminate(
                word == nil ? .malformedAnswer : .unmapped,
                issuer: conversation.statement(code: word, text: nil)
            )
        }
    }

    private func refusal(_ answer: JSONAnswer) -> InquiryResult {
        let code = (answer["/error_code"] ?? answer["/e_code/error_code"])?.stringValue
        let text = (answer["/error_string"] ?? answer["/e_code/error_string"])?.stringValue
        let words = conversation.statement(code: code, text: text)
        let error = RunaErrorCode(code: code ?? "")
        let pause = error == .tooSoon ? RunaErrorCode.pause : nil
        return error.meaning.result(words, retryAfter: pause)
    }

    private func success(_ answer: JSONAnswer) -> InquiryResult {
        guard let issued = answer["/e_code"], let code = issuedCode(issued) else {
            return .indeterminate(
                .malformedAnswer,
                issuer: conversation.statement(code: "SUCCESS", text: "no code in the answer")
            )
        }
        var result = InquiryResult(
            state: .unsupported,
            issuer: conversation.statement(code: "SUCCESS", text: Self.issuedText)
        )
        result.expiresOn = expiry(issued)
        result.actualValue = value(issued)
        if !code.agrees(with: inquiry) {
            result.state = .conflict
            result.certainty = .conflict
            result.issuer.text = Self.otherText
        } else if let day = result.expiresOn, day < inquiry.askedOn {
            result.state = .expired
            result.certainty = .derived
        } else if let promised = inquiry.faceValue, let actual = result.actualValue,
            actual.compared(to: promised) == .less
        {
            result.state = .undervalued
            result.certainty = .derived
        }
        return result
    }

    static let issuedText = "The code is the one that was issued; its state cannot be asked."
    static let otherText = "The code is not the one that was issued."

    /// Some brands give a barcode and nothing else. Where a link was issued, it is the code.
    private func issuedCode(_ issued: JSONValue) -> IssuedCode? {
        IssuedCode(
            number: issued["code"]?.stringValue ?? issued["barcode_string"]?.stringValue,
            pin: issued["pin"]?.stringValue
        )
    }

    /// A day in the year 3000 stands for none.
    private func expiry(_ issued: JSONValue) -> CalendarDate? {
        let day = issued["expiry_date"]?.stringValue.flatMap { CalendarDate(iso8601: $0) }
        return day?.iso8601 == "3000-01-01" ? nil : day
    }

    private func value(_ issued: JSONValue) -> Money? {
        guard let currency, let amount = issued["amount"]?.lexeme else { return nil }
        return Money(decimal: amount, currency: currency)
    }
}

/// `error_code` of a payout.
enum RunaErrorCode: String, CaseIterable {
    case codeNotFound = "RE001"
    case accountInactive = "RE002"
    case invalidated = "RE003"
    case expired = "RE004"
    case cancelled = "RE005"
    case outOfStock = "RE006"
    case productInactive = "RE007"
    case failed = "RE008"
    case tooSoon = "RE009"
    case outOfFunds = "RE010"
    case addressNotFound = "RE011"
    case itemInvalid = "RE012"
    case notEnabled = "RE013"
    case unexpected = "RE999"
    case unknown = ""

    init(code: String) {
        self = Self(rawValue: code) ?? .unknown
    }

    /// Runa asks for a minute between two questions after a failure.
    static let pause: Duration = .seconds(60)

    var meaning: WordMeaning {
        switch self {
        case .invalidated, .cancelled: .decided(.revoked)
        case .expired: .decided(.expired)
        // The address leads nowhere: that says nothing of the code.
        case .codeNotFound, .addressNotFound: .undecided(.ourRequest)
        case .accountInactive, .outOfFunds, .notEnabled: .undecided(.ourAccount)
        // No code was drawn for the payout yet.
        case .outOfStock, .productInactive, .failed, .unexpected: .undecided(.issuerUnavailable)
        case .tooSoon: .undecided(.rateLimited)
        // Cancelled or refunded, or neither.
        case .itemInvalid: .undecided(.ambiguousAnswer)
        case .unknown: .undecided(.unmapped)
        }
    }
}

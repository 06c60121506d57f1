import AdapterKit
import CardModel
import WireFormat

/// Reads an order's status and its cards.
struct ReloadlyReading {
    var inquiry: Inquiry
    var conversation: IssuerConversation

    /// `unsupported` for an order that has codes: nothing is compared yet.
    func status(in response: OutboundResponse) -> InquiryResult {
        judged(response) { answer in
            let word = answer["/status"]?.stringValue
            let words = conversation.statement(code: word, text: nil)
            guard let word else { return .indeterminate(.malformedAnswer, issuer: words) }
            let meaning = ReloadlyOrderStatus(word: word).meaning
            let pause = meaning.cause == .inProgress ? ReloadlyOrderStatus.pause : nil
            return meaning.result(words, retryAfter: pause)
        }
    }

    /// The delivered code against all cards of the order.
    func comparison(with response: OutboundResponse) -> InquiryResult {
        judged(response) { answer in
            let entries = answer.json.arrayValue ?? []
            let cards = entries.compactMap(Self.issuedCode)
            guard answer.json.arrayValue != nil, cards.count == entries.count else {
                return malformed("the cards are not written as documented")
            }
            guard !cards.isEmpty else {
                return .indeterminate(
                    .inProgress,
                    issuer: statement("The order has no cards yet."),
                    retryAfter: ReloadlyOrderStatus.pause
                )
            }
            if cards.contains(where: { $0.agrees(with: inquiry) }) {
                return InquiryResult(state: .unsupported, issuer: statement(Self.issuedText))
            }
            return InquiryResult(
                state: .conflict,
                certainty: .conflict,
                issuer: statement(Self.otherText)
            )
        }
    }

    private static func issuedCode(_ card: JSONValue) -> IssuedCode? {
        IssuedCode(number: card["cardNumber"]?.lexeme, pin: card["pinCode"]?.lexeme)
    }

    static let issuedText =
        "The code is one that was issued for the order; its state cannot be asked."
    static let otherText = "The code is none of those that were issued for the order."

    private func statement(_ text: String) -> IssuerStatement {
        conversation.statement(code: ReloadlyOrderStatus.successful.rawValue, text: text)
    }

    private func malformed(_ text: String) -> InquiryResult {
        .indeterminate(.malformedAnswer, issuer: conversation.statement(code: nil, text: text))
    }

    private func judged(
        _ response: OutboundResponse,
        _ judge: (JSONAnswer) -> InquiryResult
    ) -> InquiryResult {
        do throws(AnswerScreening.Objection) {
            let answer = try JSONAnswer(response, askedAt: inquiry.askedAt)
            return answer.status == 200 ? judge(answer) : refusal(answer)
        } catch {
            return conversation.undecided(error)
        }
    }

    /// An order that our account does not have, or a number that is none of its orders, says
    /// nothing of the code.
    private func refusal(_ answer: JSONAnswer) -> InquiryResult {
        .indeterminate(
            [400, 404].contains(answer.status) ? .ourRequest : answer.unmappedCause,
            issuer: conversation.statement(
                code: answer["/errorCode"]?.lexeme,
                text: answer["/message"]?.stringValue
            )
        )
    }
}

/// `status` of an order.
enum ReloadlyOrderStatus: String, CaseIterable {
    case pending = "PENDING"
    case processing = "PROCESSING"
    case successful = "SUCCESSFUL"
    case failed = "FAILED"
    case refunded = "REFUNDED"
    case unknown = ""

    init(word: String) {
        self = Self(rawValue: word) ?? .unknown
    }

    /// How long an unfinished order is left alone.
    static let pause: Duration = .seconds(300)

    var meaning: WordMeaning {
        switch self {
        case .successful: .decided(.unsupported)
        case .refunded: .decided(.revoked)
        case .pending, .processing: .undecided(.inProgress)
        // It issued no code: where the delivered one is from is not said.
        case .failed: .undecided(.ambiguousAnswer)
        case .unknown: .undecided(.unmapped)
        }
    }
}

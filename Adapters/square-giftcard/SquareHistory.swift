import AdapterKit
import CardModel
import WireFormat

/// A `ListGiftCardActivities` answer, oldest activity first.
struct SquareHistory {
    private struct Activity {
        var type: SquareActivityType
        /// Square's word.
        var word: String
        var at: Instant
        var amount: Money?
        /// What was left on the card.
        var balance: Money?
    }

    /// Activities Square gives at once, at most.
    static let longestPage = 100

    private let activities: [Activity]
    /// Whether Square has newer activities than these: then nobody knows which use still stands.
    private let isCut: Bool

    /// Nil when the answer is not the documented one, or is about another card.
    init?(_ json: JSONValue, of card: String) {
        // A card without activities has an empty answer.
        let entries = json["gift_card_activities"]?.arrayValue ?? []
        var activities: [Activity] = []
        for entry in entries {
            guard entry["gift_card_id"]?.stringValue == card,
                let word = entry["type"]?.stringValue,
                let at = entry["created_at"]?.stringValue.flatMap({ Instant(rfc3339: $0) })
            else { return nil }
            let details = entry[word.lowercased() + "_activity_details"]
            // A redemption that was cancelled took nothing.
            if details?["status"]?.stringValue == "CANCELED" { continue }
            activities.append(
                Activity(
                    type: SquareActivityType(word: word),
                    word: word,
                    at: at,
                    amount: SquareMoney.read(details?["amount_money"]),
                    balance: SquareMoney.read(entry["gift_card_balance_money"])
                )
            )
        }
        self.activities = activities.sorted { $0.at < $1.at }
        isCut = json["cursor"]?.stringValue.map { !$0.isEmpty } ?? false
    }

    /// Events, and the instant of the state that still stands.
    func add(
        to result: inout InquiryResult,
        promised: Money?,
        in conversation: IssuerConversation
    ) {
        result.history = activities.suffix(InquiryResult.mostUsageEvents).map {
            UsageEvent(
                at: $0.at,
                kind: conversation.statement(code: $0.word, text: nil).code ?? "",
                amount: $0.amount
            )
        }
        let spentAt = firstStandingUse(promised: promised)
        switch result.state {
        case .used, .partiallyUsed: result.issuer.at = isCut ? nil : spentAt
        case .revoked:
            result.issuer.at = isCut ? nil : activities.last { $0.type == .withdrawn }?.at
        default:
            // The balance could not be compared; the activities say that money went.
            guard let spentAt else { return }
            result.state = .partiallyUsed
            result.certainty = .derived
            result.issuer.at = isCut ? nil : spentAt
        }
    }

    /// The first use after the card last held what was promised: what was put back is no use.
    private func firstStandingUse(promised: Money?) -> Instant? {
        var first: Instant?
        for activity in activities {
            if let promised, let balance = activity.balance,
                [.equal, .greater].contains(balance.compared(to: promised))
            {
                first = nil
            } else if activity.type == .spent, first == nil {
                first = activity.at
            }
        }
        return first
    }
}

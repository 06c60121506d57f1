import AdapterKit
import CardModel
import WireFormat

/// Turns a `LoadVoucherCheck` answer into a count.
struct VSIPStockReading {
    var conversation: IssuerConversation
    var askedAt: Instant

    func count(in response: OutboundResponse) -> StockCount {
        do throws(AnswerScreening.Objection) {
            switch try XMLRPCResponse(response, askedAt: askedAt) {
            case .fault(let code, let text):
                return StockCount(
                    .undecided(
                        EricssonFault(code: code).inquiryMeaning.cause ?? .notSupportedByIssuer),
                    issuer: conversation.statement(code: code, text: text)
                )
            case .value(let value): return count(value)
            }
        } catch {
            return StockCount(
                .undecided(error.cause),
                issuer: conversation.statement(code: nil, text: error.text),
                retryAfter: error.retryAfter
            )
        }
    }

    private func count(_ value: XMLRPCValue) -> StockCount {
        let code = value["responseCode"]?.lexeme
        let words = conversation.statement(code: code, text: nil)
        switch code.map(VSIPResponseCode.init) {
        case nil: return StockCount(.undecided(.malformedAnswer), issuer: words)
        case .success:
            guard case .integer(let lexeme) = value["numberOfVouchers"], let number = Int(lexeme),
                number >= 0
            else { return StockCount(.undecided(.malformedAnswer), issuer: words) }
            return StockCount(.loaded(number), issuer: words)
        case .databaseError: return StockCount(.undecided(.issuerUnavailable), issuer: words)
        case .unknown: return StockCount(.undecided(.unmapped), issuer: words)
        case .doesNotExist, .usedByAnotherSubscriber, .missingOrStolen, .unavailable,
            .usedBySameSubscriber, .reservedBySameSubscriber, .expired, .subscriberMismatch,
            .notReserved, .transactionMismatch, .damaged, .reservedByAnotherSubscriber,
            .badStateTransition, .stateChangeLimitExceeded, .taskError, .taskNotFound:
            // These speak of one voucher or of a task.
            return StockCount(.undecided(.ambiguousAnswer), issuer: words)
        }
    }
}

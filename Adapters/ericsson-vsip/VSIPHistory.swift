import AdapterKit
import CardModel
import WireFormat

/// `transactionRecords` of a `GetVoucherHistory` answer.
struct VSIPHistory {
    private struct Record {
        var state: VSIPVoucherState
        /// As the server wrote it.
        var word: String
        /// Nil without an offset that is written or configured.
        var at: Instant?
        var subscriber: String?
    }

    /// Oldest first; where a time is unknown, in the server's order.
    private let records: [Record]

    init(_ value: XMLRPCValue, defaultOffset: String?) {
        let entries = value["transactionRecords"]?.arrayValue ?? []
        let read = entries.compactMap { entry -> Record? in
            guard let word = entry["newState"]?.lexeme else { return nil }
            return Record(
                state: VSIPVoucherState(name: word),
                word: word,
                at: entry["timestamp"]?.lexeme.flatMap {
                    VSIPTime.instant($0, defaultOffset: defaultOffset)
                },
                subscriber: entry["subscriberId"]?.lexeme
            )
        }
        let dated = read.compactMap { record in record.at.map { (at: $0, record: record) } }
        records =
            dated.count == read.count ? dated.sorted { $0.at < $1.at }.map(\.record) : read
    }

    /// The newest records in the contract's words.
    func events(in conversation: IssuerConversation) -> [UsageEvent] {
        records.suffix(InquiryResult.mostUsageEvents).map { record in
            UsageEvent(
                at: record.at,
                kind: conversation.statement(code: record.word, text: nil).code ?? "",
                actorHint: record.subscriber.flatMap(VSIPPersonalData.hint)
            )
        }
    }

    /// When the state that still stands began, if it is `meant`: a use that was rolled back is
    /// none. Nil where a time on the way is unknown.
    func began(_ meant: (VSIPVoucherState) -> Bool) -> Instant? {
        guard let last = records.last, meant(last.state), records.allSatisfy({ $0.at != nil })
        else { return nil }
        return records.reversed().prefix { meant($0.state) }.last?.at
    }
}

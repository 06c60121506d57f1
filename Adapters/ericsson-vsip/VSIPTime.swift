import AdapterKit
import WireFormat

/// `dateTime.iso8601` as the server writes it: `yyyyMMddTHH:mm:ss+ZZZZ`.
enum VSIPTime {
    /// The date alone: of an expiry, the rest means nothing.
    static func date(_ text: String) -> CalendarDate? {
        let digits = Array(text.utf8.prefix(8))
        guard digits.count == 8, text.utf8.count == 8 || text.utf8.dropFirst(8).first == 0x54
        else { return nil }
        let symbols = digits.map { String(UnicodeScalar($0)) }
        return CalendarDate(
            iso8601: symbols[0..<4].joined() + "-" + symbols[4..<6].joined() + "-"
                + symbols[6..<8].joined()
        )
    }

    /// The instant; nil when the text has no offset and none is configured, for an hour's doubt
    /// could blame the wrong side.
    static func instant(_ text: String, defaultOffset: String?) -> Instant? {
        guard let date = date(text), text.utf8.count >= 17 else { return nil }
        let rest = text.dropFirst(9)
        let clock = rest.prefix(8)
        guard let offset = offset(rest.dropFirst(8)) ?? defaultOffset else { return nil }
        return Instant(rfc3339: "\(date.iso8601)T\(clock)\(offset)")
    }

    /// `+0800`, `+08:00` or `Z`, in RFC 3339's form.
    private static func offset(_ text: Substring) -> String? {
        if text == "Z" { return "Z" }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let digits = text.dropFirst().filter { $0 != ":" }
        guard digits.utf8.count == 4 else { return nil }
        return "\(sign)\(digits.prefix(2)):\(digits.suffix(2))"
    }
}

/// `transactionRecords` of a `GetVoucherHistory` answer.
struct VSIPHistory {
    private struct Record {
        var state: VSIPVoucherState
        var at: Instant
    }

    /// In the order of time.
    private let records: [Record]

    init(_ value: XMLRPCValue, defaultOffset: String?) {
        let entries = value["transactionRecords"]?.arrayValue ?? []
        records = entries.compactMap { entry -> Record? in
            guard let state = entry["newState"]?.lexeme,
                let at = entry["timestamp"]?.lexeme.flatMap({
                    VSIPTime.instant($0, defaultOffset: defaultOffset)
                })
            else { return nil }
            return Record(state: VSIPVoucherState(name: state), at: at)
        }.sorted { $0.at < $1.at }
    }

    /// When the use that still stands began: a use that was rolled back is none.
    var usedAt: Instant? {
        guard let last = records.last, last.state == .used else { return nil }
        return records.reversed().prefix { $0.state == .used }.last?.at
    }
}

/// The subscriber who used a voucher is a person: of his number only the end is kept.
enum VSIPPersonalData {
    private static let keptDigits = 4
    private static let shortestNumber = 5

    /// A broken answer may hold a number where nothing can find it.
    private static func withheld(_ response: OutboundResponse) -> [UInt8] {
        let text = String(decoding: response.body, as: UTF8.self)
        guard text.contains("subscriberId") else { return response.body }
        return Array("[\(response.body.count) bytes not kept: a broken record of a person]".utf8)
    }

    /// The body with every subscriber's number shortened.
    static func removed(from response: OutboundResponse) -> [UInt8] {
        guard let answer = try? XMLRPCReader.response(response.body) else {
            return withheld(response)
        }
        guard case .value(let value) = answer else { return response.body }
        let records = value["transactionRecords"]?.arrayValue ?? []
        let numbers = Set((records + [value]).compactMap { $0["subscriberId"]?.lexeme })
        return numbers.filter { $0.utf8.count >= shortestNumber }
            .reduce(String(decoding: response.body, as: UTF8.self)) { text, number in
                text.split(separator: number, omittingEmptySubsequences: false)
                    .joined(separator: Scrubber.mark + number.suffix(keptDigits))
            }.utf8.map { $0 }
    }
}

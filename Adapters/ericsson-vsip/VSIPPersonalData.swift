import AdapterKit

/// The subscriber who used a voucher is a person: of his number only the end is kept.
enum VSIPPersonalData {
    private static let keptDigits = 4
    private static let shortestNumber = 5

    /// The end of a subscriber's number; nil when the number is so short that its end is all of it.
    static func hint(_ number: String) -> String? {
        number.utf8.count >= shortestNumber ? String(number.suffix(keptDigits)) : nil
    }

    /// A broken answer may hold a number where nothing can find it.
    private static func withheld(_ response: OutboundResponse) -> [UInt8] {
        let text = String(decoding: response.body, as: UTF8.self)
        guard text.contains("subscriberId") else { return response.body }
        return Array("[\(response.body.count) bytes not kept: a broken record of a person]".utf8)
    }

    /// Numbers that are looked for in one answer; a voucher has one user, and few tried.
    private static let mostNumbers = 64

    /// The body with every subscriber's number shortened; withheld when there are more numbers
    /// than any voucher has users.
    static func removed(from response: OutboundResponse) -> [UInt8] {
        guard let answer = try? XMLRPCReader.response(response.body) else {
            return withheld(response)
        }
        guard case .value(let value) = answer else { return response.body }
        let records = value["transactionRecords"]?.arrayValue ?? []
        let numbers = Set((records + [value]).compactMap { $0["subscriberId"]?.lexeme })
            .filter { $0.utf8.count >= shortestNumber }
        guard numbers.count <= mostNumbers else { return withheld(response) }
        return
            numbers
            .reduce(String(decoding: response.body, as: UTF8.self)) { text, number in
                text.split(separator: number, omittingEmptySubsequences: false)
                    .joined(separator: Scrubber.mark + number.suffix(keptDigits))
            }.utf8.map { $0 }
    }
}

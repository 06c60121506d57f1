import AdapterKit
import CardModel
import WireFormat

/// The members of one `Refill` call.
struct UCIPRefill {
    static let method = "Refill"

    /// Whose account is credited: a person's number, which is not kept.
    let subscriber: SecretValue
    private let members: [XMLRPCValue.Member]

    /// - Throws: `AdapterError` when the order cannot be written down; nothing was sent then.
    init(_ order: RedemptionOrder, settings: [String: String]) throws(AdapterError) {
        guard let node = settings["origin_node_type"], let host = settings["origin_host_name"],
            let indicator = settings["subscriber_number_nai"], Int(indicator) != nil
        else {
            throw Self.lacking(
                "origin_node_type, origin_host_name and subscriber_number_nai are needed"
            )
        }
        subscriber = try Self.subscriber(of: order)
        let key = order.inquiry.askedCode.key.withUnredacted { $0 }
        guard Self.keyLengths.contains(key.utf8.count), Self.isNumber(key) else {
            throw Self.unwritable("an activation code has 8 to 20 digits, and this one has not")
        }
        members = [
            XMLRPCValue.Member("originNodeType", .string(node)),
            XMLRPCValue.Member("originHostName", .string(host)),
            XMLRPCValue.Member("originTransactionID", .string(String(order.number))),
            XMLRPCValue.Member("originTimeStamp", .dateTime(Self.stamp(order.placedAt))),
            XMLRPCValue.Member("subscriberNumberNAI", .integer(indicator)),
            XMLRPCValue.Member("subscriberNumber", .string(subscriber.withUnredacted { $0 })),
            XMLRPCValue.Member("voucherActivationCode", .string(key)),
        ]
    }

    /// The call in XML.
    func body() throws(AdapterError) -> [UInt8] {
        do throws(XMLRPCError) {
            return try XMLRPCWriter.call(Self.method, [.structure(members)])
        } catch {
            throw Self.unwritable("a setting holds symbols that XML cannot carry")
        }
    }

    static func lacking(_ message: String) -> AdapterError {
        AdapterError(code: .settings, message: message, cause: .ourAccount)
    }

    private static func unwritable(_ message: String) -> AdapterError {
        AdapterError(code: .inquiry, message: message, cause: .ourRequest)
    }

    /// Digits of an activation code and of a subscriber's number, by UCIP's type tables.
    private static let keyLengths = 8...20
    private static let subscriberLengths = 1...28

    private static func subscriber(
        of order: RedemptionOrder
    ) throws(AdapterError) -> SecretValue {
        let written = order.beneficiary?.withUnredacted { $0 } ?? ""
        let number = written.first == "+" ? String(written.dropFirst()) : written
        guard subscriberLengths.contains(number.utf8.count), isNumber(number) else {
            throw unwritable("a refill needs the subscriber's number, in digits")
        }
        return SecretValue(number)
    }

    private static func isNumber(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// `yyyyMMddTHH:mm:ss+0000`
    private static func stamp(_ instant: Instant) -> String {
        let text = instant.rfc3339Seconds
        return text.prefix(10).filter { $0 != "-" } + text.dropFirst(10).dropLast() + "+0000"
    }
}

import AdapterKit
import CardModel
import WireFormat

/// The merchant's settings, as far as a request or a notification needs them.
struct ShenzhoufuAccount {
    /// `version` of the interface.
    static let version = "3"

    var merchantID: String
    var mode: ShenzhoufuNotifyMode
    /// Nil when no certificate is configured.
    var verifier: MD5RSAVerifier?
    /// Whether `errcode` decides where `signString` is valid.
    var trustsErrorCode: Bool
    var privateField: String
    private var privateKey: SecretValue

    init(_ setup: AdapterSetup) throws(AdapterError) {
        merchantID = try setup.setting("merchant_id")
        guard merchantID.utf8.count == 6, merchantID.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw AdapterSetup.unusable("`merchant_id` has six digits") }
        privateKey = try setup.secret("private_key")
        privateField = setup.settings["private_field"] ?? ""
        guard let mode = ShenzhoufuNotifyMode(rawValue: try setup.setting("notify_md5_mode")) else {
            throw AdapterSetup.unusable("`notify_md5_mode` is 1, 2 or 3")
        }
        self.mode = mode
        switch try setup.setting("errcode_decides") {
        case "never": trustsErrorCode = false
        case "signed": trustsErrorCode = true
        default: throw AdapterSetup.unusable("`errcode_decides` is never or signed")
        }
        verifier = try Self.verifier(setup.settings["certificate"])
        guard verifier != nil || !trustsErrorCode else {
            throw AdapterSetup.unusable("`errcode_decides: signed` needs a `certificate`")
        }
    }

    private static func verifier(_ text: String?) throws(AdapterError) -> MD5RSAVerifier? {
        guard let text else { return nil }
        guard let verifier = Base64.decode(text).flatMap({ MD5RSAVerifier(certificate: $0) }) else {
            throw AdapterSetup.unusable(
                "`certificate` is no base64 of an X.509 certificate with an RSA key"
            )
        }
        return verifier
    }

    /// MD5 over the values, joined by `separator`, with the private key last.
    func md5(_ values: [String], separator: String = "") -> String {
        privateKey.withUnredacted { key in
            LegacyDigest.md5(Array((values + [key]).joined(separator: separator).utf8))
        }
    }

    /// `yyyyMMdd-merId-serial`: the day is the one on which the intent was written.
    func orderID(_ order: RedemptionOrder) -> String {
        let day = order.inquiry.zone.day(of: order.placedAt).iso8601.filter { $0 != "-" }
        return "\(day)-\(merchantID)-\(order.number)"
    }

    /// The number in an order's id; nil for any other text.
    static func number(inOrderID id: String) -> UInt64? {
        let parts = id.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let number = UInt64(parts[2]), String(number) == parts[2],
            RedemptionOrder.numberRange.contains(number)
        else { return nil }
        return number
    }
}

/// `notify_md5_mode`: how the MD5 of a notification is made. None covers `errcode`.
enum ShenzhoufuNotifyMode: String {
    /// Joined, without `cardMoney`: the vendor's samples.
    case joined = "1"
    /// With `cardMoney`, separated by bars.
    case barred = "2"
    /// With `cardMoney`, joined.
    case joinedWithCardMoney = "3"

    var fields: [String] {
        switch self {
        case .joined:
            [
                "version", "merId", "payMoney", "orderId", "payResult", "privateField",
                "payDetails",
            ]
        case .barred, .joinedWithCardMoney:
            [
                "version", "merId", "payMoney", "cardMoney", "orderId", "payResult",
                "privateField", "payDetails",
            ]
        }
    }

    var separator: String { self == .barred ? "|" : "" }
}

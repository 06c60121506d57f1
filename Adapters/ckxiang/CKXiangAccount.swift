import AdapterKit
import CardModel
import WireFormat

/// The account's settings, and how a body is signed and encrypted.
struct CKXiangAccount {
    var appID: String
    private var secret: SecretValue
    private let cipher: DESCipher
    private let signsEverything: Bool

    init(_ setup: AdapterSetup) throws(AdapterError) {
        appID = try setup.setting("app_id")
        secret = try setup.secret("app_secret")
        let key = secret.withUnredacted { Array($0.utf8.prefix(DESCipher.blockBytes)) }
        guard let cipher = DESCipher(key: key) else {
            throw AdapterSetup.unusable("`app_secret` has at least eight bytes")
        }
        self.cipher = cipher
        switch try setup.setting("signed_fields") {
        case "all": signsEverything = true
        case "non_empty": signsEverything = false
        default: throw AdapterSetup.unusable("`signed_fields` is all or non_empty")
        }
    }

    /// MD5 over the names and values sorted by name, the secret before and after them.
    func sign(_ fields: [JSONObject.Member]) -> String {
        let signed = fields.filter { signsEverything || !Self.isEmpty($0.value) }
        let text = signed.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
            .map { $0.name + Self.text($0.value) }.joined()
        return secret.withUnredacted { LegacyDigest.md5(Array(($0 + text + $0).utf8)) }
    }

    /// The request's body: the fields and their signature as JSON, encrypted, in hexadecimal.
    func body(_ fields: [JSONObject.Member]) throws(AdapterError) -> CKXiangBody {
        let signed = fields + [JSONObject.Member(name: "sign", value: .string(sign(fields)))]
        let json = JSONValue.object(JSONObject(signed)).serialized()
        guard let encrypted = cipher.encrypt(json) else {
            throw PlainCard.refusal("the card is too long")
        }
        return CKXiangBody(data: Hexadecimal.encode(encrypted))
    }

    /// What stands encrypted in an answer; nil when it cannot be decrypted or is no JSON.
    func opened(_ data: String) -> JSONValue? {
        guard let json = Hexadecimal.decode(data).flatMap({ cipher.decrypt($0) }) else {
            return nil
        }
        return try? JSONValue.parse(json)
    }

    /// A list is signed as it stands in the JSON.
    private static func text(_ value: JSONValue) -> String {
        value.lexeme ?? String(decoding: value.serialized(), as: UTF8.self)
    }

    private static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .string(""), .integer(0), .bool(false), .array([]): true
        default: false
        }
    }
}

/// `{"data": "<hex>"}`; whoever has the secret can read the card in it.
struct CKXiangBody {
    var data: String

    var bytes: [UInt8] {
        JSONValue.object(JSONObject([.init(name: "data", value: .string(data))])).serialized()
    }
}

/// The card and its kind, as this service wants them.
struct CKXiangCard {
    let product: String
    /// What `checkCardResult` asks with.
    let number: String
    let pin: String
    private let region: [JSONObject.Member]

    /// Products whose cards have a number and a PIN.
    private static let withPIN: Set<String> = ["sephora", "nike", "nd"]
    private static let withoutPIN: Set<String> = ["Razer", "iTunes", "amazon", "xBox"]

    init(_ inquiry: Inquiry, _ setup: AdapterSetup) throws(AdapterError) {
        guard let product = setup.settings["product_mark"] else {
            throw PlainCard.refusal(
                "`product_mark` is not configured: the card's kind is not known")
        }
        self.product = product
        let key = inquiry.askedCode.key.withUnredacted { $0 }
        if Self.withPIN.contains(product) {
            guard let serial = inquiry.askedCode.serial?.text, !serial.contains("-"),
                !key.contains("-"), !key.isEmpty
            else { throw PlainCard.refusal("this product needs a number and a PIN without dashes") }
            (number, pin) = (serial, key)
        } else if Self.withoutPIN.contains(product), !key.isEmpty {
            (number, pin) = (key, "")
        } else {
            throw PlainCard.refusal("`product_mark` is none that the service knows")
        }
        region = try Self.region(setup)
    }

    private static func region(
        _ setup: AdapterSetup
    ) throws(AdapterError) -> [JSONObject.Member] {
        var members: [JSONObject.Member] = []
        if let id = setup.settings["region_id"] {
            guard let number = Int64(id), number >= 0 else {
                throw AdapterSetup.unusable("`region_id` is a number")
            }
            members.append(.init(name: "regionId", value: .integer(number)))
        }
        if let name = setup.settings["region_name"] {
            members.append(.init(name: "regionName", value: .string(name)))
        }
        if let type = setup.settings["auto_type"] {
            guard let number = Int64(type), (0...1).contains(number) else {
                throw AdapterSetup.unusable("`auto_type` is 0 or 1")
            }
            members.append(.init(name: "autoType", value: .integer(number)))
        }
        return members
    }

    /// The fields of `checkCard`.
    func submission(at instant: Instant) -> [JSONObject.Member] {
        let card = pin.isEmpty ? number : "\(number)-\(pin)"
        return [
            .init(name: "cards", value: [.string(card)]),
            .init(name: "productMark", value: .string(product)),
        ] + region + [Self.timestamp(instant)]
    }

    /// The fields of `checkCardResult`.
    func poll(at instant: Instant) -> [JSONObject.Member] {
        [
            .init(name: "cardNo", value: .string(number)),
            .init(name: "pinCode", value: .string(pin)),
            .init(name: "productMark", value: .string(product)), Self.timestamp(instant),
        ]
    }

    private static func timestamp(_ instant: Instant) -> JSONObject.Member {
        .init(name: "timestamp", value: .integer(instant.millisecondsSinceEpoch / 1000))
    }
}

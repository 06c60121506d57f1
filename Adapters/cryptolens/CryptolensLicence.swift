import AdapterKit
import CardModel
import WireFormat

/// Which keys end at `Expires`. By the vendor's account the date means nothing by itself.
enum CryptolensTimeLimit: Equatable {
    case always, never
    /// Those that have this feature (`F1` to `F8`).
    case feature(String)

    init?(_ setting: String) {
        switch setting {
        case "always": self = .always
        case "never": self = .never
        case "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8": self = .feature(setting)
        default: return nil
        }
    }
}

/// A licence as it was signed.
struct CryptolensLicence {
    var key: String
    var product: Int64
    var isBlocked: Bool
    var expires: Instant
    /// The time limit starts with the first activation.
    var startsWhenActivated: Bool
    var features: Set<String>
    var machines: Int
    /// When they were activated, oldest first, as far as the times can be read.
    var activations: [Instant]
    /// 0 keeps no count of machines.
    var machineLimit: Int64
    var signedAt: Instant

    /// Nil for what is not the documented licence.
    init?(_ json: JSONValue) {
        guard let key = json["Key"]?.stringValue,
            let product = json["ProductId"]?.integerValue,
            let isBlocked = json["Block"]?.boolValue,
            let expires = json["Expires"].flatMap(Self.instant),
            let limit = json["MaxNoOfMachines"]?.integerValue, limit >= 0,
            let signedAt = json["SignDate"].flatMap(Self.instant),
            let machines = Self.elements(json["ActivatedMachines"])
        else { return nil }
        self.key = key
        self.product = product
        self.isBlocked = isBlocked
        self.expires = expires
        startsWhenActivated = json["TrialActivation"]?.boolValue ?? false
        features = Set((1...8).map { "F\($0)" }.filter { json[$0]?.boolValue == true })
        self.machines = machines.count
        activations = machines.compactMap { $0["Time"].flatMap(Self.instant) }.sorted()
        machineLimit = limit
        self.signedAt = signedAt
    }

    /// Seconds since 1970.
    private static func instant(_ value: JSONValue) -> Instant? {
        guard let seconds = value.integerValue, (0..<latestSecond).contains(seconds)
        else { return nil }
        return Instant(secondsSinceEpoch: seconds)
    }

    /// Year 9999; more is some other unit.
    private static let latestSecond: Int64 = 253_402_300_800

    /// Null is none; nil is no list.
    private static func elements(_ value: JSONValue?) -> [JSONValue]? {
        guard let value, !value.isNull else { return [] }
        return value.arrayValue
    }

    struct Meaning: Equatable {
        var state: VerdictState
        /// What decided, in the protocol's words.
        var word: String
        var cause: IndeterminateCause?
        var certainty: Certainty = .authoritative
        /// When the key was first used.
        var at: Instant?
    }

    func meaning(askedAt: Instant, timeLimit: CryptolensTimeLimit?) -> Meaning {
        if isBlocked { return Meaning(state: .revoked, word: "Block") }
        if expires <= askedAt, !startsWhenActivated || machines > 0 {
            guard let timeLimit else {
                return Meaning(state: .indeterminate, word: "Expires", cause: .ambiguousAnswer)
            }
            if isTimeLimited(by: timeLimit) {
                return Meaning(state: .expired, word: "Expires", certainty: .derived)
            }
        }
        let seats = SeatCount(
            taken: Int64(machines),
            limit: machineLimit == 0 ? nil : machineLimit
        )
        return Meaning(
            state: seats.state,
            word: "\(machines)/\(machineLimit)",
            // Without a count of machines nobody can see that there were any.
            certainty: machineLimit == 0 && machines == 0 ? .derived : .authoritative,
            // The first may be one whose time cannot be read.
            at: activations.count == machines ? activations.first : nil
        )
    }

    func isTimeLimited(by limit: CryptolensTimeLimit) -> Bool {
        switch limit {
        case .always: true
        case .never: false
        case .feature(let name): features.contains(name)
        }
    }
}

/// The account's public key as .NET writes it.
enum CryptolensPublicKey {
    static func key(_ xml: String) -> AnswerSigningKey? {
        guard xml.hasPrefix("<RSAKeyValue>"), xml.hasSuffix("</RSAKeyValue>"),
            let modulus = number("Modulus", in: xml), let exponent = number("Exponent", in: xml)
        else { return nil }
        return AnswerSigningKey(modulus: modulus, exponent: exponent)
    }

    private static func number(_ name: String, in xml: String) -> [UInt8]? {
        let parts = xml.split(separator: "<\(name)>", omittingEmptySubsequences: false)
        guard parts.count == 2,
            let text = parts[1].split(
                separator: "</\(name)>",
                omittingEmptySubsequences: false
            ).first
        else { return nil }
        return Base64.decode(text)
    }
}

/// The licence stands in base64 in the answer, with its customer and his machines.
enum CryptolensPersonalData {
    /// The answer with the licence in clear and no person in it. The signature cannot be checked
    /// any more: the key, which it covers, is not kept either.
    static func removed(from response: OutboundResponse) -> [UInt8] {
        guard let json = JSONAnswer.parsed(response.body),
            var answer = json.objectValue,
            let encoded = answer["licenseKey"]?.stringValue
        else { return withoutLicence(response) }
        guard let licence = Base64.decode(encoded).flatMap(JSONAnswer.parsed) else {
            answer["licenseKey"] = .string(Scrubber.mark)
            return JSONValue.object(answer).serialized()
        }
        answer["licenseKey"] = licence
        var opened = response
        opened.body = JSONValue.object(answer).serialized()
        return PersonalData.removed(from: opened, at: pointers)
    }

    private static let pointers =
        ["Customer", "Reseller", "Notes", "DataObjects", "AllowedMachines"].map {
            "/licenseKey/\($0)"
        }
        + ["IP", "Mid", "FriendlyName"].map { "/licenseKey/ActivatedMachines/*/\($0)" }

    /// A broken answer may hold a person where nothing can find him.
    private static func withoutLicence(_ response: OutboundResponse) -> [UInt8] {
        let text = String(decoding: response.body, as: UTF8.self).lowercased()
        guard text.contains("licensekey") else { return response.body }
        return Array("[\(response.body.count) bytes not kept: a broken licence]".utf8)
    }
}

import WireFormat

/// The form of an order, as far as Shenzhoufu would take it.
struct CardEntry: Sendable {
    static let signedFields = [
        "version", "merId", "payMoney", "orderId", "returnUrl", "cardInfo", "privateField",
        "verifyType",
    ]

    let order: String
    let password: String
    let callback: String
    let faceMinorUnits: Int64
    /// What notices repeat.
    let fields: [String: String]

    /// A synchronous answer other than 200.
    struct Refusal: Error, Sendable {
        let code: String
    }

    /// - Throws: 902 for a missing field, 903 for the merchant, 101 for the MD5, 917 for the
    ///   version, 914 for the amount, 911 for the order's number, 910 for the address, 109 for the
    ///   hidden card, 915 for its face value, 916 for its type, 104 for its number or password.
    init(
        _ form: FormFields,
        credentials: SandboxCredentials,
        isGameCard: Bool
    ) throws(Refusal) {
        let required =
            Self.signedFields.filter { $0 != "privateField" } + [
                "md5String", "cardTypeCombine",
            ]
        guard required.allSatisfy({ form[$0]?.isEmpty == false }) else {
            throw Refusal(code: "902")
        }
        let values = Self.signedFields.map { form[$0] ?? "" }
        guard values[1] == SandboxCredentials.shenzhoufuMerchant else { throw Refusal(code: "903") }
        guard form["md5String"] == Self.md5(values, key: credentials.shenzhoufuKey) else {
            throw Refusal(code: "101")
        }
        guard values[0] == "3", values[7] == "1" else { throw Refusal(code: "917") }
        guard DecimalAmount.whole(values[2]) != nil else { throw Refusal(code: "914") }
        guard Self.isOrderNumber(values[3]) else { throw Refusal(code: "911") }
        guard values[4].lowercased().hasPrefix("http") else { throw Refusal(code: "910") }
        let card = try Self.card(values[5], key: credentials.shenzhoufuDESKey, isGameCard)
        let type = form["cardTypeCombine"].flatMap { Int($0) } ?? -1
        guard isGameCard ? type >= 3 : (0...2).contains(type) else { throw Refusal(code: "916") }
        guard let face = DecimalAmount.whole(card[0]) else { throw Refusal(code: "915") }
        guard card[1...].allSatisfy({ (5...30).contains($0.utf8.count) }) else {
            throw Refusal(code: "104")
        }
        order = values[3]
        password = card[2]
        callback = values[4]
        faceMinorUnits = face * 100
        fields = [
            "payMoney": values[2], "returnUrl": values[4], "privateField": values[6],
            "face": card[0],
        ]
    }

    static func md5(_ values: [String], key: String) -> String {
        Digests.md5(values.joined() + key)
    }

    /// `face@serial@password`, for a game card with its type in front.
    private static func card(
        _ hidden: String,
        key: [UInt8],
        _ isGameCard: Bool
    ) throws(Refusal) -> [String] {
        guard let cipher = Base64.decode(hidden), let plain = DES(key: key)?.decrypt(cipher),
            let text = String(validating: plain, as: UTF8.self)
        else { throw Refusal(code: "109") }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == (isGameCard ? 4 : 3) else { throw Refusal(code: "917") }
        return isGameCard ? Array(parts.dropFirst()) : parts
    }

    /// `yyyyMMdd-merchant-serial`.
    private static func isOrderNumber(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == SandboxCredentials.shenzhoufuMerchant,
            parts[0].utf8.count == 8, !parts[2].isEmpty
        else { return false }
        let day = parts[0]
        return CalendarDate(
            iso8601: "\(day.prefix(4))-\(day.dropFirst(4).prefix(2))-\(day.suffix(2))")
            != nil
    }
}

public import WireFormat

/// Who a merchant is before the law (主体信息). Each order keeps the identity of its day, so that
/// a claim is never against somebody unknown (M1-07).
public struct LegalIdentity: Sendable, Hashable {
    /// 主体名称: as registered.
    public let name: String
    /// 统一社会信用代码, or the number of another register.
    public let registrationNumber: String
    /// Where letters reach it; a complaint to a public body asks for it.
    public let address: String?

    /// `nil` where the name or the number is blank.
    public init?(name: String, registrationNumber: String, address: String? = nil) {
        guard Self.isStated(name), Self.isStated(registrationNumber) else { return nil }
        self.name = name
        self.registrationNumber = registrationNumber
        self.address = address.flatMap { Self.isStated($0) ? $0 : nil }
    }

    private static func isStated(_ text: String) -> Bool {
        text.contains { !$0.isWhitespace }
    }
}

extension LegalIdentity {
    public var jsonValue: JSONValue {
        var object = JSONObject([
            .init(name: "name", value: .string(name)),
            .init(name: "registration_number", value: .string(registrationNumber)),
        ])
        object["address"] = address.map { .string($0) }
        return .object(object)
    }
}

/// A mark that the platform gave a merchant (认证标识, M3-48); never one that it gave itself.
public enum CertifiedMark: String, Sendable, Hashable, CaseIterable {
    /// 金牌商家
    case goldMerchant = "gold_merchant"
    /// 官方直营
    case officialStore = "official_store"
}

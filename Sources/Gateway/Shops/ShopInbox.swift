public import AdapterKit
import Crypto
import WireFormat

/// A shop that tells of its deliveries in its own format (发卡网), as the operator configured it.
public struct ShopInbox: Sendable {
    /// The platform whose deliveries these are.
    public var platform: String
    /// Tells the shops of a platform apart, for good: it is a part of their order numbers. Nil for
    /// at most one of them.
    public var id: String?
    public var access: Access
    /// Who sells, where the shop does not say.
    public var merchant: String
    /// The shop's own numbers of its goods, and our product ids.
    public var goods: [String: String]
    /// The product of goods that are not listed; nil puts them into quarantine.
    public var product: String?

    public init(
        platform: String,
        id: String? = nil,
        access: Access,
        merchant: String,
        goods: [String: String],
        product: String?
    ) {
        self.platform = platform
        self.id = id
        self.access = access
        self.merchant = merchant
        self.goods = goods
        self.product = product
    }

    /// How a shop shows that it is the one, and which format it speaks.
    public enum Access: Sendable {
        /// dujiao-next's callback: HMAC-SHA256 over method, path, time and body.
        case dujiaoNext(SharedSecret)
        /// dujiaoka's ApiHook: it cannot sign, so its path holds a token, and its address must be
        /// allowed.
        case dujiaoka(HookAccess)
        /// acg-faka: it calls nobody, so it is asked for an order.
        case acgFaka(AcgFakaAccount)
        /// Any shop that signs as dujiao-next does, with a body of ours.
        case generic(SharedSecret)

        public var kind: Kind {
            switch self {
            case .dujiaoNext: .dujiaoNext
            case .dujiaoka: .dujiaoka
            case .acgFaka: .acgFaka
            case .generic: .generic
            }
        }

        /// By what a call, or an order that is asked for, is told to be this shop's: two shops with
        /// the same could not be told apart. Nothing secret can be read out of it.
        public var account: String {
            switch self {
            case .dujiaoNext(let shared), .generic(let shared):
                "\(kind.rawValue) \(shared.apiKey)"
            case .acgFaka(let account): "\(kind.rawValue) \(account.address) \(account.appID)"
            case .dujiaoka(let hook): "\(kind.rawValue) \(Hexadecimal.encode(hook.tokenDigest))"
            }
        }
    }

    public enum Kind: String, Sendable, CaseIterable {
        case dujiaoNext = "dujiao-next"
        case dujiaoka
        case acgFaka = "acg-faka"
        case generic
    }

    public struct SharedSecret: Sendable {
        /// Names the sender; not secret.
        public var apiKey: String
        public var secret: SecretValue

        public init(apiKey: String, secret: SecretValue) {
            self.apiKey = apiKey
            self.secret = secret
        }
    }

    public struct HookAccess: Sendable {
        fileprivate let tokenDigest: [UInt8]
        /// Whether a request may come from an address.
        let allows: @Sendable (String) -> Bool

        /// - Parameters:
        ///   - token: stands in the hook's path; at least `shortestToken` characters.
        ///   - allows: takes the client's network address.
        public init(token: SecretValue, allows: @escaping @Sendable (String) -> Bool) {
            tokenDigest = token.withUnredacted { Array(SHA256.hash(data: Array($0.utf8))) }
            self.allows = allows
        }

        /// 128 bits in hexadecimal.
        public static let shortestToken = 32

        func accepts(token: some StringProtocol) -> Bool {
            ConstantTime.equal(tokenDigest, Array(SHA256.hash(data: Array(token.utf8))))
        }
    }

    public struct AcgFakaAccount: Sendable {
        /// Without a slash at the end.
        public var address: String
        public var appID: String
        public var appKey: SecretValue

        public init(address: String, appID: String, appKey: SecretValue) {
            self.address = address
            self.appID = appID
            self.appKey = appKey
        }
    }

    /// Symbols of an id.
    public static let longestID = 40

    /// Lower-case letters, digits and dashes: whatever the shop calls an order, the id ends at the
    /// first blank.
    public static func isID(_ text: String) -> Bool {
        (1...longestID).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            }
    }

    /// What a message is known by for as long as it may come again: nothing that the operator
    /// changes with a key, and nothing that another shop changes by being there.
    var name: String {
        id.map { "\(access.kind.rawValue) \($0)" } ?? access.kind.rawValue
    }

    /// The order's number on the platform: two shops count from 1. What is no number stays none.
    func orderNumber(_ number: String) -> String {
        guard let id, !number.isEmpty else { return number }
        return "\(id) \(number)"
    }

    /// The product of the shop's goods; nil when nobody said.
    func product(ofGoods goods: String?) -> String? {
        goods.flatMap { self.goods[$0] } ?? product
    }
}

/// Why a shop's call is not taken.
public enum ShopRefusal: String, Error, Sendable {
    case unknownShop = "unknown_shop"
    case missingAuthHeaders = "missing_auth_headers"
    case invalidTimestamp = "invalid_timestamp"
    case timestampExpired = "timestamp_expired"
    case invalidAPIKey = "invalid_api_key"
    case invalidSignature = "invalid_signature"
    case addressNotAllowed = "address_not_allowed"
    case malformed
    /// A shop that was asked knows no such order, or refuses our account.
    case shopRefused = "shop_refused"
    /// A code is of a batch that may not be handed over.
    case stockBlocked = "stock_blocked"
}

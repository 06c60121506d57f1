public import AdapterKit
import Crypto
import WireFormat

/// A shop that tells of its deliveries in its own format (发卡网), as the operator configured it.
public struct ShopInbox: Sendable {
    /// The platform whose deliveries these are.
    public var platform: String
    public var access: Access
    /// Who sells, where the shop does not say.
    public var merchant: String
    /// The shop's own numbers of its goods, and our product ids.
    public var goods: [String: String]
    /// The product of goods that are not listed; nil puts them into quarantine.
    public var product: String?
    /// Whether the platform has further shops, whose order numbers may be the same.
    public var hasNeighbours = false

    public init(
        platform: String,
        access: Access,
        merchant: String,
        goods: [String: String],
        product: String?
    ) {
        self.platform = platform
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

    /// Tells the shops of a platform apart; nothing secret can be read out of it.
    public var name: String {
        switch access {
        case .dujiaoNext(let shared), .generic(let shared):
            "\(access.kind.rawValue) \(shared.apiKey)"
        case .acgFaka(let account): "\(access.kind.rawValue) \(account.appID)"
        case .dujiaoka(let hook):
            "\(access.kind.rawValue) \(Hexadecimal.encode(hook.tokenDigest.prefix(8)))"
        }
    }

    /// The order's number on the platform: two shops count from 1.
    func orderNumber(_ number: String) -> String {
        hasNeighbours ? "\(name) \(number)" : number
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
}

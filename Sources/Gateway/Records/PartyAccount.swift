public import CardModel
import Crypto
public import WireFormat

/// An account that acts on claims with a token of its own: a platform's agent, an arbiter, a
/// merchant, a third party. Buyers have their order tokens.
public struct PartyAccount: Sendable, Hashable {
    public var platform: PlatformNumber
    /// Unique on the platform; shown in histories. No person's name.
    public var name: String
    public var role: ClaimActor
    /// Whose claims a merchant's account sees; nil for the other roles.
    public var merchant: String?
    public var tokenDigest: [UInt8]
    public var createdAt: Instant
    /// From then on its token opens nothing.
    public var revokedAt: Instant?

    /// The roles that have accounts.
    public static let roles: [ClaimActor] = [.merchant, .platform, .arbiter, .thirdParty]

    public init(
        platform: PlatformNumber,
        name: String,
        role: ClaimActor,
        merchant: String?,
        token: PartyToken,
        createdAt: Instant
    ) {
        self.platform = platform
        self.name = name
        self.role = role
        self.merchant = merchant
        tokenDigest = token.digest
        self.createdAt = createdAt
    }

    /// A name of 1 to 64 lower-case letters, digits, dots and dashes.
    public static func isWellFormed(name: String) -> Bool {
        (1...ClaimPrincipal.longestAccount).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, UInt8(ascii: "-"), UInt8(ascii: "."): true
                default: false
                }
            }
    }

    public var principal: ClaimPrincipal { ClaimPrincipal(role, account: name) }
}

/// What an account shows: `pt_` and base64url of 32 random bytes. Kept as its SHA-256 alone, which
/// tells nothing of 256 random bits.
public struct PartyToken: Sendable, CustomStringConvertible, CustomReflectable {
    static let byteCount = 32
    private static let prefix = "pt_"

    private let bytes: [UInt8]

    init(random: [UInt8]) {
        precondition(random.count == Self.byteCount, "a token takes 32 random bytes")
        bytes = random
    }

    public init?(_ text: some StringProtocol) {
        guard text.hasPrefix(Self.prefix), let bytes = Base64.decodeURL(text.dropFirst(3)),
            bytes.count == Self.byteCount
        else { return nil }
        self.bytes = bytes
    }

    /// For the one who gets it.
    public var secretText: String { Self.prefix + Base64.encodeURL(bytes) }

    public var digest: [UInt8] { Array(SHA256.hash(data: bytes)) }

    public var description: String { "••••" }
    public var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}

extension PartyAccount: StoredTree {
    public var jsonValue: JSONValue {
        [
            "platform": .integer(platform.rawValue), "name": .string(name),
            "role": .string(role.rawValue), "merchant": JSONValue(text: merchant),
            "token_digest": .string(Hexadecimal.encode(tokenDigest)),
            "created_at": JSONValue(createdAt), "revoked_at": JSONValue(revokedAt),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let platform = jsonValue["platform"]?.integerValue,
            let name = jsonValue["name"]?.stringValue,
            let role = jsonValue["role"]?.stringValue.flatMap({ ClaimActor(rawValue: $0) }),
            let digest = jsonValue["token_digest"]?.stringValue.flatMap({ Hexadecimal.decode($0) }),
            let createdAt = jsonValue["created_at"]?.instant
        else { return nil }
        self.platform = PlatformNumber(rawValue: platform)
        self.name = name
        self.role = role
        merchant = jsonValue["merchant"]?.stringValue
        tokenDigest = digest
        self.createdAt = createdAt
        revokedAt = jsonValue["revoked_at"]?.instant
    }
}

import WireFormat

/// What the sandbox's issuers know about the merchant who asks: made-up account names, and
/// secrets that are derived from a seed, so that none stands in a source and a test can have the
/// same ones twice.
public struct SandboxCredentials: Sendable {
    /// Bytes of a seed.
    static let seedBytes = 32

    private let seed: [UInt8]

    /// - Parameter seed: nil takes a random one.
    init(seed: [UInt8]?) {
        if let seed {
            self.seed = seed
        } else {
            // A server of its own, with nobody above it to hand a generator in.
            var generator = SystemRandomNumberGenerator()
            self.seed = (0..<Self.seedBytes).map { _ in
                UInt8(truncatingIfNeeded: generator.next())
            }
        }
    }

    /// Bytes that only the seed and the name decide.
    func bytes(_ name: String, count: Int) -> [UInt8] {
        Array(Digests.hmacSHA256("cardproof sandbox " + name, key: seed).prefix(count))
    }

    /// Hexadecimal digits: a secret such as an API key.
    private func secret(_ name: String) -> String {
        Hexadecimal.encode(bytes(name, count: 16))
    }
}

extension SandboxCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// Who the merchant is at each issuer.
extension SandboxCredentials {
    static let user = "sandbox"

    var voucherPassword: String { secret("ericsson-vsip password") }
    var airPassword: String { secret("ericsson-ucip password") }
    var ed25519Seed: [UInt8] { bytes("keygen signing key", count: 32) }

    static let gumroadProduct = "sandbox-product=="
    static let lemonSqueezyStore: Int64 = 1001
    static let lemonSqueezyProduct: Int64 = 2001
    static let polarOrganization = "00000000-0000-4000-8000-0000000c0001"

    var lmfwcKey: String { "ck_" + secret("lmfwc consumer key") }
    var lmfwcSecret: String { "cs_" + secret("lmfwc consumer secret") }

    static let cryptolensProduct = 3001
    var cryptolensToken: String { secret("cryptolens token") }

    static let licenseSpringProduct = "SBX"
    var licenseSpringKey: String { secret("licensespring api key") }
    var licenseSpringSharedKey: String { secret("licensespring shared key") }

    var squareToken: String { secret("square access token") }

    static let adyenMerchant = "SandboxMerchant"
    var adyenKey: String { secret("adyen api key") }

    var reloadlyClient: String { secret("reloadly client id") }
    var reloadlySecret: String { secret("reloadly client secret") }
    static let reloadlyAudience = "https://giftcards-sandbox.reloadly.com"
    /// The access token of one hour of the server's clock.
    func reloadlyToken(hour: Int64) -> String { secret("reloadly access token \(hour)") }

    var givexUser: String { secret("givex user") }
    var givexPassword: String { secret("givex password") }

    static let yeepayMerchant = "10000000001"
    var yeepayKey: String { secret("yeepay merchant key") }

    static let shenzhoufuMerchant = "100001"
    var shenzhoufuKey: String { secret("shenzhoufu private key") }
    var shenzhoufuDESKey: [UInt8] { bytes("shenzhoufu des key", count: 8) }

    static let ckxiangApplication = "sandbox-app"
    var ckxiangSecret: String { secret("ckxiang app secret") }

    static let nineteenPayMerchant = "1001"
    var nineteenPayKey: String { secret("19pay merchant key") }
}

/// The wire formats that the sandbox speaks, named as the adapters that ask in them.
public enum SandboxProtocol: String, Sendable, CaseIterable, Hashable {
    case ericssonVSIP = "ericsson-vsip"
    case keygen
    case gumroad
    case lemonSqueezy = "lemonsqueezy"
    case polar
    case lmfwc
    case cryptolens
    case licenseSpring = "licensespring"
    case squareGiftCard = "square-giftcard"
    case adyenGiftCard = "adyen-giftcard"
    case reloadlyGiftCard = "reloadly-giftcard"
    case givex
    case runa
    case ericssonUCIP = "ericsson-ucip"
    case yeepayCard = "yeepay-card"
    case shenzhoufu
    case ckxiang
    case nineteenPay = "19pay"
}

extension SandboxProtocol {
    /// The issuer that speaks it. The one place where a new protocol is written down.
    var issuer: any WireIssuer.Type {
        switch self {
        case .ericssonVSIP: VoucherServer.self
        case .keygen: LicenseServer.self
        case .gumroad: Gumroad.self
        case .lemonSqueezy: LemonSqueezy.self
        case .polar: Polar.self
        case .lmfwc: LicenseManager.self
        case .cryptolens: Cryptolens.self
        case .licenseSpring: LicenseSpring.self
        case .squareGiftCard: SquareGiftCards.self
        case .adyenGiftCard: AdyenStoredValue.self
        case .reloadlyGiftCard: ReloadlyGiftCards.self
        case .givex: Givex.self
        case .runa: Runa.self
        case .ericssonUCIP: AirServer.self
        case .yeepayCard: YeePay.self
        case .shenzhoufu: Shenzhoufu.self
        case .ckxiang: CKXiang.self
        case .nineteenPay: NineteenPay.self
        }
    }
}

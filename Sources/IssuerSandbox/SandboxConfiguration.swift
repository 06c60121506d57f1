/// How a sandbox issuer is set up.
public struct SandboxConfiguration: Sendable {
    /// Where it listens. Loopback unless told otherwise: the control endpoint has no password.
    public var host = "127.0.0.1"
    /// 0 takes a free port.
    public var port = 0
    /// Failures in force from the start, and again after a reset.
    public var faults: [FaultSwitch] = []
    /// The only name and password that the voucher server takes; nil takes any.
    public var credentials: BasicCredentials?
    /// What a good code is worth, in minor units.
    public var valueMinorUnits: Int64 = 5000
    /// ISO 4217.
    public var currency = "CNY"
    /// How far east of UTC the issuer's clocks are set. Not zero by default, so that an adapter
    /// which drops the offset is found out.
    public var utcOffsetSeconds = 8 * 3600
    /// What the merchants' secrets are derived from; nil makes new ones at every start.
    public var seed: [UInt8]?
    /// How long an accepted order is processed before it is settled and told.
    public var settlementDelay: Duration = .milliseconds(500)
    /// How often a callback is sent that nobody acknowledges.
    public var callbackAttempts = 3
    /// The time between two callbacks about one order.
    public var callbackInterval: Duration = .seconds(2)
    /// Whether callbacks may leave this machine.
    public var callsAnyHost = false
    /// Which of the three published forms the notice's MD5 of `shenzhoufu` has.
    public var shenzhoufuNotice = ShenzhoufuNoticeMode.piped

    public init() {}

    /// A currency that is certainly another one.
    var otherCurrency: String { currency == "USD" ? "EUR" : "USD" }
}

/// A name and a password of HTTP Basic (RFC 7617).
public struct BasicCredentials: Sendable, Equatable {
    let name: String
    let password: String

    /// Reads `name:password`; nil without a colon or a name.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { return nil }
        name = String(text[..<colon])
        password = String(text[text.index(after: colon)...])
    }
}

extension BasicCredentials: CustomStringConvertible, CustomReflectable {
    public var description: String { "••••" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

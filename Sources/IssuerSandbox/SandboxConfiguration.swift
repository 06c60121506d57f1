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

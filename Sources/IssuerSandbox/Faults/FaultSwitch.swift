/// A failure that applies to every code: of one protocol or of both, for the next so many
/// questions or until it is taken back.
public struct FaultSwitch: Sendable, Hashable {
    public var fault: SandboxFault
    /// Nil means both protocols.
    public var issuerProtocol: SandboxProtocol?
    /// Questions that it still applies to; nil means until it is taken back.
    public var remaining: Int?

    public init(
        _ fault: SandboxFault,
        issuerProtocol: SandboxProtocol? = nil,
        remaining: Int? = nil
    ) {
        self.fault = fault
        self.issuerProtocol = issuerProtocol
        self.remaining = remaining
    }

    func applies(to asked: SandboxProtocol) -> Bool {
        issuerProtocol == nil || issuerProtocol == asked
    }
}

/// The wire formats that the sandbox speaks, named as the adapters that ask in them.
public enum SandboxProtocol: String, Sendable, CaseIterable, Hashable {
    case ericssonVSIP = "ericsson-vsip"
    case keygen
}

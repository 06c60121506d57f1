/// A failure that applies to every code: of one protocol or of all, for the next so many
/// questions or until it is taken back.
public struct FaultSwitch: Sendable, Hashable {
    public var fault: SandboxFault
    /// Nil means every protocol.
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

public import AdapterKit

/// Which canaries of an adapter are asked, and how often.
public struct CanaryPlan: Sendable {
    public var every: Duration
    /// The manifest's and the operator's, `Canary.mostOfAnAdapter` at most.
    public var canaries: [Canary]

    public init(every: Duration = CanaryPlan.defaultInterval, canaries: [Canary]) {
        self.every = every
        self.canaries = canaries
    }

    /// Seldom enough for an issuer that counts inquiries, often enough for the day's deliveries.
    public static let defaultInterval: Duration = .seconds(3_600)
    /// By what part of itself the pause between two rounds may be longer.
    static let jitterShare = 0.1
    /// After an unexpected answer the canary is asked again soon: until then nobody knows.
    static let confirmation: Duration = .seconds(30)
    /// While the adapter is degraded, its return is looked for.
    static let degradedInterval: Duration = .seconds(300)

    /// What one adapter is asked: the manifest's canaries, and the operator's plan for it.
    ///
    /// Nobody's canary is asked where an inquiry spends the code, and the manifest's are not shown
    /// to a third party: that is the operator's to decide.
    static func plan(_ adapter: AdapterDescriptor, operators own: CanaryPlan?) -> CanaryPlan? {
        guard let effect = adapter.operations[.inquire], effect != .consumes else { return nil }
        let shipped = adapter.disclosesTo == nil ? adapter.canaries : []
        let canaries = Array(((own?.canaries ?? []) + shipped).prefix(Canary.mostOfAnAdapter))
        guard !canaries.isEmpty else { return nil }
        return CanaryPlan(every: own?.every ?? defaultInterval, canaries: canaries)
    }
}

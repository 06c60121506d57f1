import CardModel

/// The key `minimum_policy`: what no policy may protect the buyer less than.
struct MinimumPolicy {
    /// The word for no minimum at all.
    static let none = "none"

    /// Nil for no minimum, or where the key is wrong.
    let policy: WarrantyPolicy?

    init(sources: ConfigurationSources, faults: FaultList) {
        let name = sources.text("minimum_policy") ?? WarrantyPolicy.platformMinimum.id
        do {
            policy = try Self.policy(named: name, option: "minimum_policy")
        } catch {
            policy = nil
            faults.add(
                source: sources.entry("minimum_policy")?.origin,
                (error as? CommandFailure)?.message ?? "minimum_policy: cannot be read"
            )
        }
    }

    /// Nil for no minimum.
    /// - Throws: ``CommandFailure`` when there is no such policy, or it has faults.
    static func policy(named name: String, option: String) throws -> WarrantyPolicy? {
        name == none ? nil : try PolicySource(name, option: option).policy
    }
}

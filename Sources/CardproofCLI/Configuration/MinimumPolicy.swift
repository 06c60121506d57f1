import CardModel

/// The key `minimum_policy`, or an option in its place: what no policy may protect the buyer less than.
struct MinimumPolicy {
    /// The word for no minimum at all.
    static let none = "none"

    /// Nil for no minimum, or where the key is wrong.
    let policy: WarrantyPolicy?

    init(sources: ConfigurationSources, faults: FaultList) {
        let name = sources.text("minimum_policy") ?? WarrantyPolicy.platformMinimum.id
        do {
            try self.init(named: name, option: "minimum_policy")
        } catch {
            policy = nil
            faults.add(
                source: sources.entry("minimum_policy")?.origin,
                (error as? CommandFailure)?.message ?? "minimum_policy: cannot be read"
            )
        }
    }

    /// - Throws: ``CommandFailure`` when there is no such policy, or it has faults.
    init(named name: String, option: String) throws {
        policy = name == Self.none ? nil : try PolicySource(name, option: option).policy
    }
}

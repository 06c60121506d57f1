import CardModel

/// The key `minimum_policy`: what no policy may protect the buyer less than.
struct MinimumPolicy {
    /// The word for no minimum at all.
    static let none = "none"

    /// Nil for no minimum, or where the key is wrong.
    let policy: WarrantyPolicy?

    init(sources: ConfigurationSources, faults: FaultList) {
        let name = sources.text("minimum_policy") ?? WarrantyPolicy.platformMinimum.id
        guard name != Self.none else {
            policy = nil
            return
        }
        do {
            policy = try PolicySource(name, option: "minimum_policy").policy
        } catch {
            policy = nil
            faults.add(
                source: sources.entry("minimum_policy")?.origin,
                (error as? CommandFailure)?.message ?? "minimum_policy: cannot be read"
            )
        }
    }
}

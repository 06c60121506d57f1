/// One field by which a policy protects the buyer: how it is compared with the minimum's, and
/// which value holds when both policies hold.
struct Protection: Sendable {
    /// How a policy falls short of a minimum; `nil` where it does not.
    let weakness: @Sendable (_ policy: WarrantyPolicy, _ minimum: WarrantyPolicy) -> PolicyWeakness?

    /// Raises a policy to the protection of another.
    let raise: @Sendable (_ policy: inout WarrantyPolicy, _ other: WarrantyPolicy) -> Void

    /// A field that stands at one place of the policy.
    ///
    /// - Parameter matters: whether the field says anything in a policy that is compared.
    init<Value: Sendable>(
        _ pointer: String,
        _ path: any WritableKeyPath<WarrantyPolicy, Value> & Sendable,
        _ order: ProtectionOrder<Value>,
        _ title: LocalisedText,
        matters: @escaping @Sendable (WarrantyPolicy) -> Bool = { _ in true }
    ) {
        self.init(pointer, within: \.self, path, order, title, matters: matters)
    }

    /// A field of a part of the policy.
    init<Part, Value: Sendable>(
        _ pointer: String,
        within part: any WritableKeyPath<WarrantyPolicy, Part> & Sendable,
        _ path: any WritableKeyPath<Part, Value> & Sendable,
        _ order: ProtectionOrder<Value>,
        _ title: LocalisedText,
        matters: @escaping @Sendable (WarrantyPolicy) -> Bool = { _ in true }
    ) {
        weakness = { policy, minimum in
            let value = policy[keyPath: part][keyPath: path]
            let least = minimum[keyPath: part][keyPath: path]
            guard matters(policy), let kind = order.shortfall(value, least) else { return nil }
            return PolicyWeakness(
                pointer: pointer,
                minimum: order.spelling(least),
                policy: order.spelling(value),
                kind: kind,
                title: title
            )
        }
        raise = { policy, other in
            guard matters(policy) else { return }
            policy[keyPath: part][keyPath: path] = order.stronger(
                policy[keyPath: part][keyPath: path],
                other[keyPath: part][keyPath: path]
            )
        }
    }
}

/// Which of two values of a field protects the buyer more.
struct ProtectionOrder<Value: Sendable>: Sendable {
    /// How a value falls short of the minimum's; `nil` where it does not.
    let shortfall: @Sendable (_ value: Value, _ minimum: Value) -> PolicyWeakness.Kind?

    /// A value that falls short of neither.
    let stronger: @Sendable (Value, Value) -> Value

    /// The value as a policy file spells it.
    let spelling: @Sendable (Value) -> String
}

extension WarrantyPolicy {
    /// How a comparison spells a term that is not there.
    static let absentTerm = "none"
}

extension ProtectionOrder where Value == PolicyDuration {
    static func duration(_ preference: PolicyDuration.Preference) -> ProtectionOrder {
        ProtectionOrder(
            shortfall: { value, minimum in
                let (inner, outer) =
                    switch preference {
                    case .shorter: (value, minimum)
                    case .longer: (minimum, value)
                    }
                if inner.fits(into: outer) { return nil }
                return outer.fits(into: inner) ? .lower : .notComparable
            },
            stronger: { one, other in
                switch preference {
                case .shorter: one.shorter(other)
                case .longer: one.longer(other)
                }
            },
            spelling: \.description
        )
    }
}

extension ProtectionOrder where Value: Comparable {
    static func more(_ spelling: @escaping @Sendable (Value) -> String) -> ProtectionOrder {
        ProtectionOrder(
            shortfall: { $0 < $1 ? .lower : nil },
            stronger: { max($0, $1) },
            spelling: spelling
        )
    }

    static func fewer(_ spelling: @escaping @Sendable (Value) -> String) -> ProtectionOrder {
        ProtectionOrder(
            shortfall: { $0 > $1 ? .lower : nil },
            stronger: { min($0, $1) },
            spelling: spelling
        )
    }
}

extension ProtectionOrder {
    /// Values in a row, the one that protects least first.
    static func ranked(
        _ rank: @escaping @Sendable (Value) -> Int,
        _ spelling: @escaping @Sendable (Value) -> String
    ) -> ProtectionOrder {
        ProtectionOrder(
            shortfall: { rank($0) < rank($1) ? .lower : nil },
            stronger: { rank($0) < rank($1) ? $1 : $0 },
            spelling: spelling
        )
    }

    /// A field that may be left out. Nothing protects least: what the minimum leaves out it does
    /// not ask for.
    static func orNothing<Wrapped: Sendable>(
        _ order: ProtectionOrder<Wrapped>
    ) -> ProtectionOrder where Value == Wrapped? {
        ProtectionOrder(
            shortfall: { value, minimum in
                switch (value, minimum) {
                case (_, nil): nil
                case (nil, .some): .lower
                case (let value?, let minimum?): order.shortfall(value, minimum)
                }
            },
            stronger: { one, other in
                guard let one, let other else { return one ?? other }
                return order.stronger(one, other)
            },
            spelling: { $0.map(order.spelling) ?? WarrantyPolicy.absentTerm }
        )
    }
}

extension ProtectionOrder where Value == Bool {
    static let holds = ProtectionOrder(
        shortfall: { !$0 && $1 ? .lower : nil },
        stronger: { $0 || $1 },
        spelling: { "\($0)" }
    )

    static let holdsNot = ProtectionOrder(
        shortfall: { $0 && !$1 ? .lower : nil },
        stronger: { $0 && $1 },
        spelling: { "\($0)" }
    )
}

extension ProtectionOrder where Value == Money {
    /// A threshold: the lower it is, the sooner the buyer has what lies above it.
    static let lowerAmount = ProtectionOrder(
        shortfall: { value, minimum in
            switch value.compared(to: minimum) {
            case .less, .equal: nil
            case .greater: .lower
            case .notComparable: .notComparable
            }
        },
        stronger: { one, other in
            switch one.compared(to: other) {
            case .less, .equal: one
            case .greater, .notComparable: other
            }
        },
        spelling: { "\($0.decimalText) \($0.currency)" }
    )
}

extension ProtectionOrder {
    /// A set in which every element protects.
    static func all<Element: RawRepresentable<String> & Sendable>()
        -> ProtectionOrder where Value == Set<Element>
    {
        ProtectionOrder(
            shortfall: { value, minimum in
                value.isSuperset(of: minimum) ? nil : .missing(names(minimum.subtracting(value)))
            },
            stronger: { $0.union($1) },
            spelling: { names($0).joined(separator: ", ") }
        )
    }

    /// A set in which every element takes protection away.
    static func none<Element: RawRepresentable<String> & Sendable>()
        -> ProtectionOrder where Value == Set<Element>
    {
        ProtectionOrder(
            shortfall: { value, minimum in
                value.isSubset(of: minimum) ? nil : .excess(names(value.subtracting(minimum)))
            },
            stronger: { $0.intersection($1) },
            spelling: { names($0).joined(separator: ", ") }
        )
    }

    private static func names<Element: RawRepresentable<String>>(
        _ elements: Set<Element>
    ) -> [String] {
        elements.map(\.rawValue).sorted()
    }
}

extension WarrantyPolicy.Mode {
    /// A period protects most, for no check and no activation ends it.
    var protectionRank: Int {
        switch self {
        case .none: 0
        case .oneTimeVerification: 1
        case .period: 2
        }
    }
}

extension WarrantyPolicy.Basis {
    /// The place of the event in the usual course: the code is handed over, looked at, checked,
    /// activated, used. The later the start, the later the end.
    var protectionRank: Int {
        switch self {
        case .delivery: 0
        case .firstView: 1
        case .firstVerification: 2
        case .firstActivation: 3
        case .firstUse: 4
        }
    }
}

extension WarrantyPolicy {
    /// What starts a window: the basis, and what takes its place when it never comes.
    struct StartTerms: Sendable, Hashable {
        var basis: Basis
        var fallback: BasisFallback?

        /// The latest start after the hand-over; `nil` where a window may wait for ever.
        var latest: PolicyDuration? {
            basis == .delivery ? .elapsed(seconds: 0) : fallback?.after
        }
    }
}

extension WarrantyPolicy.WindowTerms {
    var startTerms: WarrantyPolicy.StartTerms {
        get { WarrantyPolicy.StartTerms(basis: basis, fallback: fallback) }
        set {
            basis = newValue.basis
            fallback = newValue.fallback
        }
    }
}

extension ProtectionOrder where Value == WarrantyPolicy.StartTerms {
    /// A later start, by the basis and by the fallback. A window that has not begun has not run
    /// out either: whoever reports a defect then reaches a person.
    static let later = ProtectionOrder(
        shortfall: { value, minimum in
            let isBasisEnough = value.basis.protectionRank >= minimum.basis.protectionRank
            let isFallbackEnough =
                switch (value.latest, minimum.latest) {
                case (nil, _): true
                case (.some, nil): false
                case (let latest?, let least?): least.fits(into: latest)
                }
            return isBasisEnough && isFallbackEnough ? nil : .lower
        },
        stronger: { one, other in
            let basis =
                one.basis.protectionRank < other.basis.protectionRank ? other.basis : one.basis
            guard basis != .delivery, let latest = one.latest, let other = other.latest else {
                return WarrantyPolicy.StartTerms(basis: basis)
            }
            return WarrantyPolicy.StartTerms(
                basis: basis,
                fallback: WarrantyPolicy.BasisFallback(after: latest.longer(other))
            )
        },
        spelling: { terms in
            terms.fallback.map { "\(terms.basis.rawValue), \($0.after)" } ?? terms.basis.rawValue
        }
    )
}

extension ProtectionOrder where Value == String? {
    /// A promise whose content is the product's matter: it must only be made.
    static let anyPromise = ProtectionOrder(
        shortfall: { value, minimum in value == nil && minimum != nil ? .lower : nil },
        stronger: { $0 ?? $1 },
        spelling: { $0 ?? WarrantyPolicy.absentTerm }
    )
}

extension ProtectionOrder where Value == [Remedy] {
    /// Every remedy protects, wherever it stands in the order.
    static let everyRemedy = ProtectionOrder(
        shortfall: { value, minimum in
            let missing = minimum.filter { !value.contains($0) }
            return missing.isEmpty ? nil : .missing(missing.map(\.rawValue))
        },
        stronger: { one, other in one + other.filter { !one.contains($0) } },
        spelling: { $0.map(\.rawValue).joined(separator: ", ") }
    )
}

extension ProtectionOrder where Value == WarrantyPolicy.MembershipTerms? {
    /// A longer term and a smaller tolerance.
    static let membership = ProtectionOrder.orNothing(
        ProtectionOrder<WarrantyPolicy.MembershipTerms>(
            shortfall: { value, minimum in
                value.lengthDays < minimum.lengthDays
                    || value.toleranceHours > minimum.toleranceHours ? .lower : nil
            },
            stronger: { one, other in
                WarrantyPolicy.MembershipTerms(
                    lengthDays: max(one.lengthDays, other.lengthDays),
                    toleranceHours: min(one.toleranceHours, other.toleranceHours)
                )
            },
            spelling: { "P\($0.lengthDays)D ± PT\($0.toleranceHours)H" }
        )
    )
}

public import WireFormat

/// Which qualifications a merchant needs, and what follows when they do not hold (上架条件, M0-10).
public struct ListingRule: Sendable, Hashable {
    public var required: Set<Qualification.Kind>
    /// False: the grade is lowered and nothing else happens.
    public var isBlocking: Bool

    public init(required: Set<Qualification.Kind> = [.businessLicence], isBlocking: Bool = true) {
        self.required = required
        self.isBlocking = isBlocking
    }

    /// Whether the merchant's goods may be listed on a day. A merchant nobody can name is never
    /// listed: no claim against it would reach anybody (M1-07).
    public func decision(on merchant: MerchantProfile, day: CalendarDate) -> ListingDecision {
        guard merchant.isIdentified else { return .blocked(.unidentified) }
        let faults = merchant.faults(requiring: required, on: day)
        guard !faults.isEmpty else { return .allowed }
        return isBlocking ? .blocked(.qualifications(faults)) : .allowedAtLowerGrade(faults)
    }
}

public enum ListingDecision: Sendable, Hashable {
    case allowed
    case allowedAtLowerGrade([QualificationFault])
    case blocked(Reason)

    public enum Reason: Sendable, Hashable {
        case unidentified
        case qualifications([QualificationFault])
    }
}

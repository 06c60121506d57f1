public import CardModel

/// What completes a policy to the rules of a claim: the calendars of working days that policies
/// name, the one for those that name none, and the tables of the deployment.
public struct ClaimRuleBook: Sendable {
    private let calendars: [String: WorkCalendar]
    private let standard: WorkCalendar
    public let tables: RuleSet

    /// - Parameter standard: counts where a policy names no calendar, or one that is not there: an
    ///   order may have pinned it before it was taken away.
    public init(
        _ calendars: [WorkCalendar] = [],
        standard: WorkCalendar = .weekdays,
        tables: RuleSet = .standard
    ) {
        self.calendars = Dictionary(calendars.map { ($0.id, $0) }) { _, last in last }
        self.standard = standard
        self.tables = tables
    }

    public subscript(id: String?) -> WorkCalendar {
        id.flatMap { calendars[$0] } ?? standard
    }

    public func rules(of policy: WarrantyPolicy) -> ClaimRules {
        ClaimRules(policy: policy, calendar: self[policy.calendar], tables: tables)
    }
}

public import CardModel

/// The calendars of working days that policies name, and the one for those that name none.
public struct CalendarBook: Sendable {
    private let calendars: [String: WorkCalendar]
    private let standard: WorkCalendar

    /// - Parameter standard: counts where a policy names no calendar, or one that is not there: an
    ///   order may have pinned it before it was taken away.
    public init(_ calendars: [WorkCalendar] = [], standard: WorkCalendar = .weekdays) {
        self.calendars = Dictionary(calendars.map { ($0.id, $0) }) { _, last in last }
        self.standard = standard
    }

    public subscript(id: String?) -> WorkCalendar {
        id.flatMap { calendars[$0] } ?? standard
    }

    public var all: [WorkCalendar] { calendars.values.sorted { $0.id < $1.id } }

    public func rules(of policy: WarrantyPolicy) -> ClaimRules {
        ClaimRules(policy: policy, calendar: self[policy.calendar])
    }
}

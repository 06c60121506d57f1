public import CardModel
import WireFormat

/// The profiles of merchants that the operator keeps (商家档案), and what a grade takes from them.
///
/// A profile is of whoever the platform's notices name by its id; the platform's own is the one
/// that bears the platform's name.
public struct MerchantBook: Sendable {
    private let profiles: [String: MerchantProfile]
    /// Which qualifications a merchant needs (M0-10).
    private let rule: ListingRule

    public init(_ profiles: [MerchantProfile] = [], rule: ListingRule = ListingRule()) {
        self.profiles = Dictionary(profiles.map { ($0.id, $0) }) { _, last in last }
        self.rule = rule
    }

    public subscript(id: String) -> MerchantProfile? { profiles[id] }

    /// What a reviewer sees of a merchant's qualification on a day.
    func reviewed(_ id: String, on day: CalendarDate) -> ReviewFacts.Merchant {
        ReviewFacts.Merchant(profile: profiles[id], required: rule.required, day: day)
    }

    /// What is declared of somebody on a day; of one without a profile that nothing is.
    func declaration(of id: String, deliveries: Int, on day: CalendarDate) -> GradeDeclaration {
        let profile = profiles[id]
        return GradeDeclaration(
            deliveries: deliveries,
            qualification: profile?.standing(requiring: rule.required, on: day) ?? .missing,
            hasHumanChannelAllHours: profile?.hasHumanChannelAllHours ?? false
        )
    }
}

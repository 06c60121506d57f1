import CardModel
import WireFormat

/// Everything that the grades of a platform's merchants at one instant are made of, but the
/// outcomes: who is graded, and what is declared of each (M2-32).
struct GradeSheet {
    let platform: String
    /// To the second, as published files state it.
    let asOf: Instant
    let formula: GradeFormula
    /// Of every merchant that ever handed something over.
    let merchants: [String: GradeDeclaration]
    let platformDeclaration: GradeDeclaration

    /// The days of UTC that the period before an instant touches: deliveries are counted by day.
    static func days(
        before asOf: Instant,
        _ formula: GradeFormula = .standard
    ) -> ClosedRange<CalendarDate> {
        let last = CalendarDate(of: asOf)
        // Before the first year there are no days to go back.
        return min(last, last.adding(days: -formula.limits.periodDays))...last
    }

    /// - Parameters:
    ///   - counts: Orders of each merchant in the period.
    ///   - day: On which qualifications must hold.
    init(
        of platform: String,
        counts: [String: Int],
        book: MerchantBook,
        asOf: Instant,
        day: CalendarDate,
        formula: GradeFormula = .standard
    ) {
        self.platform = platform
        self.asOf = asOf
        self.formula = formula
        merchants = Dictionary(
            uniqueKeysWithValues: counts.map { merchant, count in
                (merchant, book.declaration(of: merchant, deliveries: count, on: day))
            })
        platformDeclaration = book.declaration(
            of: platform, deliveries: counts.values.reduce(0, +), on: day)
    }

    func header(origin: String, fromNumber: Int) -> OutcomeFile.Header {
        OutcomeFile.Header(
            platform: platform,
            origin: origin,
            formula: formula.name,
            fromNumber: fromNumber,
            asOf: asOf,
            platformDeclaration: platformDeclaration,
            merchants: merchants
        )
    }

    /// The grade of one merchant, as JSON; nil when there is no such merchant.
    func row(
        of merchant: String,
        _ outcomes: some Sequence<ClaimOutcome>,
        profile: MerchantProfile?
    ) -> JSONValue? {
        guard let declared = merchants[merchant] else { return nil }
        var row = object(.merchant(merchant), outcomes, declared)
        row["merchant"] = .string(merchant)
        row["profile"] = profile?.jsonValue ?? .null
        return .object(row)
    }

    func platformRow(_ outcomes: some Sequence<ClaimOutcome>) -> JSONValue {
        .object(object(.platform, outcomes, platformDeclaration))
    }

    private func object(
        _ subject: ServiceSubject,
        _ outcomes: some Sequence<ClaimOutcome>,
        _ declared: GradeDeclaration
    ) -> JSONObject {
        let grade = MerchantGrade(
            of: subject, outcomes: outcomes, declared: declared, asOf: asOf, formula: formula)
        return JSONObject([
            .init(name: "as_of", value: .string(asOf.rfc3339Seconds)),
            .init(name: "declared", value: declared.jsonValue),
            .init(name: "rating", value: grade.jsonValue),
            .init(
                name: "text",
                value: [
                    "zh-CN": .string(grade.text(in: .zhCN)), "en": .string(grade.text(in: .en)),
                ]
            ),
        ])
    }
}

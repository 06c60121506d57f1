import CardModel
public import WireFormat

/// Grades of merchants, and the file from which anybody computes them again.
extension DeliveryGateway {
    /// A merchant's grade now or at an instant; nil when the platform knows no such merchant.
    public func grade(
        of merchant: String,
        platform: Platform,
        asOf instant: Instant?
    ) async throws -> JSONValue? {
        let sheet = try await gradeSheet(of: platform, asOf: instant)
        guard sheet.merchants[merchant] != nil else { return nil }
        let outcomes = try await outcomes(of: platform, merchant: merchant)
        guard
            let row = sheet.row(of: merchant, outcomes, profile: parts.merchants[merchant])?
                .objectValue
        else { return nil }
        var answer = row
        answer["platform"] = .string(platform.name)
        return .object(answer)
    }

    /// The grades of all merchants, by name, and the platform's own.
    public func grades(of platform: Platform, asOf instant: Instant?) async throws -> JSONValue {
        let sheet = try await gradeSheet(of: platform, asOf: instant)
        let outcomes = try await outcomes(of: platform, merchant: nil)
        let own = Dictionary(grouping: outcomes, by: \.merchant)
        let rows = sheet.merchants.keys.sorted().compactMap { merchant in
            sheet.row(of: merchant, own[merchant] ?? [], profile: parts.merchants[merchant])
        }
        return [
            "as_of": .string(sheet.asOf.rfc3339Seconds),
            "formula": .string(sheet.formula.name),
            "merchants": .array(rows),
            "platform": .string(platform.name),
            "whole": sheet.platformRow(outcomes),
        ]
    }

    /// The published file of one of a platform's logs.
    ///
    /// - Parameters:
    ///   - asOf: The end of the graded period; nil: now.
    ///   - size: Entries of the log that the file is for: outcomes of later leaves are left out.
    ///     Nil: all there are.
    public func outcomePublication(
        of log: LogRecord,
        platform: Platform,
        asOf instant: Instant?,
        size: UInt64?
    ) async throws -> OutcomePublication {
        // Before who sold what is read: whoever has an outcome by now is known then.
        let present = try await self.log.size(of: log)
        let end = log.firstIndex + min(size ?? present, present)
        let before = try await parts.store.outcomeCount(
            of: platform.number, before: log.firstIndex)
        let last = try await parts.store.outcomeCount(of: platform.number, before: end)
        let sheet = try await gradeSheet(of: platform, asOf: instant)
        return try OutcomePublication(
            header: sheet.header(origin: log.origin, fromNumber: before + 1),
            of: log,
            through: last,
            store: parts.store
        )
    }

    private func gradeSheet(
        of platform: Platform,
        asOf instant: Instant?
    ) async throws -> GradeSheet {
        let asOf = Instant(
            secondsSinceEpoch: (instant ?? parts.time.now()).secondsAndMilliseconds.seconds)
        let counts = try await parts.store.deliveryCounts(
            of: platform.number, on: GradeSheet.days(before: asOf))
        return GradeSheet(
            of: platform.name,
            counts: counts,
            book: parts.merchants,
            asOf: asOf,
            day: parts.catalogue.ruleBook[nil].zone.day(of: asOf)
        )
    }

    private func outcomes(
        of platform: Platform,
        merchant: String?
    ) async throws -> [ClaimOutcome] {
        var outcomes: [ClaimOutcome] = []
        while true {
            let page = try await parts.store.outcomes(
                of: platform.number,
                merchant: merchant,
                after: outcomes.last?.number ?? 0,
                limit: OutcomePublication.pageSize
            )
            guard !page.isEmpty else { return outcomes }
            outcomes += page.map(\.outcome)
        }
    }
}

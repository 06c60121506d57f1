import Foundation
import GRDB
import Gateway

extension SQLiteInspection {
    func outcomes(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<InspectedOutcome> {
        try walk(
            "claim_outcomes", key: "number",
            "SELECT * FROM claim_outcomes WHERE platform = ? ORDER BY number", [platform.rawValue]
        ) { try InspectedOutcome(row: $0) }
    }

    /// What was published of one claim. A row that cannot be read is told of when those of the
    /// platform are walked.
    func outcomes(ofClaim id: [UInt8]) throws -> [InspectedOutcome] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: "SELECT * FROM claim_outcomes WHERE claim = ? ORDER BY number"),
            arguments: [Data(id)]
        ).compactMap { try? InspectedOutcome(row: $0) }
    }
}

extension InspectedOutcome {
    fileprivate init(row: Row) throws {
        self.init(
            number: try row.count("claim_outcomes", "number"),
            merchant: try row.text("claim_outcomes", "merchant"),
            record: try OutcomeRecord(row: row)
        )
    }
}

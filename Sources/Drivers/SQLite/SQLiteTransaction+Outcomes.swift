import CardModel
import GRDB
import Gateway
import WireFormat

extension SQLiteTransaction {
    func outcomeCount(of platform: PlatformNumber) throws -> Int {
        try first(
            "SELECT number FROM claim_outcomes WHERE platform = ? ORDER BY number DESC LIMIT 1",
            [.platform(platform)]
        ).map { try $0.count("claim_outcomes", "number") } ?? 0
    }

    func latestOutcome(of claim: ClaimID) throws -> OutcomeRecord? {
        try first(
            "SELECT * FROM claim_outcomes WHERE claim = ? ORDER BY number DESC LIMIT 1",
            [.id(claim)]
        ).map { try OutcomeRecord(row: $0) }
    }

    func insert(_ outcome: OutcomeRecord) throws {
        try run(
            """
            INSERT INTO claim_outcomes (platform, number, merchant, claim, leaf_index, disclosure)
            VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                .platform(outcome.platform), .count(outcome.outcome.number),
                .text(outcome.outcome.merchant), SQLiteValue(outcome.claim?.bytes),
                .index(outcome.leafIndex), .text(outcome.disclosure),
            ]
        )
    }

    func countDeliveries(
        _ count: Int,
        of merchant: String,
        on day: CalendarDate,
        platform: PlatformNumber
    ) throws {
        try run(
            """
            INSERT INTO merchant_deliveries (platform, merchant, day, deliveries)
            VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET deliveries = deliveries + excluded.deliveries
            """,
            [.platform(platform), .text(merchant), .count(day.dayNumber), .count(count)]
        )
    }

    func deliveryCount(
        of merchant: String,
        since day: CalendarDate,
        platform: PlatformNumber
    ) throws -> Int {
        let sum = try first(
            """
            SELECT ifnull(sum(deliveries), 0) AS deliveries FROM merchant_deliveries
            WHERE platform = ? AND merchant = ? AND day >= ?
            """,
            [.platform(platform), .text(merchant), .count(day.dayNumber)]
        )
        return try sum.map { Int(try $0.integer("merchant_deliveries", "deliveries")) } ?? 0
    }
}

extension OutcomeRecord {
    init(row: Row) throws {
        let table = "claim_outcomes"
        let claim = row.optionalBytes("claim")
        let id = claim.flatMap { ClaimID(bytes: $0) }
        guard (claim == nil) == (id == nil) else {
            throw UnreadableRow(table: table, column: "claim")
        }
        self = try row.required(
            OutcomeRecord(
                platform: row.platform(table),
                claim: id,
                leafIndex: row.index(table, "leaf_index"),
                disclosure: row.text(table, "disclosure")
            ), table, "disclosure")
    }
}

import CardModel
import GRDB
import Gateway
import WireFormat

/// How merchants answer, deliver and withdraw, and what they were told of it.
extension SQLiteTransaction {
    func lastDeliveryDay(
        of merchant: String,
        platform: PlatformNumber
    ) throws -> CalendarDate? {
        try first(
            """
            SELECT day FROM merchant_deliveries
            WHERE platform = ? AND merchant = ? AND deliveries > 0 ORDER BY day DESC LIMIT 1
            """,
            [.platform(platform), .text(merchant)]
        ).map { CalendarDate(dayNumber: Int(try $0.integer("merchant_deliveries", "day"))) }
    }

    func claimedCount(
        having trait: ClaimTrait,
        from source: ClaimSource,
        platform: PlatformNumber,
        since: Instant,
        limit: Int
    ) throws -> ClaimedCount {
        let (column, words) =
            switch trait {
            case .family(let family): ("family", [family.rawValue])
            case .demand(let remedies): ("demand", remedies.map(\.rawValue))
            }
        let places = words.map { _ in "?" }.joined(separator: ", ")
        let found = try first(
            """
            SELECT count(DISTINCT items.delivery) AS deliveries,
                count(DISTINCT latest.item) AS items
            FROM (
                SELECT item, family, demand FROM claims WHERE platform = ?
                    AND \(source.column) = ? AND filed_at > ? AND \(ClaimSource.isCounted)
                ORDER BY filed_at DESC, number DESC LIMIT ?
            ) AS latest JOIN items ON items.number = latest.item
            WHERE latest.\(column) IN (\(places))
            """,
            [.platform(platform), source.value, .instant(since), .count(limit)]
                + words.map { .text($0) }
        )
        return ClaimedCount(
            deliveries: try found?.count("claims", "deliveries") ?? 0,
            items: try found?.count("claims", "items") ?? 0
        )
    }

    func responses(
        of merchant: String,
        platform: PlatformNumber,
        filedFrom start: Instant,
        before end: Instant,
        limit: Int
    ) throws -> ResponseCount {
        let found = try first(
            """
            SELECT count(*) AS claims, ifnull(sum(EXISTS (
                SELECT 1 FROM claim_rings WHERE claim = latest.id AND timer = ?
                    AND rung_at IS NOT NULL)), 0) AS missed
            FROM (
                SELECT id FROM claims WHERE platform = ? AND merchant = ? AND filed_at >= ?
                    AND filed_at < ? AND against = ? AND \(ClaimSource.isCounted)
                ORDER BY filed_at DESC, number DESC LIMIT ?
            ) AS latest
            """,
            [
                .word(ClaimTimer.firstResponse), .platform(platform), .text(merchant),
                .instant(start), .instant(end), .word(LiableParty.merchant), .count(limit),
            ]
        )
        return ResponseCount(
            claims: try found?.count("claims", "claims") ?? 0,
            missed: try found?.count("claims", "missed") ?? 0
        )
    }

    func withdrawn(
        by merchant: String,
        currency: String,
        since instant: Instant,
        platform: PlatformNumber
    ) throws -> Int64 {
        try all(
            """
            SELECT * FROM ledger_entries WHERE kind = 'withdrawal'
            AND platform = ? AND merchant = ? AND at >= ? AND currency = ?
            """,
            [.platform(platform), .text(merchant), .instant(instant), .text(currency)]
        ).reduce(0) { sum, row in
            sum.addingSaturated(try LedgerEntry(row: row).transaction.leavingMinorUnits)
        }
    }

    func insert(_ penalty: PenaltyRecord) throws -> Bool {
        try run(
            """
            INSERT INTO merchant_penalties (id, platform, merchant, ladder_row, period, claim,
                record) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (platform, merchant, ladder_row, period) DO NOTHING
            """,
            [
                .id(penalty.id), .platform(penalty.platform), .text(penalty.merchant),
                .text(penalty.event.row.id), .count(penalty.period.number),
                SQLiteValue(penalty.claim?.bytes), .blob(penalty.storedBytes),
            ]
        )
        return database.changesCount > 0
    }

    func penalty(_ id: PenaltyID) throws -> PenaltyRecord? {
        try first("SELECT * FROM merchant_penalties WHERE id = ?", [.id(id)])
            .map { try PenaltyRecord(row: $0) }
    }

    func update(_ penalty: PenaltyRecord) throws {
        try run(
            "UPDATE merchant_penalties SET record = ? WHERE id = ?",
            [.blob(penalty.storedBytes), .id(penalty.id)]
        )
    }
}

extension PenaltyRecord {
    init(row: Row) throws {
        let table = "merchant_penalties"
        var record = try row.required(
            PenaltyRecord(storedBytes: row.bytes("record")), table, "record")
        let bytes = row.optionalBytes("claim")
        record.claim = bytes.flatMap { ClaimID(bytes: $0) }
        guard (bytes == nil) == (record.claim == nil) else {
            throw UnreadableRow(table: table, column: "claim")
        }
        self = record
    }
}

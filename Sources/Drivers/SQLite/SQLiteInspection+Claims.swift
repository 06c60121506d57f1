import CardModel
import Foundation
import GRDB
import Gateway
import WireFormat

/// What stands beside a claim, and the book of deposits.
extension SQLiteInspection {
    func bookEntries(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<LedgerEntry> {
        try walk(
            "ledger_entries", key: "number",
            "SELECT * FROM ledger_entries WHERE platform = ? ORDER BY number",
            [platform.rawValue]
        ) { try LedgerEntry(inspecting: $0) }
    }

    func bookBalances(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> RowWalk<LedgerBalance> {
        try walk(
            "ledger_balances", key: "account",
            "SELECT * FROM ledger_balances WHERE platform = ? ORDER BY account, currency",
            [platform.rawValue]
        ) { row in
            let table = "ledger_balances"
            return LedgerBalance(
                account: try row.required(
                    LedgerAccount(name: row.text(table, "account")), table, "account"),
                balance: try row.required(
                    Money(
                        minorUnits: row.integer(table, "minor_units"),
                        currency: row.text(table, "currency")),
                    table, "currency")
            )
        }
    }

    /// Reads everything beside a claim; rows that cannot be read are told of by their places.
    func readSurroundings(
        of claim: inout InspectedDelivery.Claim,
        lost: (StorePlace) -> Void
    ) throws {
        let id: StatementArguments = [Data(claim.id)]
        claim.rings = try read(
            "claim_rings", key: "timer", "SELECT * FROM claim_rings WHERE claim = ?", id, lost
        ) { .init(ring: try ClaimRing(row: $0), rungAt: $0.instant("rung_at")) }
        claim.filings = try read(
            "filings", key: "channel", "SELECT * FROM filings WHERE claim = ?", id, lost
        ) { row in
            let record = try FilingRecord(row: row)
            try row.expect(record.storedBytes, in: "record", of: "filings")
            return .init(channel: try row.text("filings", "channel"), record: record)
        }
        claim.remedies = try read(
            "remedies", key: "number", "SELECT * FROM remedies WHERE claim = ? ORDER BY attempt",
            id, lost
        ) { try InspectedDelivery.Remedy(row: $0) }
        claim.bookEntries = try bookEntries(of: claim, lost)
    }

    /// By the keys, so that a line whose column names another claim is found, too.
    private func bookEntries(
        of claim: InspectedDelivery.Claim,
        _ lost: (StorePlace) -> Void
    ) throws -> [LedgerEntry] {
        var entries: [LedgerEntry] = []
        for word in ["freeze", "release", "payout", "settle", "cancel"] {
            let start = "\(word)/\(claim.record.id.text)"
            // The sign after `/` ends the range.
            entries += try read(
                "ledger_entries", key: "number",
                """
                SELECT * FROM ledger_entries WHERE platform = ? AND key >= ? AND key < ?
                ORDER BY key
                """,
                [claim.record.platform.rawValue, "\(start)/", "\(start)0"], lost
            ) { try LedgerEntry(inspecting: $0) }
        }
        return entries
    }

    private func read<Value>(
        _ table: String,
        key: String,
        _ sql: String,
        _ arguments: StatementArguments,
        _ lost: (StorePlace) -> Void,
        _ read: (Row) throws -> Value
    ) throws -> [Value] {
        try Row.fetchAll(database.cachedStatement(sql: sql), arguments: arguments).compactMap {
            switch try Self.inspected($0, table: table, key: key, read) {
            case .row(let value): return value
            case .unreadable(let place):
                lost(place)
                return nil
            }
        }
    }
}

extension InspectedDelivery.Remedy {
    fileprivate init(row: Row) throws {
        let record = try RemedyRecord(row: row)
        try row.expect(record.storedBytes, in: "record", of: "remedies")
        self.init(
            id: row.bytes("id"),
            platform: try row.platform("remedies"),
            attempt: try row.count("remedies", "attempt"),
            state: try row.text("remedies", "state"),
            replacement: row.optionalInteger("replacement"),
            record: record
        )
    }
}

extension LedgerEntry {
    /// Every column tells what the transaction tells.
    fileprivate init(inspecting row: Row) throws {
        let table = "ledger_entries"
        try self.init(row: row)
        try row.expect(transaction.jsonValue.serialized(), in: "posted", of: table)
        let columns = [
            ("key", transaction.key), ("kind", transaction.kind.rawValue),
            ("currency", transaction.currency),
        ]
        for (column, value) in columns where row.optionalText(column) != value {
            throw UnreadableRow(table: table, column: column)
        }
    }
}

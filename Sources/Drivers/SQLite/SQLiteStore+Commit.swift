import CardModel
import Foundation
import GRDB
public import Gateway
public import WireFormat

extension SQLiteStore {
    public func commit(_ changes: [Change]) async throws(StoreError) -> [CommitOutcome] {
        var refused: [Int: String] = [:]
        while true {
            do {
                return try await attempt(changes, refused: refused)
            } catch let failure as ChangeFailure {
                // One change that cannot be made costs its neighbours a second try, never their
                // place.
                refused[failure.index] = failure.reason
            } catch {
                throw SQLiteFailure.storeError(error)
            }
        }
    }

    /// A change that the store cannot make though it works: its own fault.
    private struct ChangeFailure: Error {
        let index: Int
        let reason: String
    }

    /// One transaction over all changes but those that cannot be made.
    /// - Parameter refused: their places, and why.
    private func attempt(
        _ changes: [Change],
        refused: [Int: String]
    ) async throws -> [CommitOutcome] {
        try await transact { [self] database in
            let transaction = SQLiteTransaction(database: database, heads: heads)
            var ledger = Ledger(transaction: transaction, signer: signer)
            var outcomes: [PendingOutcome] = []
            outcomes.reserveCapacity(changes.count)
            for (index, change) in changes.enumerated() {
                if let reason = refused[index] {
                    outcomes.append(.failed(reason: reason))
                    continue
                }
                do {
                    outcomes.append(try ledger.apply(change))
                } catch {
                    guard let reason = SQLiteFailure.reasonOfOneChange(error) else { throw error }
                    throw ChangeFailure(index: index, reason: reason)
                }
            }
            return try ledger.finish(outcomes, at: time.now())
        }
    }

    public func leaseChecks(
        adapter: String?,
        limit: Int,
        now: Instant,
        until leasedUntil: Instant
    ) async throws(StoreError) -> [LeasedCheck] {
        try await write(.lazy) { database in
            // Codes that nobody has asked about go first: a dead issuer's re-asks never hold up a
            // new delivery.
            var due: [Row] = []
            for attempts in ["= 0", "> 0"] where due.count < limit {
                due += try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT id, due_at FROM checks WHERE adapter IS ? AND due_at <= ?
                                AND due_at IS NOT NULL AND attempts \(attempts)
                            ORDER BY due_at LIMIT ?
                            """
                    ),
                    arguments: [adapter, now.millisecondsSinceEpoch, limit - due.count]
                )
            }
            return try due.map {
                try Self.lease(
                    Data($0.bytes("id")),
                    dueAt: Instant(
                        millisecondsSinceEpoch: try $0.integer("checks", "due_at")),
                    until: leasedUntil,
                    in: database
                )
            }
        }
    }

    private static func lease(
        _ id: Data,
        dueAt: Instant,
        until leasedUntil: Instant,
        in database: Database
    ) throws -> LeasedCheck {
        try database.cachedStatement(
            sql: "UPDATE checks SET due_at = ?1, leased_until = ?1 WHERE id = ?2"
        ).execute(arguments: [leasedUntil.millisecondsSinceEpoch, id])
        let row = try Row.fetchOne(
            database.cachedStatement(
                sql: """
                    SELECT items.*, decided.decision, deliveries.order_id, data_keys.wrapped
                    FROM checks JOIN items ON items.number = checks.item
                    JOIN deliveries ON deliveries.id = items.delivery
                    LEFT JOIN checks AS decided ON decided.id = items.decided_by
                    LEFT JOIN data_keys ON data_keys.notice = items.notice
                    WHERE checks.id = ?
                    """
            ),
            arguments: [id]
        )
        let check = try Row.fetchOne(
            database.cachedStatement(sql: "SELECT * FROM checks WHERE id = ?"),
            arguments: [id]
        )
        guard let row, let check else { throw UnreadableRow(table: "checks", column: "item") }
        return LeasedCheck(
            check: try CheckRecord(row: check),
            dueAt: dueAt,
            item: try ItemRecord(row: row),
            orderID: try row.text("deliveries", "order_id"),
            wrappedDataKey: row.optionalBytes("wrapped"),
            leasedUntil: leasedUntil
        )
    }

    public func releaseChecks(
        _ checks: [CheckID],
        leasedUntil: Instant
    ) async throws(StoreError) {
        let now = time.now()
        try await write(.lazy) { database in
            for check in checks {
                try database.cachedStatement(
                    sql: """
                        UPDATE checks SET due_at = ?, leased_until = NULL
                        WHERE id = ? AND leased_until = ?
                        """
                ).execute(arguments: [
                    now.millisecondsSinceEpoch, Data(check.bytes),
                    leasedUntil.millisecondsSinceEpoch,
                ])
            }
        }
    }

    public func leaseEvents(
        of platforms: [PlatformNumber],
        limit: Int,
        now: Instant,
        until: Instant
    ) async throws(StoreError) -> [EventRecord] {
        try await write(.lazy) { database in
            var events: [EventRecord] = []
            for platform in platforms where events.count < limit {
                events += try Row.fetchAll(
                    database.cachedStatement(
                        sql: """
                            SELECT * FROM events WHERE platform = ? AND next_attempt_at <= ?
                            ORDER BY next_attempt_at LIMIT ?
                            """
                    ),
                    arguments: [
                        platform.rawValue, now.millisecondsSinceEpoch, limit - events.count,
                    ]
                ).map { try EventRecord(row: $0) }
            }
            for event in events {
                try database.run(
                    "UPDATE events SET next_attempt_at = ? WHERE id = ?",
                    [.instant(until), .id(event.id)]
                )
            }
            return events
        }
    }

    public func record(_ attempts: [EventAttempt]) async throws(StoreError) {
        try await write(.lazy) { database in
            for attempt in attempts {
                try database.cachedStatement(
                    sql: """
                        UPDATE events SET attempts = ?, next_attempt_at = ?, delivered_at = ?
                        WHERE id = ?
                        """
                ).execute(arguments: [
                    attempt.attempts, attempt.nextAttemptAt?.millisecondsSinceEpoch,
                    attempt.deliveredAt?.millisecondsSinceEpoch, Data(attempt.event.bytes),
                ])
            }
        }
    }
}

extension SQLiteFailure {
    /// Why this one change cannot be made though its neighbours could: a value this store cannot
    /// hold, or a leaf that cannot be built. Nil when the store itself is at fault.
    static func reasonOfOneChange(_ error: any Error) -> String? {
        switch error {
        case is StoreError, is UnreadableRow: return nil
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH, .SQLITE_RANGE:
                return "SQLite \(error.extendedResultCode.rawValue)"
            default: return nil
            }
        default: return "\(type(of: error))"
        }
    }
}

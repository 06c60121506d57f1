import Crypto
public import EvidenceLog
import Foundation
import GRDB
public import Gateway
import WireFormat

/// A witness's memory in one small SQLite file, durable at every cosignature.
///
/// One connection, so transactions follow one another; one process owns the file (the caller holds
/// a lock). The file belongs to one key: under another it is refused, because a witness's key and
/// its memory must not come apart.
public final class SQLiteWitnessStore: WitnessStore {
    /// Why the file cannot be this witness's memory.
    public struct Failure: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private let queue: DatabaseQueue

    /// Makes the memory of a new witness.
    /// - Throws: ``Failure`` when there is a file, or it cannot be written.
    public static func create(path: String, key: NoteVerifierKey) throws {
        guard !FileManager.default.fileExists(atPath: path) else {
            throw Failure(description: "\(path) is there already and is not replaced")
        }
        let queue = try openQueue(path: path)
        do {
            try migrator.migrate(queue)
            try queue.write { database in
                try database.execute(
                    sql: "INSERT INTO witness (one, vkey) VALUES (1, ?)",
                    arguments: [key.vkey]
                )
            }
            try queue.close()
        } catch {
            throw failure(error, path)
        }
    }

    /// Opens the memory that ``create(path:key:)`` made.
    /// - Throws: ``Failure``, also when there is none: a witness without memory would cosign
    ///   whatever it is shown first.
    public init(path: String, key: NoteVerifierKey) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            throw Failure(
                description: "\(path) is missing: without it this witness has forgotten what it "
                    + "cosigned, and its key must not be used again; make a new witness"
            )
        }
        queue = try Self.openQueue(path: path)
        let owner: String?
        do {
            guard try queue.read(Self.migrator.hasBeenSuperseded) == false else {
                throw Failure(description: "\(path) was written by a newer cardproof")
            }
            owner = try queue.read {
                try String.fetchOne($0, sql: "SELECT vkey FROM witness")
            }
        } catch {
            throw Self.failure(error, path)
        }
        guard owner == key.vkey else {
            throw Failure(description: "\(path) is the memory of another witness than \(key.name)")
        }
    }

    public func close() throws { try queue.close() }

    public func advance(
        origin: String,
        _ decide: @escaping @Sendable (WitnessedHead?) throws -> WitnessedCheckpoint
    ) async throws -> WitnessedCheckpoint {
        let hash = Data(SHA256.hash(data: Array(origin.utf8)))
        do {
            return try await queue.write { database in
                let decided = try decide(try Self.head(of: hash, in: database))
                try database.execute(
                    sql: """
                        INSERT INTO witnessed (origin_hash, origin, size, root, cosigned_at, note)
                        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (origin_hash) DO UPDATE SET
                            size = excluded.size, root = excluded.root,
                            cosigned_at = excluded.cosigned_at, note = excluded.note
                        """,
                    arguments: [
                        hash, origin, Int64(clamping: decided.head.size),
                        Data(decided.head.root.bytes),
                        decided.head.cosignedAt.millisecondsSinceEpoch, Data(decided.note),
                    ]
                )
                return decided
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        } catch let error as UnreadableRow {
            throw SQLiteFailure.storeError(error)
        }
    }

    public func checkpoint(originHash: [UInt8]) async throws(StoreError) -> [UInt8]? {
        do {
            return try await queue.read { database in
                try Data.fetchOne(
                    database,
                    sql: "SELECT note FROM witnessed WHERE origin_hash = ?",
                    arguments: [Data(originHash)]
                ).map { Array($0) }
            }
        } catch {
            throw SQLiteFailure.storeError(error)
        }
    }

    private static func head(of hash: Data, in database: Database) throws -> WitnessedHead? {
        let row = try Row.fetchOne(
            database,
            sql: "SELECT size, root, cosigned_at FROM witnessed WHERE origin_hash = ?",
            arguments: [hash]
        )
        guard let row else { return nil }
        return WitnessedHead(
            size: UInt64(row["size"] as Int64),
            root: try row.required(TreeHash(bytes: row.bytes("root")), "witnessed", "root"),
            cosignedAt: Instant(millisecondsSinceEpoch: row["cosigned_at"])
        )
    }

    private static func openQueue(path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "cardproof.witness"
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2,
                try String.fetchOne(database, sql: "PRAGMA journal_mode") == "wal"
            else { throw Failure(description: "\(path): would not be durable") }
        }
        do {
            return try DatabaseQueue(path: path, configuration: configuration)
        } catch {
            throw failure(error, path)
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 last cosigned checkpoints") { database in
            try database.execute(
                sql: """
                    CREATE TABLE witness (
                        one INTEGER PRIMARY KEY CHECK (one = 1),
                        vkey TEXT NOT NULL
                    ) STRICT;
                    CREATE TABLE witnessed (
                        origin_hash BLOB PRIMARY KEY,
                        origin TEXT NOT NULL UNIQUE,
                        size INTEGER NOT NULL,
                        root BLOB NOT NULL,
                        cosigned_at INTEGER NOT NULL,
                        note BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    """
            )
        }
        return migrator
    }

    private static func failure(_ error: any Error, _ path: String) -> any Error {
        if error is Failure { return error }
        return Failure(description: "\(path): \(SQLiteFailure.storeError(error))")
    }
}

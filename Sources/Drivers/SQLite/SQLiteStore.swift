import EvidenceLog
import Foundation
import GRDB
public import Gateway
import Logging
import Synchronization
import WireFormat

/// The default store: one SQLite file in WAL mode, durable at every commit.
///
/// One process owns the file (``StoreLock``). Writes run on the writer queue, never in a
/// caller's task, so that a caller that goes away cannot roll a batch back.
public final class SQLiteStore: Store {
    /// Page cache of the writer, in KiB.
    static let cacheKibibytes = 65_536

    let pool: DatabasePool
    let writer = DispatchQueue(label: "cardproof.store.writer", qos: .userInitiated)
    let heads = LogHeadCache()
    private let checkpointer: SQLiteCheckpointer
    let signer: any CheckpointSigner
    let time: any TimeSource
    /// What made the file untrustworthy for this process; nothing is written after it.
    private let breakage = Mutex<StoreError?>(nil)
    private let breakageSignal: AsyncStream<StoreError>.Continuation
    public let failure: AsyncStream<StoreError>

    /// Opens or creates the file, brings its schema up to date, and proves that commits will be
    /// durable: GRDB sets `synchronous=NORMAL` when it turns WAL on, so FULL is set after that
    /// and read back.
    /// - Throws: ``StoreError`` when the file cannot be opened, is newer than this program, or
    ///   would not be durable.
    public init(
        path: String,
        signer: any CheckpointSigner,
        time: any TimeSource
    ) throws(StoreError) {
        self.signer = signer
        self.time = time
        (failure, breakageSignal) = AsyncStream.makeStream()
        do {
            pool = try Self.openPool(path: path)
            checkpointer = try SQLiteCheckpointer(path: path, pool: pool, writer: writer)
            try Self.takeBackLeases(in: pool, at: time.now())
        } catch {
            throw SQLiteFailure.storeError(error)
        }
    }

    /// One process owns the file, so a lease found at opening is a dead worker's.
    private static func takeBackLeases(in pool: DatabasePool, at now: Instant) throws {
        try pool.write { database in
            for table in ["checks", "redemptions"] {
                try database.execute(
                    sql: """
                        UPDATE \(table) SET due_at = ?, leased_until = NULL
                        WHERE leased_until IS NOT NULL
                        """,
                    arguments: [now.millisecondsSinceEpoch]
                )
            }
        }
    }

    private static func openPool(path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "cardproof"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
            try database.execute(sql: "PRAGMA secure_delete = ON")
        }
        let pool = try DatabasePool(path: path, configuration: configuration)
        try pool.writeWithoutTransaction { database in
            try setDurable(database)
        }
        guard try pool.read(SQLiteSchema.migrator.hasBeenSuperseded) == false else {
            throw StoreError.broken(
                "\(path) was written by a newer cardproof, or by a build from before the first "
                    + "release: open it with that one"
            )
        }
        try SQLiteSchema.migrator.migrate(pool)
        return pool
    }

    /// Waits for the writer, takes the write-ahead log into the file, and closes it. A store that
    /// broke is left as it lies.
    public func close() throws {
        try writer.sync {
            guard breakage.withLock({ $0 == nil }) else { return }
            try checkpointer.close()
            // With a reader still at work some of the log stays; it is read at the next opening.
            _ = try? pool.writeWithoutTransaction { try $0.checkpoint(.truncate) }
            try pool.close()
        }
    }

    /// Takes the write-ahead log into the file and empties it; on the writer's queue.
    /// - Returns: false when a reader still needs it.
    func truncateLog() throws -> Bool { try checkpointer.truncate() }

    /// Whether a transaction is on disk before anybody hears of it.
    enum Durability {
        case durable
        /// Ordered after what came before, and written with the next durable transaction: for
        /// leases and attempts, which may be lost with the process that holds them.
        case lazy
    }

    /// Runs `body` in one transaction on the writer queue.
    func write<Value: Sendable>(
        _ durability: Durability = .durable,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await transact(durability, body) } catch {
            throw SQLiteFailure.storeError(error)
        }
    }

    /// As ``write(_:_:)``, with the errors of `body` as they are.
    func transact<Value: Sendable>(
        _ durability: Durability = .durable,
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws -> Value {
        let result = await withCheckedContinuation { continuation in
            writer.async {
                continuation.resume(
                    returning: Result {
                        switch durability {
                        case .durable: try self.transaction(body)
                        case .lazy: try self.lazily { try self.transaction(body) }
                        }
                    }
                )
            }
        }
        return try result.get()
    }

    /// Lowers `synchronous` for one transaction, and proves that it is FULL again after it.
    private func lazily<Value>(_ body: () throws -> Value) throws -> Value {
        try pool.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") }
        let result = Result { try body() }
        try pool.writeWithoutTransaction { try Self.setDurable($0) }
        return try result.get()
    }

    private static func setDurable(_ database: Database) throws {
        try database.execute(sql: "PRAGMA synchronous = FULL")
        guard try Int.fetchOne(database, sql: "PRAGMA synchronous") == 2 else {
            throw StoreError.broken("SQLite does not keep synchronous=FULL")
        }
    }

    private func transaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
        if let error = breakage.withLock({ $0 }) { throw error }
        do {
            let value = try pool.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try body(database)
                    return .commit
                }
                return value
            }
            heads.commitStaged()
            checkpointer.startIfDue()
            guard let value else { throw StoreError.broken("a transaction gave no value") }
            return value
        } catch {
            heads.forgetStaged()
            if SQLiteFailure.isUnconfirmed(error) { breakDown(SQLiteFailure.storeError(error)) }
            throw error
        }
    }

    /// After a flush that failed nothing is written, flushed or copied by this process: the kernel
    /// may have dropped the pages and call the next flush good. SQLite copies the log when its
    /// last connection is closed, so they stay open until the process ends.
    private func breakDown(_ error: StoreError) {
        let isFirst = breakage.withLock { breakage in
            defer { breakage = breakage ?? error }
            return breakage == nil
        }
        guard isFirst else { return }
        _ = Unmanaged.passRetained(self)
        checkpointer.abandon()
        breakageSignal.yield(error)
    }

    func read<Value: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> Value
    ) async throws(StoreError) -> Value {
        do { return try await pool.read(body) } catch { throw SQLiteFailure.storeError(error) }
    }
}

/// Which errors of SQLite mean "later" and which mean "never again".
enum SQLiteFailure {
    static func storeError(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let error as DatabaseError: storeError(error)
        case let error as UnreadableRow:
            .broken("table \(error.table), column \(error.column) cannot be read")
        default: .unavailable("\(type(of: error))")
        }
    }

    /// Whether the disk did not confirm what SQLite had written.
    static func isUnconfirmed(_ error: any Error) -> Bool {
        switch (error as? DatabaseError)?.extendedResultCode {
        case .SQLITE_IOERR_FSYNC, .SQLITE_IOERR_DIR_FSYNC: true
        default: false
        }
    }

    /// The message of a `DatabaseError` may quote values, so only its codes are kept.
    private static func storeError(_ error: DatabaseError) -> StoreError {
        let code = "SQLite \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: return .broken("the file is damaged (\(code))")
        default: break
        }
        // What was reported written may be gone; a retried fsync would lie (PostgreSQL's rule).
        return isUnconfirmed(error)
            ? .broken("the disk did not confirm a write (\(code))") : .unavailable(code)
    }
}

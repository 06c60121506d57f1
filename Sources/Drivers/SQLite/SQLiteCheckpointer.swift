import Dispatch
import GRDB
import GRDBSQLite
import Metrics
import Synchronization

/// Moves the write-ahead log into the database file beside the writer.
///
/// A checkpoint inside a commit holds up everybody behind it for as long as it takes, which was
/// the p99 of the intake (docs/performance.md). Here a connection of its own copies what is there
/// while the writer goes on appending; then the writer copies the few pages that came meanwhile,
/// and the log starts again from its beginning (https://www.sqlite.org/wal.html#ckpt).
///
/// The two connections never meet at a log that is wholly copied, which SQLite before 3.51.3 may
/// damage (https://www.sqlite.org/wal.html#walresetbug): this one starts only when the log holds
/// ``startPages`` pages that nobody has copied, one run at a time, and what is left after it is
/// copied on the writer's own queue. No other checkpoint may be added.
///
/// A checkpoint that fails loses nothing: the log keeps its pages, and the next one copies all of
/// them again.
final class SQLiteCheckpointer: Sendable {
    /// Pages of the log (4 KiB each) from which on a checkpoint is worth its fsync.
    static let startPages = 16_000

    private struct State {
        /// Pages in the log after the last commit.
        var pages = 0
        var startsAt = SQLiteCheckpointer.startPages
        var isRunning = false
        var isClosed = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cardproof.store.checkpointer")
    private let connection: DatabaseQueue
    private let pool: DatabasePool
    private let writer: DispatchQueue

    /// Takes over the checkpoints of the pool's writing connection.
    /// - Parameters:
    ///   - path: of the pool's file, which is in WAL mode.
    ///   - writer: on which alone the pool is written.
    init(path: String, pool: DatabasePool, writer: DispatchQueue) throws {
        var configuration = Configuration()
        configuration.label = "cardproof.checkpointer"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        connection = try DatabaseQueue(path: path, configuration: configuration)
        self.pool = pool
        self.writer = writer
        try pool.writeWithoutTransaction { try follow($0) }
    }

    private func follow(_ writing: Database) throws {
        try writing.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        sqlite3_wal_hook(
            writing.sqliteConnection,
            { context, _, _, pages in
                if let context {
                    Unmanaged<SQLiteCheckpointer>.fromOpaque(context).takeUnretainedValue()
                        .note(pages: Int(pages))
                }
                return SQLITE_OK
            },
            // Its connection belongs to the store, as this does.
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Called on the writer's queue between transactions: starts what is due.
    func startIfDue() {
        let starts = state.withLock { state in
            guard !state.isRunning, !state.isClosed, state.pages >= state.startsAt else {
                return false
            }
            state.isRunning = true
            return true
        }
        guard starts else { return }
        queue.async {
            self.copy { try self.connection.inDatabase { _ = try $0.checkpoint(.passive) } }
            self.writer.async { self.finish() }
        }
    }

    private func finish() {
        guard !state.withLock({ $0.isClosed }) else { return }
        copy { try pool.writeWithoutTransaction { _ = try $0.checkpoint(.passive) } }
        state.withLock { state in
            state.isRunning = false
            // A reader may have kept the log from starting again: then not at every commit.
            state.startsAt = state.pages + Self.startPages
        }
    }

    /// Copies the whole log and empties its file, so that nothing it held can be read there.
    /// Called on the writer's queue, so that no run starts meanwhile; one that is under way is
    /// waited for, and what it leaves is copied by the writer, as always.
    /// - Returns: false when a reader still needs the log.
    func truncate() throws -> Bool {
        queue.sync {}
        do {
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
        } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
            return false
        }
        return true
    }

    /// Starts no further run. One that is under way copies what was confirmed before it began.
    func abandon() {
        state.withLock { $0.isClosed = true }
    }

    private func copy(_ checkpoint: () throws -> Void) {
        let result =
            switch Result(catching: checkpoint) {
            case .success: "done"
            case .failure: "failed"
            }
        Counter(label: "cardproof_store_checkpoints_total", dimensions: [("result", result)])
            .increment()
    }

    /// Called on the writer's queue, before the pool is closed.
    func close() throws {
        state.withLock { $0.isClosed = true }
        try queue.sync { try connection.close() }
    }

    private func note(pages: Int) {
        state.withLock { state in
            state.pages = pages
            if pages < Self.startPages { state.startsAt = Self.startPages }
        }
    }
}

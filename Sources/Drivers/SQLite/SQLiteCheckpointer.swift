import Dispatch
import GRDB
import GRDBSQLite
import Synchronization

/// Moves the write-ahead log into the database file beside the writer.
///
/// A checkpoint inside a commit holds up everybody behind it for as long as it takes, which was
/// the p99 of the intake (docs/performance.md). Here a connection of its own copies what is there
/// while the writer goes on appending; then the writer copies the few pages that came meanwhile,
/// and the log starts again from its beginning (https://www.sqlite.org/wal.html#ckpt).
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
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "cardproof.store.checkpointer")
    private let connection: DatabaseQueue

    /// - Parameter path: of a file that is in WAL mode already.
    init(path: String) throws {
        var configuration = Configuration()
        configuration.label = "cardproof.checkpointer"
        configuration.prepareDatabase { database in
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        }
        connection = try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Follows the commits of the writer's connection, whose own checkpoints end.
    func follow(_ writer: Database) throws {
        try writer.execute(sql: "PRAGMA wal_autocheckpoint = 0")
        sqlite3_wal_hook(
            writer.sqliteConnection,
            { context, _, _, pages in
                if let context {
                    Unmanaged<SQLiteCheckpointer>.fromOpaque(context).takeUnretainedValue()
                        .note(pages: Int(pages))
                }
                return SQLITE_OK
            },
            Unmanaged.passUnretained(self).toOpaque()
        )
    }

    /// Called on the writer's queue between transactions: starts what is due.
    /// - Parameter finish: carries out a block on the writer's queue, with its connection.
    func startIfDue(
        finish: @escaping @Sendable (@escaping @Sendable (Database) -> Void) -> Void
    ) {
        let starts = state.withLock { state in
            guard !state.isRunning, state.pages >= state.startsAt else { return false }
            state.isRunning = true
            return true
        }
        guard starts else { return }
        queue.async {
            try? self.connection.inDatabase { _ = try $0.checkpoint(.passive) }
            finish { writer in
                _ = try? writer.checkpoint(.passive)
                self.end()
            }
        }
    }

    func close() throws {
        try queue.sync { try connection.close() }
    }

    private func note(pages: Int) {
        state.withLock { state in
            state.pages = pages
            if pages < Self.startPages { state.startsAt = Self.startPages }
        }
    }

    /// A reader may have kept the log from starting again: then it is not tried at every commit.
    private func end() {
        state.withLock { state in
            state.isRunning = false
            state.startsAt = state.pages + Self.startPages
        }
    }
}

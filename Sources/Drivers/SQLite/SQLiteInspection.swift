import CardModel
import EvidenceLog
import Foundation
import GRDB
public import Gateway
import WireFormat

/// A SQLite store as an auditor reads it: on a connection of its own that cannot write, in one
/// transaction, also beside a gateway that runs.
///
/// It never runs a checkpoint of the write-ahead log (``SQLiteCheckpointer``): a connection that
/// only reads has none to make.
public enum SQLiteAuditor {
    /// Page cache of the auditor, in KiB.
    static let cacheKibibytes = 16_384

    /// Opens the file and hands it to `body`.
    /// - Throws: ``StoreError`` when the file cannot be opened at all; `broken` says that it is
    ///   damaged, or no store of ours.
    public static func inspect<Result>(
        path: String,
        _ body: (any StoreInspection) throws -> Result
    ) throws -> Result {
        do {
            return try openQueue(path: path).read { database in
                try checkSchema(database)
                return try body(SQLiteInspection(database: database))
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        }
    }

    /// A connection that cannot write.
    static func openQueue(path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.label = "cardproof.audit"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Cells are looked at before they are used: a bent page must not lead out of itself.
            try database.execute(sql: "PRAGMA cell_size_check = ON")
            try database.execute(sql: "PRAGMA trusted_schema = OFF")
            try database.execute(sql: "PRAGMA temp_store = FILE")
            try database.execute(sql: "PRAGMA cache_size = -\(cacheKibibytes)")
        }
        return try DatabaseQueue(path: path, configuration: configuration)
    }

    /// Every statement below rests on the schema, so another one is damage, and the end.
    static func checkSchema(_ database: Database) throws {
        let empty = try DatabaseQueue()
        try SQLiteSchema.migrator.migrate(empty)
        let wanted = try empty.read { try schema($0) }
        let found = try schema(database)
        if let missing = wanted.first(where: { !found.contains($0) }) {
            throw StoreError.broken(
                "the schema was changed, or is another build's: `\(missing.name)` is not as made")
        }
        if let other = found.first(where: { !wanted.contains($0) }) {
            throw StoreError.broken("the schema was changed: `\(other.name)` is not ours")
        }
        let steps = try identifiers(database)
        guard steps == (try empty.read { try identifiers($0) }) else {
            throw StoreError.broken("the list of schema steps is not that of this build")
        }
    }

    private struct SchemaRow: Hashable {
        let type: String
        let name: String
        let sql: String
    }

    private static func schema(_ database: Database) throws -> Set<SchemaRow> {
        let rows = try Row.fetchAll(
            database,
            sql: "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
        )
        return Set(
            rows.map {
                SchemaRow(
                    type: $0.optionalText("type") ?? "",
                    name: $0.optionalText("name") ?? "",
                    sql: $0.optionalText("sql") ?? ""
                )
            }
        )
    }

    private static func identifiers(_ database: Database) throws -> [String?] {
        try Row.fetchAll(
            database, sql: "SELECT identifier FROM grdb_migrations ORDER BY rowid"
        ).map { $0.optionalText("identifier") }
    }
}

/// The rows of one read transaction.
struct SQLiteInspection: StoreInspection {
    let database: Database

    func damage() throws(InspectionFailure) -> InspectionFailure? {
        let place = StorePlace("sqlite")
        return try calling(place) {
            // One line is enough to know that there is damage, and where.
            let rows = try Row.fetchAll(database, sql: "PRAGMA integrity_check(1)")
            let words = rows.first?.optionalText("integrity_check") ?? "no answer"
            return words == "ok"
                ? nil : InspectionFailure(place: place, detail: "SQLite: \(words)")
        }
    }

    func deploymentSecrets() throws(InspectionFailure) -> [UInt8]? {
        try calling(StorePlace("deployment_secrets")) {
            try Row.fetchOne(database, sql: "SELECT sealed FROM deployment_secrets")?
                .bytes("sealed")
        }
    }

    func platforms() throws(InspectionFailure) -> [InspectedRow<PlatformRecord>] {
        var platforms: [InspectedRow<PlatformRecord>] = []
        let walk = try walk("platforms", key: "name", "SELECT * FROM platforms ORDER BY number") {
            let record = try PlatformRecord(row: $0)
            // Above them no entry has a position (``LogPosition``).
            guard LogPosition.platforms.contains(record.number.rawValue) else {
                throw UnreadableRow(table: "platforms", column: "number")
            }
            return record
        }
        while let next = try walk() { platforms.append(next) }
        return platforms
    }

    func policies() throws(InspectionFailure) -> RowWalk<(hash: [UInt8], text: [UInt8])> {
        try walk("policies", key: "hash", "SELECT * FROM policies ORDER BY hash") {
            ($0.bytes("hash"), $0.bytes("text"))
        }
    }

    func quarantine() throws(InspectionFailure) -> RowWalk<QuarantineRecord> {
        try walk("quarantine", key: "number", "SELECT * FROM quarantine ORDER BY number") {
            try QuarantineRecord(row: $0)
        }
    }

    // MARK: The log

    func head(
        of platform: PlatformNumber
    ) throws(InspectionFailure) -> InspectedRow<InspectedHead>? {
        try walk(
            "log_heads", key: "platform", "SELECT * FROM log_heads WHERE platform = ?",
            [platform.rawValue]
        ) {
            InspectedHead(size: try $0.index("log_heads", "size"), range: $0.bytes("range"))
        }()
    }

    func logs(of platform: PlatformNumber) throws(InspectionFailure) -> [InspectedRow<LogRecord>] {
        var logs: [InspectedRow<LogRecord>] = []
        let walk = try walk("logs", key: "origin", SQLiteQuery.logs, [platform.rawValue]) {
            try LogRecord(row: $0)
        }
        while let next = try walk() { logs.append(next) }
        return logs
    }

    func checkpoints(
        of platform: PlatformNumber,
        in range: ClosedRange<UInt64>
    ) throws(InspectionFailure) -> RowWalk<InspectedCheckpoint> {
        try walk(
            "checkpoints", key: "size",
            "SELECT * FROM checkpoints WHERE platform = ? AND size BETWEEN ? AND ? ORDER BY size",
            [
                platform.rawValue, Int64(clamping: range.lowerBound),
                Int64(clamping: range.upperBound),
            ]
        ) {
            InspectedCheckpoint(
                size: try $0.index("checkpoints", "size"),
                note: $0.bytes("note"),
                signedAt: try $0.required($0.instant("signed_at"), "checkpoints", "signed_at")
            )
        }
    }

    func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) throws(InspectionFailure) -> RowWalk<InspectedEntry> {
        try walk(
            "entries", key: "position",
            "SELECT * FROM entries WHERE position >= ? AND position < ? ORDER BY position",
            [
                LogPosition(platform: platform, index: range.lowerBound).rawValue,
                LogPosition(platform: platform, index: range.upperBound).rawValue,
            ]
        ) { try InspectedEntry(row: $0) }
    }

    func entry(
        of platform: PlatformNumber,
        at index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<InspectedEntry>? {
        try walk(
            "entries", key: "position", "SELECT * FROM entries WHERE position = ?",
            [LogPosition(platform: platform, index: index).rawValue]
        ) { try InspectedEntry(row: $0) }()
    }

    func node(
        of platform: PlatformNumber,
        level: Int,
        index: UInt64
    ) throws(InspectionFailure) -> InspectedRow<TreeHash>? {
        try walk(
            "nodes", key: "position",
            "SELECT * FROM nodes WHERE platform = ? AND level = ? AND position = ?",
            [platform.rawValue, level, Int64(clamping: index)]
        ) { try $0.required(TreeHash(bytes: $0.bytes("hash")), "nodes", "hash") }()
    }

    func nodeCount(of platform: PlatformNumber) throws(InspectionFailure) -> UInt64 {
        try calling(StorePlace("nodes")) {
            try Row.fetchOne(
                database,
                sql: "SELECT count(*) AS n FROM nodes WHERE platform = ?",
                arguments: [platform.rawValue]
            )?.index("nodes", "n") ?? 0
        }
    }
}

extension SQLiteInspection {
    /// Rows one after the other; one that cannot be read is told by its key.
    func walk<Value>(
        _ table: String,
        key: String,
        _ sql: String,
        _ arguments: StatementArguments = [],
        _ read: @escaping (Row) throws -> Value
    ) throws(InspectionFailure) -> RowWalk<Value> {
        let place = StorePlace(table)
        let cursor = try calling(place) {
            try Row.fetchCursor(database, sql: sql, arguments: arguments)
        }
        return { () throws(InspectionFailure) in
            try calling(place) {
                guard let row = try cursor.next() else { return nil }
                return try Self.inspected(row, table: table, key: key, read)
            }
        }
    }

    static func inspected<Value>(
        _ row: Row,
        table: String,
        key: String,
        _ read: (Row) throws -> Value
    ) throws -> InspectedRow<Value> {
        do {
            return .row(try read(row))
        } catch let error as UnreadableRow {
            return .unreadable(
                StorePlace(error.table, key: row.keyText(key), column: error.column))
        }
    }

    /// SQLite's own failures as what they are: damage at this place.
    func calling<Value>(
        _ place: StorePlace,
        _ body: () throws -> Value
    ) throws(InspectionFailure) -> Value {
        do {
            return try body()
        } catch let error as DatabaseError {
            // The message may quote values; the code tells enough.
            let code = error.extendedResultCode.rawValue
            throw InspectionFailure(place: place, detail: "SQLite cannot read it (code \(code))")
        } catch {
            throw InspectionFailure(place: place, detail: "cannot be read")
        }
    }
}

extension Row {
    /// A key as findings show it.
    func keyText(_ column: String) -> String {
        if let number = optionalInteger(column) { return String(number) }
        if let text = optionalText(column) { return text }
        return Hexadecimal.encode(bytes(column))
    }
}

extension InspectedEntry {
    init(row: Row) throws {
        let position = try row.integer("entries", "position")
        self.init(
            index: UInt64(position & (1 << LogPosition.indexBits - 1)),
            record: try LogEntryRecord(row: row)
        )
    }
}

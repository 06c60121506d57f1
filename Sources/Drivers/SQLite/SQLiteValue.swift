import CardModel
import EvidenceLog
import Foundation
import GRDB
import GRDBSQLite
import Gateway
import WireFormat

/// A value of one of SQLite's storage classes (https://www.sqlite.org/datatype3.html), bound
/// without a detour over Foundation: the writer is one thread, and what it does not do is
/// throughput (docs/performance.md).
enum SQLiteValue {
    case null
    case integer(Int64)
    case text(String)
    case blob([UInt8])

    static func id<Kind>(_ identifier: Identifier<Kind>) -> SQLiteValue { .blob(identifier.bytes) }
    static func platform(_ number: PlatformNumber) -> SQLiteValue { .integer(number.rawValue) }
    static func notice(_ number: NoticeNumber?) -> SQLiteValue { SQLiteValue(number?.rawValue) }
    static func item(_ number: ItemNumber) -> SQLiteValue { .integer(number.rawValue) }
    static func fingerprint(_ code: CardFingerprint) -> SQLiteValue { .blob(code.bytes) }
    static func hash(_ hash: TreeHash) -> SQLiteValue { .blob(hash.bytes) }
    static func index(_ index: UInt64) -> SQLiteValue { .integer(Int64(clamping: index)) }
    static func count(_ number: Int) -> SQLiteValue { .integer(Int64(number)) }
    static func word(_ word: some RawRepresentable<String>) -> SQLiteValue { .text(word.rawValue) }

    /// Milliseconds since the epoch, or NULL.
    static func instant(_ instant: Instant?) -> SQLiteValue {
        SQLiteValue(instant?.millisecondsSinceEpoch)
    }

    init(_ integer: Int64?) { self = integer.map { .integer($0) } ?? .null }
    init(_ text: String?) { self = text.map { .text($0) } ?? .null }
    init(_ bytes: [UInt8]?) { self = bytes.map { .blob($0) } ?? .null }
}

extension Database {
    /// Executes a statement that answers no row; it is prepared once for the connection.
    ///
    /// Beside GRDB's own `execute`, which would box every value: nothing here observes changes.
    func run(_ sql: String, _ values: [SQLiteValue]) throws {
        let statement = try cachedStatement(sql: sql).sqliteStatement
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (offset, value) in values.enumerated() {
            try check(value.bind(to: statement, at: Int32(offset + 1)))
        }
        let code = sqlite3_step(statement)
        guard code == SQLITE_DONE else { return try check(code) }
    }

    /// The message of an error may quote a value; its code tells enough.
    private func check(_ code: Int32) throws {
        guard code != SQLITE_OK else { return }
        let extended = sqlite3_extended_errcode(sqliteConnection)
        throw DatabaseError(resultCode: ResultCode(rawValue: extended), message: nil)
    }
}

extension StatementArguments {
    init(_ values: [SQLiteValue]) {
        self.init(
            values.map { value -> (any DatabaseValueConvertible)? in
                switch value {
                case .null: nil
                case .integer(let number): number
                case .text(let text): text
                case .blob(let bytes): Data(bytes)
                }
            }
        )
    }
}

extension SQLiteValue {
    /// SQLite copies what it is given: `SQLITE_TRANSIENT`, a macro that Swift does not import.
    private static var transient: sqlite3_destructor_type {
        unsafeBitCast(-1, to: sqlite3_destructor_type.self)
    }

    fileprivate func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        switch self {
        case .null: return sqlite3_bind_null(statement, place)
        case .integer(let number): return sqlite3_bind_int64(statement, place, number)
        case .text(var text):
            guard !text.isEmpty else {
                return sqlite3_bind_text(statement, place, "", 0, Self.transient)
            }
            return text.withUTF8 { utf8 in
                utf8.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text(
                        statement, place, $0.baseAddress, Int32($0.count), Self.transient)
                }
            }
        case .blob(let bytes):
            // A null pointer would bind NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(statement, place, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob(
                    statement, place, $0.baseAddress, Int32($0.count), Self.transient)
            }
        }
    }
}

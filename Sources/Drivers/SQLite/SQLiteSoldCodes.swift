import CardModel
import Foundation
import GRDB
public import Gateway

/// A gateway's store as a stock is held against it: read beside the gateway while it runs, on a
/// connection that cannot write. Nothing is decrypted: the store keeps a fingerprint of every code
/// received.
public struct SQLiteSoldStore: Sendable {
    /// The deployment's secrets, sealed; without them no fingerprint can be made.
    public let sealedSecrets: [UInt8]
    /// The platforms of the store by name.
    public let platforms: [String: PlatformNumber]

    private let queue: DatabaseQueue
    private let itemCount: Int64

    /// - Throws: ``StoreError`` as ``SQLiteAuditor``.
    public init(path: String) throws {
        do {
            let queue = try SQLiteAuditor.openQueue(path: path)
            self.queue = queue
            (sealedSecrets, platforms, itemCount) = try queue.read { database in
                try SQLiteAuditor.checkSchema(database)
                let inspection = SQLiteInspection(database: database)
                var numbers: [String: PlatformNumber] = [:]
                for case .row(let record) in try inspection.platforms() {
                    numbers[record.name] = record.number
                }
                let items = try Row.fetchOne(database, sql: "SELECT max(number) AS n FROM items")
                return (
                    try inspection.deploymentSecrets() ?? [], numbers,
                    items?.optionalInteger("n") ?? 0
                )
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        }
    }

    /// The codes of one platform, of all its merchants: that the same code was sold on another
    /// one is for the operator alone.
    public func codes(of platform: PlatformNumber) -> SQLiteSoldCodes {
        SQLiteSoldCodes(queue: queue, platform: platform, rowCount: itemCount, stock: nil)
    }

    /// The codes of one platform's registered stock, of all its merchants.
    /// - Throws: ``StoreError`` when a batch cannot be read.
    public func registeredCodes(of platform: PlatformNumber) throws -> SQLiteSoldCodes {
        do {
            let stock = try queue.read { try Self.stock(of: platform, $0) }
            return SQLiteSoldCodes(
                queue: queue, platform: platform, rowCount: stock.lineCount, stock: stock)
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        } catch let row as UnreadableRow {
            throw StoreError.broken("\(row.table).\(row.column) cannot be read")
        }
    }

    private static func stock(
        of platform: PlatformNumber,
        _ database: Database
    ) throws -> SQLiteSoldCodes.Stock {
        var stock = SQLiteSoldCodes.Stock()
        let rows = try Row.fetchCursor(
            database,
            sql: "SELECT * FROM stock_batches WHERE platform = ?",
            arguments: [platform.rawValue]
        )
        while let row = try rows.next() {
            let batch = try StockBatchRecord(row: row)
            stock.lineCount += Int64(batch.count)
            if batch.standing.state == .withdrawn { stock.withdrawn.insert(batch.number) }
        }
        return stock
    }
}

/// The codes that one platform of a gateway handed over, or those that stand in its stock.
///
/// A code was handed over from the commit of its delivery at stage `receipt` until the delivery is
/// erased. Codes of products marked `reusable` never are, and a dispense only looks. A code stands
/// in stock from the commit of its line on, until its batch is withdrawn or its order erased.
public struct SQLiteSoldCodes: SoldFingerprintSource {
    /// What is known of a platform's registered stock.
    struct Stock {
        var lineCount: Int64 = 0
        /// Batches whose codes count as never registered.
        var withdrawn: Set<BatchNumber> = []
    }

    /// Rows that are walked over in the time of one look-up.
    static let rowsPerLookUp = 8.0

    let queue: DatabaseQueue
    let platform: PlatformNumber
    /// Rows ever made, erased ones too: an upper bound of the fingerprints.
    let rowCount: Int64
    /// Nil for what was handed over.
    let stock: Stock?

    public var origin: SoldOrigin { stock == nil ? .handedOver : .registered }

    public func sold(among sought: [SoldFingerprint]) throws -> [SoldFingerprint] {
        guard let first = sought.first, let last = sought.last else { return [] }
        let share = (Double(last.high) - Double(first.high)) / Double(UInt64.max)
        let isDense = share * Double(rowCount) < Double(sought.count) * Self.rowsPerLookUp
        do {
            return try queue.read { database in
                try isDense
                    ? walk(database, sought, first...last)
                    : lookUp(database, sought)
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        } catch is UnreadableRow {
            throw StoreError.broken("\(table).fingerprint cannot be read")
        }
    }

    private var table: String { stock == nil ? "holders" : "stock_codes" }

    private var stretch: String {
        stock == nil
            ? """
            SELECT fingerprint, NULL AS batch FROM holders
            WHERE fingerprint >= ? AND fingerprint <= ? AND platform = ?
            """
            : """
            SELECT fingerprint, batch FROM stock_codes
            WHERE fingerprint >= ? AND fingerprint <= ? AND platform = ? AND is_standing = 1
            """
    }

    private func lookUp(
        _ database: Database,
        _ sought: [SoldFingerprint]
    ) throws -> [SoldFingerprint] {
        let statement = try database.cachedStatement(sql: stretch)
        return try sought.filter { fingerprint in
            let bounds = fingerprint...fingerprint
            let rows = try Row.fetchCursor(statement, arguments: arguments(bounds))
            while let row = try rows.next() {
                if try held(row) == fingerprint { return true }
            }
            return false
        }
    }

    private func walk(
        _ database: Database,
        _ sought: [SoldFingerprint],
        _ bounds: ClosedRange<SoldFingerprint>
    ) throws -> [SoldFingerprint] {
        let statement = try database.cachedStatement(sql: stretch + " ORDER BY fingerprint")
        let rows = try Row.fetchCursor(statement, arguments: arguments(bounds))
        var found: [SoldFingerprint] = []
        var next = 0
        while next < sought.count, let row = try rows.next() {
            guard let held = try held(row) else { continue }
            // Rows with the same kept bits of the high word come in the order of those dropped.
            while next < sought.count, sought[next].high < held.high { next += 1 }
            var place = next
            while place < sought.count, sought[place].high == held.high {
                if sought[place] == held { found.append(held) }
                place += 1
            }
        }
        return found.sorted()
    }

    /// Nil for a code of a batch that was withdrawn.
    private func held(_ row: Row) throws -> SoldFingerprint? {
        if let stock, let batch = row.optionalInteger("batch"),
            stock.withdrawn.contains(BatchNumber(rawValue: batch))
        {
            return nil
        }
        let bytes = row.bytes("fingerprint")
        guard bytes.count == CardFingerprint.byteCount else {
            throw UnreadableRow(table: table, column: "fingerprint")
        }
        return SoldFingerprint(stored: bytes)
    }

    private static func bytes(of word: UInt64) -> [UInt8] {
        stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    private func arguments(_ bounds: ClosedRange<SoldFingerprint>) -> StatementArguments {
        // What is stored is longer than eight bytes: it sorts behind its own beginning, and before
        // the beginning with more 0xff behind it than a fingerprint has bytes.
        let behind = [UInt8](repeating: 0xff, count: CardFingerprint.byteCount)
        let last = bounds.upperBound.high | ~SoldFingerprint.highMask
        return [
            Data(Self.bytes(of: bounds.lowerBound.high)), Data(Self.bytes(of: last) + behind),
            platform.rawValue,
        ]
    }
}

extension SoldFingerprint {
    /// The beginning of a stored fingerprint of 32 bytes.
    fileprivate init(stored bytes: [UInt8]) {
        func word(_ range: Range<Int>) -> UInt64 { bytes[range].reduce(0) { $0 << 8 | UInt64($1) } }
        self.init(high: word(0..<8), low: word(8..<16))
    }

}

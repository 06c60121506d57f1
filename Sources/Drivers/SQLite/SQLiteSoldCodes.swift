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
        SQLiteSoldCodes(queue: queue, platform: platform, itemCount: itemCount)
    }
}

/// The codes that one platform of a gateway handed over.
///
/// A code stands here from the commit of its delivery at stage `receipt` until the delivery is
/// erased. Codes of products marked `reusable` never do, and a dispense only looks.
public struct SQLiteSoldCodes: SoldFingerprintSource {
    /// Rows that are walked over in the time of one look-up.
    static let rowsPerLookUp = 8.0

    let queue: DatabaseQueue
    let platform: PlatformNumber
    /// Items ever made, erased ones too: an upper bound of the fingerprints.
    let itemCount: Int64

    public func sold(among sought: [SoldFingerprint]) throws -> [SoldFingerprint] {
        guard let first = sought.first, let last = sought.last else { return [] }
        let share = (Double(last.high) - Double(first.high)) / Double(UInt64.max)
        let isDense = share * Double(itemCount) < Double(sought.count) * Self.rowsPerLookUp
        do {
            return try queue.read { database in
                try isDense
                    ? Self.walk(database, platform, sought, first...last)
                    : Self.lookUp(database, platform, sought)
            }
        } catch let error as DatabaseError {
            throw SQLiteFailure.storeError(error)
        } catch is UnreadableRow {
            throw StoreError.broken("holders.fingerprint cannot be read")
        }
    }

    private static let stretch = """
        SELECT fingerprint FROM holders
        WHERE fingerprint >= ? AND fingerprint <= ? AND platform = ?
        """

    private static func lookUp(
        _ database: Database,
        _ platform: PlatformNumber,
        _ sought: [SoldFingerprint]
    ) throws -> [SoldFingerprint] {
        let statement = try database.cachedStatement(sql: stretch)
        return try sought.filter { fingerprint in
            let bounds = fingerprint...fingerprint
            let rows = try Row.fetchCursor(statement, arguments: arguments(bounds, platform))
            while let row = try rows.next() {
                if try held(row) == fingerprint { return true }
            }
            return false
        }
    }

    private static func walk(
        _ database: Database,
        _ platform: PlatformNumber,
        _ sought: [SoldFingerprint],
        _ bounds: ClosedRange<SoldFingerprint>
    ) throws -> [SoldFingerprint] {
        let statement = try database.cachedStatement(sql: stretch + " ORDER BY fingerprint")
        let rows = try Row.fetchCursor(statement, arguments: arguments(bounds, platform))
        var found: [SoldFingerprint] = []
        var next = 0
        while next < sought.count, let row = try rows.next() {
            let held = try held(row)
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

    private static func held(_ row: Row) throws -> SoldFingerprint {
        let bytes = row.bytes("fingerprint")
        guard bytes.count == CardFingerprint.byteCount else {
            throw UnreadableRow(table: "holders", column: "fingerprint")
        }
        return SoldFingerprint(stored: bytes)
    }

    private static func bytes(of word: UInt64) -> [UInt8] {
        stride(from: UInt64(56), through: 0, by: -8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    private static func arguments(
        _ bounds: ClosedRange<SoldFingerprint>,
        _ platform: PlatformNumber
    ) -> StatementArguments {
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

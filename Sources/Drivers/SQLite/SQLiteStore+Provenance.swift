public import CardModel
import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func codeTrail(
        of fingerprint: CardFingerprint,
        platform: PlatformNumber,
        limit: Int
    ) async throws(StoreError) -> CodeTrail {
        try await read { database in
            let code = Data(fingerprint.bytes)
            let lines = try ["is_standing = 1", "is_standing = 0 AND fingerprint IS NOT NULL"]
                .flatMap { kind in
                    try Row.fetchAll(
                        database.cachedStatement(
                            sql: """
                                SELECT * FROM stock_codes
                                WHERE platform = ? AND fingerprint = ? AND \(kind)
                                ORDER BY batch, position LIMIT ?
                                """),
                        arguments: [platform.rawValue, code, limit]
                    ).map { try StockCodeRecord(row: $0) }
                }
            let items = try Row.fetchAll(
                database.cachedStatement(
                    sql: """
                        SELECT item FROM holders WHERE platform = ?1 AND fingerprint = ?2
                        UNION SELECT item FROM code_repeats
                        WHERE platform = ?1 AND fingerprint = ?2 ORDER BY item LIMIT ?3
                        """),
                arguments: [platform.rawValue, code, limit]
            ).map { try $0.integer("holders", "item") }
            let numbers = Set(items + lines.compactMap { $0.item?.rawValue })
            return CodeTrail(
                lines: Array(lines.prefix(limit)),
                items: try numbers.sorted().prefix(limit).compactMap { number in
                    try Row.fetchOne(
                        database.cachedStatement(sql: SQLiteQuery.item), arguments: [number]
                    ).map { try ItemRecord(row: $0) }
                }
            )
        }
    }
}

import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func keepCosignature(
        _ cosignature: CosignatureRecord,
        quorum: WitnessQuorum
    ) async throws(StoreError) {
        try await write { database in
            guard try Self.isPublished(cosignature, in: database) else {
                throw StoreError.unavailable("no checkpoint of \(cosignature.size) was published")
            }
            let platform = SQLiteValue.platform(cosignature.platform)
            let size = SQLiteValue.index(cosignature.size)
            try database.run(
                """
                INSERT INTO cosignatures (platform, size, witness, line, cosigned_at)
                VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                """,
                [
                    platform, size, .text(cosignature.witness), .blob(cosignature.line),
                    .instant(cosignature.cosignedAt),
                ]
            )
            try database.run(
                """
                INSERT INTO witness_positions (platform, witness, size, cosigned_at)
                VALUES (?, ?, ?, ?) ON CONFLICT (platform, witness) DO UPDATE
                SET size = excluded.size, cosigned_at = excluded.cosigned_at
                WHERE excluded.size > size
                """,
                [platform, .text(cosignature.witness), size, .instant(cosignature.cosignedAt)]
            )
            let all = try Self.cosignatures(
                of: cosignature.platform, size: cosignature.size, in: database)
            guard quorum.isReached(by: all.map(\.witness)) else { return }
            try database.run(
                """
                INSERT INTO cosigned_checkpoints (platform, quorum, size) VALUES (?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [platform, .blob(quorum.code), size]
            )
        }
    }

    public func witnessPositions() async throws(StoreError) -> [WitnessPosition] {
        try await read { database in
            try Row.fetchAll(
                database,
                sql: "SELECT * FROM witness_positions ORDER BY platform, witness"
            ).map { row in
                WitnessPosition(
                    platform: try row.platform("witness_positions"),
                    witness: row["witness"],
                    size: UInt64(row["size"] as Int64),
                    cosignedAt: Instant(millisecondsSinceEpoch: row["cosigned_at"])
                )
            }
        }
    }

    public func cosignatures(
        of platform: PlatformNumber,
        size: UInt64
    ) async throws(StoreError) -> [CosignatureRecord] {
        try await read { try Self.cosignatures(of: platform, size: size, in: $0) }
    }

    public func cosignedCheckpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64,
        by quorum: WitnessQuorum
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])? {
        try await read { database in
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT size, note FROM cosigned_checkpoints
                        JOIN checkpoints USING (platform, size)
                        WHERE platform = ? AND quorum = ? AND size >= ? ORDER BY size LIMIT 1
                        """
                ),
                arguments: [platform.rawValue, Data(quorum.code), Int64(clamping: size)]
            )
            guard let row else { return nil }
            let size = UInt64(row["size"] as Int64)
            let cosignatures = try Self.cosignatures(of: platform, size: size, in: database)
            return (size, cosignatures.reduce(row.bytes("note")) { $0 + $1.line })
        }
    }

    private static func isPublished(
        _ cosignature: CosignatureRecord,
        in database: Database
    ) throws -> Bool {
        try Bool.fetchOne(
            database,
            sql: "SELECT EXISTS (SELECT 1 FROM checkpoints WHERE platform = ? AND size = ?)",
            arguments: [cosignature.platform.rawValue, Int64(clamping: cosignature.size)]
        ) ?? false
    }

    private static func cosignatures(
        of platform: PlatformNumber,
        size: UInt64,
        in database: Database
    ) throws -> [CosignatureRecord] {
        try Row.fetchAll(
            database.cachedStatement(
                sql: """
                    SELECT * FROM cosignatures WHERE platform = ? AND size = ? ORDER BY witness
                    """
            ),
            arguments: [platform.rawValue, Int64(clamping: size)]
        ).map { row in
            CosignatureRecord(
                platform: platform,
                size: size,
                witness: row["witness"],
                line: row.bytes("line"),
                cosignedAt: Instant(millisecondsSinceEpoch: row["cosigned_at"])
            )
        }
    }
}

import EvidenceLog
import Foundation
import GRDB
public import Gateway
import WireFormat

extension SQLiteStore {
    public func addPlatform(
        _ platform: PlatformRecord
    ) async throws(StoreError) -> PlatformRecord? {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO platforms (name, origin, events_url, sealed_secrets, created_at)
                    VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    platform.name, platform.origin, platform.eventsURL,
                    Data(platform.sealedSecrets), platform.createdAt.millisecondsSinceEpoch,
                ]
            )
            guard database.changesCount > 0 else { return nil }
            var added = platform
            added.number = PlatformNumber(rawValue: database.lastInsertedRowID)
            return added
        }
    }

    public func beginLog(
        of platform: PlatformNumber
    ) async throws(StoreError) {
        try await write { [self] database in
            guard try SQLiteQuery.logHead(of: platform, in: database) == nil else { return }
            let empty = CompactRange()
            let checkpoint = try signer.signCheckpoint(of: platform, size: 0, root: empty.root)
            try SQLiteTransaction(database: database, heads: heads).update(
                LogHead(range: empty, checkpoint: checkpoint.serialized),
                of: platform,
                at: time.now()
            )
        }
    }

    public func updatePlatform(_ platform: PlatformRecord) async throws(StoreError) {
        try await write { database in
            try database.execute(
                sql: "UPDATE platforms SET sealed_secrets = ?, events_url = ? WHERE number = ?",
                arguments: [
                    Data(platform.sealedSecrets), platform.eventsURL, platform.number.rawValue,
                ]
            )
        }
    }

    public func keepDeploymentSecrets(_ sealed: [UInt8]) async throws(StoreError) -> [UInt8] {
        try await write { database in
            try database.execute(
                sql: """
                    INSERT INTO deployment_secrets (one, sealed) VALUES (1, ?)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [Data(sealed)]
            )
            let standing = try Data.fetchOne(
                database,
                sql: "SELECT sealed FROM deployment_secrets"
            )
            return standing.map { Array($0) } ?? sealed
        }
    }

    public func rewrapSecrets(
        _ rewrap: @escaping @Sendable (SealedSecrets) -> SealedSecrets?
    ) async throws(StoreError) -> SealedSecrets? {
        try await write { database in
            let deployment = try Row.fetchOne(
                database, sql: "SELECT sealed FROM deployment_secrets")
            let platforms = try Row.fetchAll(
                database, sql: "SELECT * FROM platforms ORDER BY number")
            guard let deployment,
                let rewrapped = rewrap(
                    SealedSecrets(
                        deployment: deployment.bytes("sealed"),
                        platforms: try platforms.map { try PlatformRecord(row: $0) }
                    )
                )
            else { return nil }
            try database.run(
                "UPDATE deployment_secrets SET sealed = ?", [.blob(rewrapped.deployment)])
            for platform in rewrapped.platforms {
                try database.run(
                    "UPDATE platforms SET sealed_secrets = ? WHERE number = ?",
                    [.blob(platform.sealedSecrets), .platform(platform.number)]
                )
            }
            return rewrapped
        }
    }

    public func keepPolicy(hash: [UInt8], text: [UInt8]) async throws(StoreError) {
        try await write { database in
            try database.execute(
                sql: "INSERT INTO policies (hash, text) VALUES (?, ?) ON CONFLICT DO NOTHING",
                arguments: [Data(hash), Data(text)]
            )
        }
    }
}

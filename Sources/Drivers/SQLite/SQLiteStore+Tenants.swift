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
                    INSERT INTO platforms (name, origin, log_ordinal, events_url, sealed_secrets,
                        created_at)
                    SELECT ?1, ?2, ?3, ?4, ?5, ?6
                        WHERE NOT EXISTS (SELECT 1 FROM logs WHERE origin = ?2)
                    ON CONFLICT DO NOTHING
                    """,
                arguments: [
                    platform.name, platform.origin, platform.logOrdinal, platform.eventsURL,
                    Data(platform.sealedSecrets), platform.createdAt.millisecondsSinceEpoch,
                ]
            )
            guard database.changesCount > 0 else { return nil }
            var added = platform
            added.number = PlatformNumber(rawValue: database.lastInsertedRowID)
            return added
        }
    }

    public func beginLog(_ log: LogRecord) async throws(StoreError) {
        try await write { [self] database in
            guard try SQLiteQuery.logHead(of: log.platform, in: database) == nil else { return }
            let empty = CompactRange()
            let checkpoint = try signer.signCheckpoint(of: log.name, size: 0, root: empty.root)
            let transaction = SQLiteTransaction(database: database, heads: heads)
            try transaction.insert(log)
            try transaction.update(
                LogHead(log: log, range: empty, checkpoint: checkpoint.serialized),
                of: log.platform,
                at: time.now()
            )
        }
    }

    public func rotateLog(_ rotation: LogRotation) async throws(StoreError) -> LogRecord? {
        try await write { [self] database in
            let isTaken = try Bool.fetchOne(
                database,
                sql: "SELECT EXISTS (SELECT 1 FROM logs WHERE origin = ?)",
                arguments: [rotation.origin]
            )
            guard isTaken == false else { return nil }
            let transaction = SQLiteTransaction(database: database, heads: heads)
            var ledger = Ledger(transaction: transaction, signer: signer)
            return try ledger.rotateLog(rotation)
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

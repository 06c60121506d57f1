import Crypto
import EvidenceLog
import Synchronization
import WireFormat

/// What came of asking for a platform's log to be ended.
public struct LogRotationResult: Sendable {
    /// The log that ended.
    public let ended: LogRecord
    /// The log that is open now.
    public let open: LogRecord
    /// Whether this call ended it; false when an earlier one had.
    public let isNew: Bool
}

extension PlatformDirectory {
    /// How long after a log began a request to end it is taken for a repetition of the one that
    /// made it: of a command that was interrupted before it could tell.
    static let repetitionTime = Duration.seconds(3600)

    /// Gives a platform another log key: ends its open log and begins the next, which the new key
    /// signs under another origin. The old private key is then in no row of the store.
    ///
    /// Everything happens in one transaction. Asked again within ``repetitionTime``, or for the
    /// origin that is open already, it tells what was done and changes nothing.
    ///
    /// - Parameters:
    ///   - origin: Of the new log; nil adds its ordinal to the first log's.
    ///   - isFurther: Ends a log that was begun a moment ago, too.
    /// - Throws: ``Failure`` for an unknown platform or an origin that is taken, `EvidenceError`
    ///   for one that cannot name a log, ``StoreError``; then nothing changed.
    public func rotateLog(
        of name: String,
        to origin: String? = nil,
        isFurther: Bool = false,
        in store: any Store
    ) async throws -> LogRotationResult {
        try await beginSealing()
        defer { endSealing() }
        guard let platform = platform(named: name) else {
            throw Failure(description: "there is no platform \(name)")
        }
        let logs = try await store.logs(of: platform.number)
        guard let ending = logs.last, ending.name == platform.openLog else {
            throw Failure(description: "the log of \(name) is not the one that was loaded")
        }
        if let before = logs.dropLast().last, isRepetition(of: ending, origin, isFurther) {
            return LogRotationResult(ended: before, open: ending, isNew: false)
        }
        let origin = origin ?? Self.nextOrigin(after: logs)
        let successor = try successor(of: platform, origin: origin)
        platforms.withLock { $0.successors[platform.number] = successor }
        defer { platforms.withLock { $0.successors[platform.number] = nil } }
        let begun = try await store.rotateLog(
            LogRotation(
                ending: ending.name,
                origin: origin,
                vkey: successor.logVerifierKey.vkey,
                sealedSecrets: successor.record.sealedSecrets,
                at: time.now()
            )
        )
        guard let begun else {
            throw Failure(description: "a log with the origin \(origin) is there already")
        }
        platforms.withLock { $0.put(successor) }
        var ended = ending
        ended.end = begun.firstIndex
        return LogRotationResult(ended: ended, open: begun, isNew: true)
    }

    private func isRepetition(of open: LogRecord, _ origin: String?, _ isFurther: Bool) -> Bool {
        if let origin { return origin == open.origin }
        return !isFurther && time.now() < open.begunAt + Self.repetitionTime
    }

    /// The platform with a fresh log key under another origin, not stored yet.
    private func successor(of platform: Platform, origin: String) throws -> Platform {
        var secrets = platform.secrets
        secrets.logKey = Curve25519.Signing.PrivateKey()
        var record = platform.record
        record.origin = origin
        record.logOrdinal += 1
        record.sealedSecrets = try sealingVault().seal(
            secrets.jsonValue,
            scope: Scope.platform(record.name),
            random: random
        )
        return try Platform(record: record, secrets: secrets)
    }

    /// `log.example/shop` is followed by `log.example/shop/2`, and that by `log.example/shop/3`.
    private static func nextOrigin(after logs: [LogRecord]) -> String {
        "\(logs[0].origin)/\(logs.count + 1)"
    }
}

extension Platform {
    /// The log that a new platform begins with.
    var firstLog: LogRecord {
        LogRecord(
            platform: number,
            ordinal: 1,
            firstIndex: 0,
            origin: record.origin,
            vkey: logVerifierKey.vkey,
            begunAt: record.createdAt
        )
    }
}

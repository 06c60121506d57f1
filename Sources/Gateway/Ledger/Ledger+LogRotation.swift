import EvidenceLog
import WireFormat

extension Ledger {
    /// Ends a platform's open log with a `key_change` leaf that names the next, under its last
    /// checkpoint, and begins the next with a `key_change` leaf that names the old one.
    ///
    /// For a ledger that has no other change. Both checkpoints are signed here, the last of the old
    /// log and the first of the new, so that no moment has a log without the other.
    /// - Returns: nil when another log is open.
    public mutating func rotateLog(_ rotation: LogRotation) throws -> LogRecord? {
        let platform = rotation.ending.platform
        let ending = try transaction.logHead(of: platform).log
        guard ending.name == rotation.ending else { return nil }
        let last = try EvidenceLeaf.keyChange(
            toOrigin: rotation.origin, vkey: rotation.vkey, at: rotation.at)
        _ = try append(.public(last), of: .log, platform: platform)
        _ = try finish([], at: rotation.at)

        let final = try transaction.logHead(of: platform)
        let next = LogRecord(
            platform: platform,
            ordinal: ending.ordinal + 1,
            firstIndex: final.end,
            origin: rotation.origin,
            vkey: rotation.vkey,
            // As its first leaf says, which knows no milliseconds.
            begunAt: Instant(secondsSinceEpoch: rotation.at.secondsAndMilliseconds.seconds)
        )
        try transaction.begin(next, by: rotation)
        let first = try EvidenceLeaf.keyChange(
            fromOrigin: ending.origin,
            size: final.range.size,
            root: final.range.root,
            vkey: ending.vkey,
            at: rotation.at
        )
        begin(next)
        _ = try append(.public(first), of: .log, platform: platform)
        _ = try finish([], at: rotation.at)
        return next
    }
}

public import EvidenceLog

/// What is known of the platforms' logs: entries, trees, checkpoints and stamps. A part of
/// ``StoreReading``.
public protocol LogReading: Sendable {
    /// The platform's logs, by ordinal: all but the last have ended.
    func logs(of platform: PlatformNumber) async throws(StoreError) -> [LogRecord]
    /// Of the open log.
    func logHead(of platform: PlatformNumber) async throws(StoreError) -> LogHead?
    /// The first published checkpoint that ends at running index `size` or later, with that index;
    /// nil when the logs do not reach so far. What is below a log's end has one in that log.
    func checkpoint(
        of platform: PlatformNumber,
        atLeast size: UInt64
    ) async throws(StoreError) -> (size: UInt64, note: [UInt8])?
    func entries(
        of platform: PlatformNumber,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [LogEntryRecord]
    /// The leaves that were written for a notice, by index.
    func entries(
        of notice: NoticeNumber
    ) async throws(StoreError) -> [(index: UInt64, entry: LogEntryRecord)]
    /// Leaves that belong to no notice and no batch: those that everybody can read, above all.
    func publicEntries(
        of platform: PlatformNumber,
        in range: Range<UInt64>,
        newestFirst: Bool,
        limit: Int
    ) async throws(StoreError) -> [(index: UInt64, leaf: [UInt8])]
    /// Hashes of a hash tile: level 0 holds leaves, level L roots of 256^L leaves. Fewer than
    /// asked when the logs do not reach so far.
    /// - Parameter range: among all the platform's nodes of the level
    ///   (``LogRecord/firstNode(level:)``).
    func nodes(
        of platform: PlatformNumber,
        level: Int,
        in range: Range<UInt64>
    ) async throws(StoreError) -> [TreeHash]

    /// The latest stamp over the log whose `anchor` leaf stands before an entry: the entry is
    /// younger.
    func timeStamp(
        of log: LogRecord,
        anchoredBefore index: UInt64
    ) async throws(StoreError) -> TimeStampRecord?
    /// The first stamp over a checkpoint of the log that holds an entry: the entry is older.
    func timeStamp(
        of log: LogRecord,
        coveringEntry index: UInt64
    ) async throws(StoreError) -> TimeStampRecord?
    /// The latest stamp of an authority.
    func latestTimeStamp(
        of platform: PlatformNumber,
        by authority: String
    ) async throws(StoreError) -> TimeStampRecord?
    /// Stamps in the order of their `anchor` leaves, after the one at `index`.
    func timeStamps(
        of platform: PlatformNumber,
        after index: UInt64?,
        limit: Int
    ) async throws(StoreError) -> [TimeStampRecord]
}

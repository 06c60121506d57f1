import CardModel
import WireFormat

/// The published file of outcomes of one log (处理结果公示文件, M2-12): its first line, and then the
/// lines page by page, so that no reader makes the gateway hold all of them.
///
/// Which lines it has is settled when it is begun: what closes later is not in it.
public struct OutcomePublication: Sendable {
    /// Outcomes that are read at once.
    static let pageSize = 500

    /// The first line with its line feed.
    public let header: [UInt8]
    private let store: any StoreReading
    private let log: LogRecord
    private let last: Int
    private var next: Int

    init(
        header: OutcomeFile.Header,
        of log: LogRecord,
        through last: Int,
        store: any StoreReading
    ) throws {
        self.header = try OutcomeFile.bytes(of: header.jsonValue)
        self.store = store
        self.log = log
        self.last = last
        next = header.fromNumber
    }

    /// The next lines; nil after the last.
    public mutating func nextLines() async throws -> [UInt8]? {
        guard next <= last else { return nil }
        let records = try await store.outcomes(
            of: log.platform,
            merchant: nil,
            after: next - 1,
            limit: min(Self.pageSize, last - next + 1)
        )
        guard let newest = records.last else { return nil }
        next = newest.outcome.number + 1
        return try records.reduce(into: []) { bytes, record in
            bytes += try OutcomeFile.bytes(of: record.line(inLogFrom: log.firstIndex).jsonValue)
        }
    }

    /// The whole file.
    public var bytes: [UInt8] {
        get async throws {
            var rest = self
            var bytes = header
            while let lines = try await rest.nextLines() { bytes += lines }
            return bytes
        }
    }
}

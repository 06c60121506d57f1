import EvidenceLog
import Gateway

/// How far something reaches that a path has an index into: a log, or all entries of a platform.
/// An index out of a path is compared with it before anything is computed or asked of the store: no
/// log has all the indexes that a path can spell.
struct LogExtent {
    let size: UInt64

    /// All entries of a platform, by running index; nil when it has no log.
    /// - Throws: ``StoreError``.
    init?(of platform: Platform, in gateway: DeliveryGateway) async throws {
        guard let size = try await gateway.log.entryCount(of: platform.number) else { return nil }
        self.size = size
    }

    /// - Throws: ``StoreError``.
    init(of log: LogRecord, in gateway: DeliveryGateway) async throws {
        size = try await gateway.log.size(of: log)
    }

    init(size: UInt64) {
        self.size = size
    }

    /// The entry's index if it lies before the end; decimal, without leading zeros.
    func entry(_ text: Substring) -> UInt64? {
        guard let index = UInt64(text), String(index) == text, index < size else { return nil }
        return index
    }

    /// The tile if it begins before the end; its width is the log reader's to judge.
    func tile(_ path: String) -> TilePath? {
        guard let tile = try? TilePath(path: path) else { return nil }
        let (level, index) =
            switch tile {
            case .hashes(let coordinate): (coordinate.level, coordinate.index)
            case .entries(let coordinate): (0, coordinate.index)
            }
        // A shift by 64 or more is 0: the levels above the top have no tile but an empty one.
        return index <= size >> UInt64(TileCoordinate.height * (level + 1)) ? tile : nil
    }
}

import EvidenceLog

/// Whether a log holds anything new but what was written about the log itself.
///
/// Every stamp adds an `anchor` leaf, and now and then there is a `health` leaf; if these counted,
/// a log at rest would be stamped for ever.
struct LogGrowth: Sendable {
    /// Entries read at a time: more anchors and health leaves in a row are seldom.
    private static let page: UInt64 = 64

    let store: any StoreReading

    /// Whether an entry from `first` to before `size`, running indexes, is of any other type.
    func hasGrown(
        _ platform: PlatformNumber,
        from first: UInt64,
        to size: UInt64
    ) async throws -> Bool {
        var start = first
        while start < size {
            let end = min(size, start + Self.page)
            let entries = try await store.entries(of: platform, in: start..<end)
            guard !entries.isEmpty else { return false }
            if try entries.contains(where: { try !Self.isAboutTheLog($0.leaf) }) { return true }
            start = end
        }
        return false
    }

    private static func isAboutTheLog(_ leaf: [UInt8]) throws -> Bool {
        switch try EvidenceLeaf(bytes: leaf).content {
        case .disclosed(.anchor, _), .disclosed(.health, _): true
        case .disclosed(.keyChange, _), .disclosed(.erasure, _), .disclosed(.incident, _), .sealed:
            false
        }
    }
}

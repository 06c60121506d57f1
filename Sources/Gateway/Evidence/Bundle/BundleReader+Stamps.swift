import EvidenceLog
import WireFormat

extension BundleReader {
    /// The time stamps around entries of a log: for each the newest before it and the first over
    /// it.
    func stamps(around indexes: [UInt64], in log: LogRecord) async throws -> [TimeStampRecord] {
        var found: Set<TimeStampRecord> = []
        var covering: TimeStampRecord?
        for index in indexes.sorted() {
            let running = log.firstIndex + index
            let before = try await store.timeStamp(of: log, anchoredBefore: running)
            // The first stamp over one entry is the first over each that it covers beside it.
            if covering.map({ $0.size <= index }) ?? true {
                covering = try await store.timeStamp(of: log, coveringEntry: running)
            }
            found.formUnion([before, covering].compactMap { $0 })
        }
        return found.sorted { ($0.size, $0.authority) < ($1.size, $1.authority) }
    }

    /// The anchor leaves of those stamps that an entry is younger than: without the leaf nothing
    /// says so. The others bind by what they cover.
    func anchors(
        of stamps: [TimeStampRecord],
        before indexes: [UInt64],
        in log: LogRecord
    ) async throws -> [MaterialEntry] {
        var anchors: [MaterialEntry] = []
        let newest = log.firstIndex + (indexes.max() ?? 0)
        for stamp in stamps where newest > stamp.anchorIndex {
            let index = stamp.anchorIndex
            let rows = try await store.entries(of: log.platform, in: index..<index + 1)
            guard let row = rows.first else {
                throw StoreError.broken("anchor \(index) of \(log.origin) is not there")
            }
            anchors.append(
                MaterialEntry(index: index - log.firstIndex, bytes: row.leaf, record: nil))
        }
        return anchors.sorted { $0.index < $1.index }
    }

    /// What leads from each stamped checkpoint to the head.
    func consistency(
        of stamps: [TimeStampRecord],
        with head: SignedCheckpoint,
        in record: LogRecord
    ) async throws -> [UInt64: [TreeHash]] {
        var paths: [UInt64: [TreeHash]] = [:]
        for size in Set(stamps.map(\.size)) {
            paths[size] = try await log.consistencyProof(
                of: record,
                from: size,
                to: head.checkpoint.size
            ).path
        }
        return paths
    }
}

extension LogMaterial {
    /// Between which stamps each entry lies, as every verifier of the bundle finds.
    var brackets: [UInt64: TimeBracket] {
        let bounds = stamps.map { stamp in
            let accuracy = stamp.accuracyForReaders
            return (
                stamp: stamp, earliest: stamp.genTime - accuracy, latest: stamp.genTime + accuracy
            )
        }
        var brackets: [UInt64: TimeBracket] = [:]
        for entry in provenEntries {
            let index = log.firstIndex + entry.index
            brackets[entry.index] = TimeBracket(
                notBefore: bounds.filter { $0.stamp.anchorIndex < index }
                    .map(\.earliest).max(),
                notAfter: bounds.filter { $0.stamp.size > entry.index }.map(\.latest).min()
            )
        }
        return brackets
    }
}

extension TimeStampRecord {
    /// What the authority states. What the operator promises for one that states nothing is his
    /// word alone, so readers count a fixed accuracy (docs/evidence-bundle.md, "Accuracy").
    fileprivate var accuracyForReaders: Duration {
        let stated = (try? TimeStampToken(der: token))?.info.accuracy
        return stated ?? TimeStampTrust.accuracyOfTheSilent
    }
}

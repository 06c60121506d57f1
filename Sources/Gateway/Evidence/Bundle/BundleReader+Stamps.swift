import EvidenceLog
import WireFormat

extension BundleReader {
    /// The time stamps around entries of a log: for each the newest before it and the first over
    /// it.
    func stamps(around indexes: [UInt64], in log: LogRecord) async throws -> [TimeStampRecord] {
        var found: Set<TimeStampRecord> = []
        for index in indexes.map({ log.firstIndex + $0 }) {
            let before = try await store.timeStamp(of: log, anchoredBefore: index)
            let after = try await store.timeStamp(of: log, coveringEntry: index)
            found.formUnion([before, after].compactMap { $0 })
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
        for stamp in stamps
        where indexes.contains(where: { log.firstIndex + $0 > stamp.anchorIndex }) {
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

extension BundleMaterial {
    /// Between which stamps each entry lies.
    var brackets: [UInt64: TimeBracket] {
        var brackets: [UInt64: TimeBracket] = [:]
        for entry in entries + anchors + otherSales {
            let before = stamps.filter { $0.anchorIndex < log.firstIndex + entry.index }
            let after = stamps.filter { $0.size > entry.index }
            brackets[entry.index] = TimeBracket(
                notBefore: before.map { $0.genTime - $0.accuracy }.max(),
                notAfter: after.map { $0.genTime + $0.accuracy }.min()
            )
        }
        return brackets
    }
}

extension BundleComposition {
    /// The stamps with what verifies them, and the authorities' roots.
    mutating func addTime() throws {
        var roots: [[UInt8]] = []
        for stamp in material.stamps {
            func path(_ file: BundlePath.StampFile) -> BundlePath {
                .stamped(size: stamp.size, file)
            }
            if !files.contains(where: { $0.path == path(.checkpoint).path }) {
                add(path(.checkpoint), stamp.checkpoint)
                let hashes = material.consistency[stamp.size] ?? []
                add(path(.consistency), hashes.flatMap { Array("\($0.base64)\n".utf8) })
            }
            let name = stamp.authority
            add(path(.response(authority: name)), try TimeStampToken(der: stamp.token).response)
            add(path(.certificates(authority: name)), Array(stamp.chain.utf8))
            if !stamp.revocationLists.isEmpty {
                add(path(.revocationLists(authority: name)), Array(stamp.revocationLists.utf8))
            }
            if let list = stamp.list {
                add(path(.stampedText(authority: name)), list.text)
                add(path(.place(authority: name)), list.place.serialized)
            }
            // The chain was built to a configured root when the stamp was taken; it ends there.
            let chain = try PEMText.blocks(PEMText.certificate, in: stamp.chain)
            if let root = chain.last, !roots.contains(root) { roots.append(root) }
        }
        if !roots.isEmpty {
            add(.authorities, Array(PEMText.text(PEMText.certificate, roots).utf8))
        }
    }
}

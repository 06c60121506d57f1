import CardModel
import Crypto
import EvidenceLog
import WireFormat

/// Reads what a bundle is made of.
struct BundleReader: Sendable {
    /// How often a delivery that changes while it is read is read again.
    static let mostReadings = 5

    /// Bytes of attachments that one bundle carries; the others are named with their hash, and can
    /// be had apart.
    static let largestAttachedByteCount = 64 << 20

    let store: any StoreReading
    let log: LogReader
    /// The content of an attachment; nil when it cannot be opened any more.
    let content: @Sendable (AttachmentRecord) async throws -> [UInt8]?
    let policies: PolicyLibrary
    /// Whom a reader should believe about a log.
    let logPolicy: @Sendable (LogRecord) throws -> LogPolicy

    /// What stood at one time; nil when the platform has no such delivery, or none of its entries
    /// is in the log.
    ///
    /// Whatever happens to a delivery leaves an entry in the log in the same transaction, so one
    /// whose entries are the same before and after is one that did not change in between.
    /// - Parameter ordinal: of the log; nil for that of the delivery's first entry.
    /// - Throws: ``StoreError`` `unavailable` for one that does not stand still.
    func material(
        of id: DeliveryID,
        log ordinal: Int?,
        platform: Platform
    ) async throws -> BundleMaterial? {
        for _ in 0..<Self.mostReadings {
            let before = try await indexes(of: id)
            let material = try await reading(of: id, log: ordinal, platform: platform)
            guard let material else { return nil }
            let logs = try await store.logs(of: platform.number)
            let isWhole = material.logs.allSatisfy { logs.contains($0) }
            if try await indexes(of: id) == before, isWhole { return material }
        }
        throw StoreError.unavailable("the delivery changes faster than it can be read")
    }

    /// Running indexes of the delivery's entries.
    private func indexes(of id: DeliveryID) async throws -> [UInt64] {
        var indexes: [UInt64] = []
        for notice in try await store.notices(of: id) {
            indexes += try await store.entries(of: notice.number).map(\.index)
        }
        return indexes
    }

    private func reading(
        of id: DeliveryID,
        log ordinal: Int?,
        platform: Platform
    ) async throws -> BundleMaterial? {
        guard let delivery = try await store.delivery(id), delivery.platform == platform.number
        else { return nil }
        let notices = try await store.notices(of: id)
        var all: [RunningEntry] = []
        for notice in notices { all += try await entries(of: notice.number, platform) }
        let logs = try await logs(from: ordinal, or: all.map(\.index).min(), platform)
        guard let record = logs.first, all.contains(where: { record.holds($0.index) }) else {
            return nil
        }
        let entries = Self.entries(all, in: record)
        let items = try await store.items(of: id)
        let otherSales = try await otherSales(of: entries, record, platform)
        let indexes = (entries + otherSales.entries).map(\.index)
        let stamps = try await stamps(around: indexes, in: record)
        let health = try await health(around: entries, in: record)
        let anchors = try await anchors(
            of: stamps, before: indexes + health.map(\.index), in: record)
        let proven = entries + otherSales.entries + anchors + health
        let head = try await head(
            holding: proven.map(\.index) + stamps.map { $0.size - 1 }, in: record)
        return BundleMaterial(
            platform: platform,
            logs: logs,
            otherLogs: try await ordinals(of: all.map(\.index), but: record),
            succession: try await succession(logs, under: head),
            delivery: delivery,
            notices: notices,
            items: items,
            claims: try await claims(of: items),
            entries: entries,
            otherSales: otherSales,
            stamps: stamps,
            anchors: anchors,
            health: health,
            consistency: try await consistency(of: stamps, with: head, in: record),
            attachments: try await attachments(of: id, in: record),
            policies: try await policies(of: items),
            incidents: try await store.incidents(touching: items, of: platform.number),
            logPolicy: try logPolicy(record).asFulfilled(by: head),
            head: head,
            proofs: try await log.proofs(
                of: proven.map { ($0.index, $0.bytes) }, under: head, of: record)
        )
    }

    func entries(
        of notice: NoticeNumber,
        _ platform: Platform
    ) async throws -> [RunningEntry] {
        let wrapped = try await store.wrappedDataKey(of: notice)
        let dataKey = try wrapped.map { try platform.unwrap($0) }
        return try await store.entries(of: notice).map { row in
            RunningEntry(
                index: row.index,
                bytes: row.entry.leaf,
                record: try dataKey.map {
                    try EvidenceRecord(
                        sealed: row.entry.sealedRecord,
                        hash: row.entry.hash,
                        dataKey: $0
                    )
                }
            )
        }
    }

    /// The smallest checkpoint that holds every entry and was cosigned as the policy asks, so that
    /// it is the same whenever it is asked for. The last one of a log that has ended: it alone says
    /// which key came after.
    func head(
        holding indexes: [UInt64],
        in record: LogRecord
    ) async throws -> SignedCheckpoint {
        let last = record.end.map { $0 - 1 } ?? record.firstIndex + (indexes.max() ?? 0)
        let found = try await log.checkpoint(holding: last, of: record)
        guard let found else { throw StoreError.broken("entry \(last) has no checkpoint") }
        return try SignedCheckpoint(bytes: found.note)
    }

    private func claims(
        of items: [ItemRecord]
    ) async throws -> [(record: ClaimRecord, history: [ClaimHistoryEntry])] {
        var claims: [(record: ClaimRecord, history: [ClaimHistoryEntry])] = []
        for item in items {
            for record in try await store.claims(of: item.number) {
                claims.append((record, try await store.claimHistory(record.id)))
            }
        }
        return claims
    }

    private func attachments(
        of delivery: DeliveryID,
        in log: LogRecord
    ) async throws -> [(record: AttachmentRecord, content: AttachedContent)] {
        var carried = 0
        var found: [(record: AttachmentRecord, content: AttachedContent)] = []
        for record in try await store.attachments(of: delivery)
        where log.holds(record.leafIndex) {
            guard carried + record.byteCount <= Self.largestAttachedByteCount else {
                found.append((record, .tooLarge))
                continue
            }
            carried += record.byteCount
            found.append((record, try await attached(record)))
        }
        return found
    }

    /// A file that was damaged costs the bundle itself and nothing else.
    private func attached(_ record: AttachmentRecord) async throws -> AttachedContent {
        do {
            return try await content(record).map { .bytes($0) } ?? .unreadable
        } catch is CryptoKitError {
            return .unreadable
        }
    }

    private func policies(
        of items: [ItemRecord]
    ) async throws -> [(hash: String, policy: WarrantyPolicy, text: [UInt8])] {
        var pins: [PolicyPin] = []
        for pin in items.map(\.terms.policy) where !pins.contains(pin) { pins.append(pin) }
        var found: [(hash: String, policy: WarrantyPolicy, text: [UInt8])] = []
        for pin in pins {
            guard let text = try await store.policyText(hash: pin.hash) else { continue }
            found.append((Hexadecimal.encode(pin.hash), try await policies.policy(pin), text))
        }
        return found.sorted { $0.hash < $1.hash }
    }
}

extension LogPolicy {
    /// The policy where the head has the cosignatures it asks for. While it has not, one that asks
    /// for none: a bundle holds in itself and says what it lacks, and whoever insists on witnesses
    /// gives the platform's policy.
    func asFulfilled(by head: SignedCheckpoint) throws(EvidenceError) -> LogPolicy {
        let cosigned = witnesses.filter { (try? head.note.verified(by: [$0.key])) != nil }
        guard !isSatisfied(byWitnesses: Set(cosigned.map(\.name))) else { return self }
        return try LogPolicy(logs: logs.map(\.key))
    }
}

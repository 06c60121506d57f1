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
    /// Whom a reader should believe about the platform's log.
    let logPolicy: LogPolicy

    /// What stood at one time; nil when the platform has no such delivery.
    ///
    /// Whatever happens to a delivery leaves an entry in the log in the same transaction, so one
    /// whose entries are the same before and after is one that did not change in between.
    /// - Throws: ``StoreError`` `unavailable` for one that does not stand still.
    func material(of id: DeliveryID, platform: Platform) async throws -> BundleMaterial? {
        for _ in 0..<Self.mostReadings {
            guard let material = try await reading(of: id, platform: platform) else { return nil }
            var indexes: [UInt64] = []
            for notice in try await store.notices(of: id) {
                indexes += try await store.entries(of: notice.number).map(\.index)
            }
            if indexes.sorted() == material.entries.map(\.index) { return material }
        }
        throw StoreError.unavailable("the delivery changes faster than it can be read")
    }

    private func reading(
        of id: DeliveryID,
        platform: Platform
    ) async throws -> BundleMaterial? {
        guard let delivery = try await store.delivery(id), delivery.platform == platform.number
        else { return nil }
        let notices = try await store.notices(of: id)
        var entries: [MaterialEntry] = []
        for notice in notices { entries += try await self.entries(of: notice.number, platform) }
        entries.sort { $0.index < $1.index }
        let items = try await store.items(of: id)
        let otherSales = try await otherSales(of: entries, platform)
        let indexes = (entries + otherSales.entries).map(\.index)
        let stamps = try await stamps(around: indexes, platform)
        let anchors = try await anchors(of: stamps, before: indexes, platform)
        let health = try await health(around: entries, platform)
        let proven = entries + otherSales.entries + anchors + health
        let highest = (proven.map(\.index) + stamps.map { $0.size - 1 }).max() ?? 0
        let head = try await head(holding: highest, platform)
        return BundleMaterial(
            platform: platform,
            delivery: delivery,
            notices: notices,
            items: items,
            claims: try await claims(of: items),
            entries: entries,
            otherSales: otherSales,
            stamps: stamps,
            anchors: anchors,
            health: health,
            consistency: try await consistency(of: stamps, with: head, platform),
            attachments: try await attachments(of: id),
            policies: try await policies(of: items),
            logPolicy: try logPolicy.asFulfilled(by: head),
            head: head,
            proofs: try await log.proofs(
                of: proven.map { ($0.index, $0.bytes) },
                under: head,
                platform: platform.number
            )
        )
    }

    func entries(
        of notice: NoticeNumber,
        _ platform: Platform
    ) async throws -> [MaterialEntry] {
        let wrapped = try await store.wrappedDataKey(of: notice)
        let dataKey = try wrapped.map { try platform.unwrap($0) }
        return try await store.entries(of: notice).map { row in
            MaterialEntry(
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
    /// it is the same whenever it is asked for.
    private func head(holding index: UInt64, _ platform: Platform) async throws -> SignedCheckpoint
    {
        let found = try await log.checkpoint(holding: index, of: platform.number)
        guard let found else { throw StoreError.broken("entry \(index) has no checkpoint") }
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
        of delivery: DeliveryID
    ) async throws -> [(record: AttachmentRecord, content: AttachedContent)] {
        var carried = 0
        var found: [(record: AttachmentRecord, content: AttachedContent)] = []
        for record in try await store.attachments(of: delivery) {
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
    fileprivate func asFulfilled(by head: SignedCheckpoint) throws(EvidenceError) -> LogPolicy {
        let cosigned = witnesses.filter { (try? head.note.verified(by: [$0.key])) != nil }
        guard !isSatisfied(byWitnesses: Set(cosigned.map(\.name))) else { return self }
        return try LogPolicy(logs: logs.map(\.key))
    }
}

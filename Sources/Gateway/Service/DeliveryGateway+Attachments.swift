import CardModel
import Crypto
import EvidenceLog
import Logging
public import WireFormat

/// A file that somebody adds to a delivery's evidence, as it was announced.
public struct AttachmentOffer: Sendable {
    public var delivery: DeliveryID
    public var giver: AttachmentGiver
    public var source: AttachmentSource
    public var slot: EvidenceSlot
    public var mediaType: AttachmentMediaType
    /// What the file is called; nil when it was not told.
    public var name: String?
    /// The SHA-256 that the content must have.
    public var sha256: [UInt8]
    /// Bytes of the content; nil when it was not told.
    public var byteCount: Int?

    public init(
        delivery: DeliveryID,
        giver: AttachmentGiver,
        source: AttachmentSource,
        slot: EvidenceSlot,
        mediaType: AttachmentMediaType,
        name: String?,
        sha256: [UInt8],
        byteCount: Int?
    ) {
        self.delivery = delivery
        self.giver = giver
        self.source = source
        self.slot = slot
        self.mediaType = mediaType
        self.name = name
        self.sha256 = sha256
        self.byteCount = byteCount
    }
}

/// How an offer is answered.
public enum AttachmentAnswer: Sendable {
    case added(JSONValue)
    /// The same content was added for the same purpose before.
    case repeated(JSONValue)
    case unknown
    case tooLarge
    /// The sender went away before the end.
    case cutOff
    /// The content is not what was announced.
    case otherDigest
    /// A stable reason code.
    case notAllowed(reason: String)
    case unavailable(reason: String)
}

extension DeliveryGateway {
    /// Takes a file into a delivery's evidence: streamed to disk sealed, then recorded with a leaf.
    ///
    /// - Parameter content: the file in pieces of any size; read to its end, or to the limit.
    public func attach<Content: AsyncSequence>(
        _ offer: AttachmentOffer,
        content: Content,
        platform: Platform
    ) async -> AttachmentAnswer where Content.Element == [UInt8] {
        let id = AttachmentID(at: parts.time.now(), random: parts.random.bytes(10))
        do {
            guard let delivery = try await parts.store.delivery(offer.delivery),
                delivery.platform == platform.number,
                let wrapped = try await parts.store.wrappedDataKey(of: delivery.firstNotice)
            else { return .unknown }
            guard try await mayBeAdded(offer) else {
                return .notAllowed(reason: AttachmentRefusal.tooMany.rawValue)
            }
            let dataKey = try platform.unwrap(wrapped)
            let received = try await receive(content, as: id, dataKey: dataKey)
            guard let received else { return .tooLarge }
            guard received.sha256 == offer.sha256 else {
                try await parts.attachments.remove(id)
                return .otherDigest
            }
            return try await record(offer, received, id, delivery, dataKey, platform)
        } catch let failure as Committer.Failure {
            // A broken store may hold the row all the same, and then needs the file.
            if case .store(.broken) = failure {
                return .unavailable(reason: failure.reason)
            }
            try? await parts.attachments.remove(id)
            return .unavailable(reason: failure.reason)
        } catch is CutOff {
            try? await parts.attachments.remove(id)
            return .cutOff
        } catch {
            try? await parts.attachments.remove(id)
            parts.logger.error(
                "an attachment was not taken",
                metadata: ["error": "\(type(of: error))"]
            )
            return .unavailable(reason: error is StoreError ? "store_unavailable" : "internal")
        }
    }

    /// Whether it is worth receiving: the transaction that records it decides.
    private func mayBeAdded(_ offer: AttachmentOffer) async throws -> Bool {
        let standing = try await parts.store.attachments(of: offer.delivery)
        return standing.contains {
            $0.isSame(
                sha256: offer.sha256,
                slot: offer.slot,
                giver: offer.giver,
                source: offer.source
            )
        }
            || AttachmentRecord.allows(
                byteCount: offer.byteCount ?? 0,
                of: offer.giver,
                by: offer.source,
                beside: standing
            )
    }

    /// The content ended before its end.
    private struct CutOff: Error {}

    private struct ReceivedContent {
        var byteCount = 0
        var sha256: [UInt8] = []
    }

    /// Streams the content into the vault; nil, and nothing kept, when it is too large.
    private func receive<Content: AsyncSequence>(
        _ content: Content,
        as id: AttachmentID,
        dataKey: SymmetricKey
    ) async throws -> ReceivedContent? where Content.Element == [UInt8] {
        let writer = try await parts.attachments.create(id)
        var sealing = AttachmentSealing(id: id, dataKey: dataKey)
        var digest = SHA256()
        var received = ReceivedContent()
        var waiting: [UInt8] = []
        do {
            for try await bytes in content {
                received.byteCount += bytes.count
                guard received.byteCount <= AttachmentRecord.largestByteCount else {
                    try await parts.attachments.remove(id)
                    return nil
                }
                digest.update(data: bytes)
                waiting += bytes
                // One byte more than a piece shows that the piece is not the last.
                while waiting.count > AttachmentSealing.pieceByteCount {
                    let piece = waiting.prefix(AttachmentSealing.pieceByteCount)
                    try await writer.append(try sealing.seal(piece, isLast: false))
                    waiting.removeFirst(piece.count)
                }
            }
        } catch  where !(error is StoreError || error is CryptoKitError) {
            // Neither the disk nor the cipher: the content itself ended too early.
            throw CutOff()
        }
        try await writer.append(try sealing.seal(waiting, isLast: true))
        try await writer.finish()
        received.sha256 = Array(digest.finalize())
        return received
    }

    private func record(
        _ offer: AttachmentOffer,
        _ received: ReceivedContent,
        _ id: AttachmentID,
        _ delivery: DeliveryRecord,
        _ dataKey: SymmetricKey,
        _ platform: Platform
    ) async throws -> AttachmentAnswer {
        let now = parts.time.now()
        let record = AttachmentRecord(
            id: id,
            platform: platform.number,
            delivery: delivery.id,
            notice: delivery.firstNotice,
            giver: offer.giver,
            source: offer.source,
            slot: offer.slot,
            mediaType: offer.mediaType,
            byteCount: received.byteCount,
            sha256: received.sha256,
            addedAt: now
        )
        let drafting = LeafDrafting(
            seed: parts.random.bytes(LeafDrafting.seedByteCount),
            dataKey: dataKey
        )
        let leaf = try drafting.leaf(
            .attachment,
            LeafContents.attachment(record, name: offer.name, orderID: delivery.orderID),
            at: now,
            label: "attachment"
        )
        let outcome = try await committer.submit(.attach(Attaching(record: record, leaf: leaf)))
        guard case .committed(let receipt) = outcome, let kept = receipt.attachment else {
            try await parts.attachments.remove(id)
            if case .refused(.notAllowed(let reason)) = outcome {
                return .notAllowed(reason: reason)
            }
            return outcome.isUnknown ? .unknown : .unavailable(reason: "internal")
        }
        let value = Answers.attachment(kept, platform: platform)
        guard receipt.isRepeat else { return .added(value) }
        try await parts.attachments.remove(id)
        return .repeated(value)
    }

    /// The files of a delivery; nil when the platform has no such delivery.
    public func attachments(of id: DeliveryID, platform: Platform) async throws -> JSONValue? {
        guard let delivery = try await parts.store.delivery(id),
            delivery.platform == platform.number
        else { return nil }
        let records = try await parts.store.attachments(of: id)
        return [
            "attachments": .array(records.map { Answers.attachment($0, platform: platform) })
        ]
    }

    /// The content of a file; nil when the delivery has no such file, or its key was erased.
    public func attachment(
        _ id: AttachmentID,
        of delivery: DeliveryID,
        platform: Platform
    ) async throws -> (mediaType: AttachmentMediaType, bytes: [UInt8])? {
        let records = try await parts.store.attachments(of: delivery)
        guard let record = records.first(where: { $0.id == id }),
            record.platform == platform.number,
            let bytes = try await content(of: record, platform: platform)
        else { return nil }
        return (record.mediaType, bytes)
    }

    func content(of record: AttachmentRecord, platform: Platform) async throws -> [UInt8]? {
        guard let wrapped = try await parts.store.wrappedDataKey(of: record.notice),
            let sealed = try await parts.attachments.read(record.id)
        else { return nil }
        let sealing = AttachmentSealing(id: record.id, dataKey: try platform.unwrap(wrapped))
        return try sealing.open(sealed)
    }
}

extension CommitOutcome {
    fileprivate var isUnknown: Bool {
        if case .refused(.unknown) = self { true } else { false }
    }
}

extension LeafContents {
    /// A file that was added: the leaf commits to its SHA-256, the file itself lies in the vault.
    static func attachment(
        _ record: AttachmentRecord,
        name: String?,
        orderID: String
    ) -> [JSONObject.Member] {
        [
            .init(name: "event_id", value: .string(record.id.text)),
            .init(name: "order_ref", value: .string(orderID)),
            .init(name: "given_by", value: .string(record.giver.rawValue)),
            .init(name: "handed_in_by", value: .string(record.source.rawValue)),
            .init(name: "slot", value: .string(record.slot.rawValue)),
            .init(
                name: "attachment",
                value: [
                    "sha256": .string(Hexadecimal.encode(record.sha256)),
                    "bytes": .integer(Int64(record.byteCount)),
                    "media_type": .string(record.mediaType.rawValue),
                ]
            ),
            .init(name: "file_name", value: JSONValue(text: name)),
        ]
    }
}

extension Answers {
    static func attachment(_ record: AttachmentRecord, platform: Platform) -> JSONValue {
        [
            "attachment": .string(record.id.text), "delivery": .string(record.delivery.text),
            "given_by": .string(record.giver.rawValue),
            "handed_in_by": .string(record.source.rawValue), "slot": .string(record.slot.rawValue),
            "media_type": .string(record.mediaType.rawValue),
            "bytes": .integer(Int64(record.byteCount)),
            "sha256": .string(Hexadecimal.encode(record.sha256)),
            "added_at": .string(record.addedAt.rfc3339),
            "evidence": evidence(index: record.leafIndex, platform: platform),
        ]
    }
}

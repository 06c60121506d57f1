import CardModel
import Crypto
import EvidenceLog
import WireFormat

extension CaseDossier {
    /// The entries and files of the delivery, by the names they have in its bundle.
    var evidence: [PacketEvidence] {
        entryEvidence + attachmentEvidence + silence
    }

    private var entryEvidence: [PacketEvidence] {
        material.entries.flatMap { entry -> [PacketEvidence] in
            guard let leaf = entry.leaf else { return [] }
            let proves = Set(TimelineEvent(entry).proves.map(\.packetProof))
            let slots = entry.record.map {
                Self.slots(of: $0.fields, claim: claim.id, line: claim.line)
            }
            return (slots ?? []).compactMap { slot in
                PacketEvidence(
                    slot, proves: proves, capturedAt: leaf.time,
                    file: Self.name(of: entry),
                    digest: Array(SHA256.hash(data: entry.bytes)))
            }
        }
    }

    /// An entry is several files of this name in the bundle; the digest is that of its leaf.
    private static func name(of entry: MaterialEntry) -> String { "entries/\(entry.index)" }

    /// What a record of the delivery shows in the papers of one claim: the delivery itself, answers
    /// about the claim's own item, and the merchant's words in this claim. What other items and
    /// claims of the order came to is no evidence of it.
    static func slots(of fields: JSONObject, claim: ClaimID, line: Int) -> [PacketSlot] {
        let type = fields["typ"]?.stringValue.flatMap { EvidenceType(rawValue: $0) }
        switch type {
        case .delivery:
            var slots: [PacketSlot] = [.order, .delivery]
            if fields["order"]?["payment_ref"]?.stringValue != nil { slots.append(.payment) }
            if fields["order"]?["terms_disclosed_at"]?.stringValue != nil {
                slots.append(.termsDisclosed)
            }
            return slots
        case .inquiry, .duplicate, .redemption:
            return fields["line"]?.integerValue == Int64(line) ? [.issuerAnswer] : []
        case .claim:
            let step = fields["step"]
            let isReply =
                fields["event_id"]?.stringValue == claim.text
                && step?["actor"]?.stringValue == ClaimActor.merchant.rawValue
                && !EscalationCase.unspoken.contains(step?["event"]?.stringValue ?? "")
            return isReply ? [.merchantReply] : []
        case .claimResult, .attachment, .consent, .audit, nil: return []
        }
    }

    private var attachmentEvidence: [PacketEvidence] {
        material.attachments.compactMap { record, _ in
            PacketEvidence(
                record.slot.packetSlot,
                proves: Set(record.slot.proves.map(\.packetProof)),
                capturedAt: record.id.instant,
                file: BundlePath.attachment(
                    index: record.leafIndex - material.log.firstIndex,
                    fileExtension: record.mediaType.fileExtension
                ).path,
                digest: record.sha256
            )
        }
    }

    /// Steps in which a time of the merchant's passed (M1-17); what others were late with is not
    /// his silence.
    private var silence: [PacketEvidence] {
        guard escalation.claim.claim.against == .merchant else { return [] }
        return material.entries.compactMap { entry in
            let effects = entry["step"]?["detail"]?["effects"]?.arrayValue ?? []
            guard let leaf = entry.leaf, entry["event_id"]?.stringValue == claim.id.text,
                effects.contains(where: { Self.merchantsBreaches.contains($0.stringValue ?? "") })
            else { return nil }
            return PacketEvidence(
                .replyMissed, proves: [.fault], capturedAt: leaf.time,
                file: Self.name(of: entry),
                digest: Array(SHA256.hash(data: entry.bytes)))
        }
    }

    private static let merchantsBreaches: Set<String> = [
        "breach:\(ClaimTimer.firstResponse.rawValue)", "breach:\(ClaimTimer.proposal.rawValue)",
        "breach:\(ClaimTimer.merchantEvidence.rawValue)",
        "default:\(ClaimActor.merchant.rawValue)",
    ]

    /// When the order came, when the code was handed over, what was found, and each step since.
    var timeline: [PacketEvent] {
        var events = [
            PacketEvent(
                at: material.delivery.createdAt, by: .platform,
                LocalisedText(zhCN: "平台报告交付", en: "the platform told of the delivery"))
        ]
        let claim = escalation.claim
        let isReported = claim.opening.reportedBy != .system
        let (zhCN, en) = isReported ? ("买家申报", "reported") : ("查询结果", "found")
        events.append(
            PacketEvent(
                at: claim.claim.filedAt, by: claim.opening.reportedBy,
                LocalisedText(
                    zhCN: "\(zhCN)：\(claim.verdict.state.meaning(in: .zhCN))",
                    en: "\(en): \(claim.verdict.state.meaning(in: .en))")))
        // The papers are the buyer's.
        let steps = escalation.history.dropFirst(2).filter { $0.isShown(to: .buyer) }
        events += steps.map { PacketEvent(at: $0.at, by: $0.actor, $0.line) }
        return events
    }
}

extension EvidenceAspect {
    fileprivate var packetProof: PacketEvidence.Proof {
        switch self {
        case .occurrence: .occurrence
        case .fault: .fault
        case .loss: .loss
        }
    }
}

extension EvidenceSlot {
    fileprivate var packetSlot: PacketSlot {
        switch self {
        case .order, .account: .order
        case .payment, .loss: .payment
        case .delivery, .custody: .delivery
        case .listing: .listing
        case .termsDisclosed: .termsDisclosed
        case .issuerAnswer: .issuerAnswer
        case .comparison: .errorScreen
        case .communication: .communication
        }
    }
}

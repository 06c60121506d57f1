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
            return Self.slots(of: entry).compactMap { slot in
                PacketEvidence(
                    slot, proves: proves, capturedAt: leaf.time,
                    file: Self.name(of: entry),
                    digest: Array(SHA256.hash(data: entry.bytes)))
            }
        }
    }

    /// An entry is several files of this name in the bundle; the digest is that of its leaf.
    private static func name(of entry: MaterialEntry) -> String { "entries/\(entry.index)" }

    private static func slots(of entry: MaterialEntry) -> [PacketSlot] {
        switch entry.type {
        case .delivery:
            var slots: [PacketSlot] = [.order, .delivery]
            if entry["order"]?["payment_ref"]?.stringValue != nil { slots.append(.payment) }
            if entry["order"]?["terms_disclosed_at"]?.stringValue != nil {
                slots.append(.termsDisclosed)
            }
            return slots
        case .inquiry, .duplicate, .redemption: return [.issuerAnswer]
        case .claim:
            let isReply = entry["step"]?["actor"]?.stringValue == ClaimActor.merchant.rawValue
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
            guard let leaf = entry.leaf,
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
        events += escalation.history.dropFirst(2).map { entry in
            let moved = entry.from == entry.to ? "" : " → \(entry.to.rawValue)"
            return PacketEvent(
                at: entry.at, by: entry.actor,
                LocalisedText(
                    zhCN: "申诉记录：\(entry.event)\(moved)", en: "claim: \(entry.event)\(moved)"))
        }
        return events
    }

    /// How the other side was reached: the notice of the claim, and each word of the buyer's.
    var contacts: [ContactAttempt] {
        let history = escalation.history
        guard escalation.claim.claim.against == .merchant else { return [] }
        var attempts = [(at: escalation.claim.claim.filedAt, way: ContactAttempt.Way.onlineService)]
        attempts += history.filter { $0.actor == .buyer && $0.event == "message_posted" }.map {
            (at: $0.at, way: Self.way($0.ownDetail["channel"]?.stringValue))
        }
        return attempts.map { attempt in
            let answers = history.filter { $0.actor == .merchant && $0.at >= attempt.at }
            let result: ContactAttempt.Result =
                if answers.contains(where: { !$0.isAutomatic && $0.event != "message_read" }) {
                    .answered
                } else {
                    answers.contains { $0.isAutomatic } ? .automaticReply : .noAnswer
                }
            return ContactAttempt(attempt.way, at: attempt.at, result: result)
        }
    }

    private static func way(_ channel: String?) -> ContactAttempt.Way {
        channel.flatMap { ContactAttempt.Way(rawValue: $0) } ?? .onlineService
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

public import WireFormat

public enum AttachmentKind: IdentifierKind { public static let prefix = "att" }
/// A file that somebody added to the evidence of a delivery.
public typealias AttachmentID = Identifier<AttachmentKind>

/// Who added a file.
public enum AttachmentGiver: String, Sendable, CaseIterable {
    case buyer
    case merchant
    case platform
}

/// Whose token handed a file in, which is what the gateway itself knows of where it came from.
public enum AttachmentSource: String, Sendable, CaseIterable {
    /// By the order's token.
    case buyer
    /// By the platform's API token, also for those who gave it the file.
    case platform
    case `operator`
}

/// What kinds of file are taken. Nothing is ever rendered, decoded or unpacked here: the type is
/// the giver's word, kept so that a reader knows what to open the file with.
public enum AttachmentMediaType: String, Sendable, CaseIterable {
    case png = "image/png"
    case jpeg = "image/jpeg"
    case webp = "image/webp"
    case heic = "image/heic"
    case pdf = "application/pdf"
    case plainText = "text/plain"
    case csv = "text/csv"
    case json = "application/json"
    case message = "message/rfc822"
    case mp3 = "audio/mpeg"
    case m4a = "audio/mp4"
    case ogg = "audio/ogg"
    case wav = "audio/wav"
    case mp4 = "video/mp4"
    case webm = "video/webm"

    /// What files of the type are called, in bundles too.
    public var fileExtension: String {
        switch self {
        case .png: "png"
        case .jpeg: "jpg"
        case .webp: "webp"
        case .heic: "heic"
        case .pdf: "pdf"
        case .plainText: "txt"
        case .csv: "csv"
        case .json: "json"
        case .message: "eml"
        case .mp3: "mp3"
        case .m4a: "m4a"
        case .ogg: "ogg"
        case .wav: "wav"
        case .mp4: "mp4"
        case .webm: "webm"
        }
    }
}

/// A file of a delivery's evidence: a screenshot, a chat log, a recording, a document (附件).
///
/// Its content lies sealed in the ``AttachmentVault``; a leaf of the log commits to its SHA-256.
public struct AttachmentRecord: Sendable {
    public var id: AttachmentID
    public var platform: PlatformNumber
    public var delivery: DeliveryID
    /// The notice under whose data key it is sealed.
    public var notice: NoticeNumber
    /// Whose file it is, by the word of ``source``.
    public var giver: AttachmentGiver
    public var source: AttachmentSource
    /// What it is evidence of.
    public var slot: EvidenceSlot
    public var mediaType: AttachmentMediaType
    public var byteCount: Int
    /// Of the content as it was sent.
    public var sha256: [UInt8]
    public var addedAt: Instant
    /// Index of the leaf that records it.
    public var leafIndex: UInt64

    public init(
        id: AttachmentID,
        platform: PlatformNumber,
        delivery: DeliveryID,
        notice: NoticeNumber,
        giver: AttachmentGiver,
        source: AttachmentSource,
        slot: EvidenceSlot,
        mediaType: AttachmentMediaType,
        byteCount: Int,
        sha256: [UInt8],
        addedAt: Instant,
        leafIndex: UInt64 = 0
    ) {
        self.id = id
        self.platform = platform
        self.delivery = delivery
        self.notice = notice
        self.giver = giver
        self.source = source
        self.slot = slot
        self.mediaType = mediaType
        self.byteCount = byteCount
        self.sha256 = sha256
        self.addedAt = addedAt
        self.leafIndex = leafIndex
    }

    /// Bytes of one file: a long screenshot, minutes of a call.
    public static let largestByteCount = 20 << 20
    /// Files that one party gives to a delivery, and bytes of all of them: what a case needs, and
    /// no free storage. Each party has its own, and what another hands in for it has its own again,
    /// so that none can keep another from being heard.
    public static let mostOfAGiver = 50
    public static let largestTotalByteCount = 100 << 20
    /// Characters of a file's name.
    public static let longestName = 128
}

extension AttachmentRecord {
    /// Whether it is the same file for the same purpose.
    func isSame(
        sha256: [UInt8],
        slot: EvidenceSlot,
        giver: AttachmentGiver,
        source: AttachmentSource
    ) -> Bool {
        self.sha256 == sha256 && self.slot == slot && self.giver == giver && self.source == source
    }

    /// Whether a party may give a delivery that has these files one more.
    static func allows(
        byteCount: Int,
        of giver: AttachmentGiver,
        by source: AttachmentSource,
        beside standing: [AttachmentRecord]
    ) -> Bool {
        let own = standing.filter { $0.giver == giver && $0.source == source }
        return own.count < mostOfAGiver
            && own.reduce(byteCount) { $0 + $1.byteCount } <= largestTotalByteCount
    }
}

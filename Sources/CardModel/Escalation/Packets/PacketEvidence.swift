public import WireFormat

/// One file of evidence that a packet lists.
public struct PacketEvidence: Sendable, Hashable {
    public var slot: PacketSlot
    public var proves: Set<Proof>
    public var capturedAt: Instant
    /// The name in the bundle.
    public var file: String
    /// From outside the platform's channel: accepted, and said so (M0-22).
    public var isOffChannel: Bool
    /// SHA-256, 32 bytes.
    public let digest: [UInt8]

    /// `nil` for a digest that is not 32 bytes.
    public init?(
        _ slot: PacketSlot,
        proves: Set<Proof>,
        capturedAt: Instant,
        file: String,
        digest: [UInt8],
        isOffChannel: Bool = false
    ) {
        guard digest.count == 32 else { return nil }
        self.slot = slot
        self.proves = proves
        self.capturedAt = capturedAt
        self.file = file
        self.digest = digest
        self.isOffChannel = isOffChannel
    }

    /// What evidence must show, all three (M3-36).
    public enum Proof: String, Sendable, Hashable, CaseIterable {
        case occurrence
        case fault
        case loss

        func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .occurrence: LocalisedText(zhCN: "问题发生", en: "that it happened")
            case .fault: LocalisedText(zhCN: "责任方过错", en: "whose fault it is")
            case .loss: LocalisedText(zhCN: "损失", en: "the loss")
            }
        }
    }
}

/// What a file of evidence is (M0-14 to M0-19, M1-12); where the evidence bundle has a slot for it,
/// by the same name.
public enum PacketSlot: String, Sendable, Hashable, CaseIterable {
    case listing
    case termsDisclosed = "terms_disclosed"
    case order
    case payment
    case delivery
    case issuerAnswer = "issuer_answer"
    /// 激活日志
    case activationLog = "activation_log"
    case errorScreen = "error_screen"
    case communication
    case merchantReply = "merchant_reply"
    /// The silence of the merchant, recorded by the gateway (M1-17).
    case replyMissed = "reply_missed"

    /// Before, during or after the trade (M1-11).
    public enum Node: String, Sendable, Hashable, CaseIterable {
        case pre
        case `in`
        case post
    }

    public var node: Node {
        switch self {
        case .listing, .termsDisclosed: .pre
        case .order, .payment, .delivery: .in
        case .issuerAnswer, .activationLog, .errorScreen, .communication, .merchantReply,
            .replyMissed:
            .post
        }
    }

    public func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .listing: LocalisedText(zhCN: "商品页面快照", en: "snapshot of the listing")
        case .termsDisclosed: LocalisedText(zhCN: "质保条款快照", en: "snapshot of the terms")
        case .order: LocalisedText(zhCN: "订单记录", en: "order record")
        case .payment: LocalisedText(zhCN: "支付凭证", en: "payment voucher")
        case .delivery: LocalisedText(zhCN: "交付记录", en: "delivery record")
        case .issuerAnswer:
            LocalisedText(zhCN: "发行方查询记录", en: "record of the issuer's answer")
        case .activationLog: LocalisedText(zhCN: "激活日志", en: "activation log")
        case .errorScreen: LocalisedText(zhCN: "报错截图", en: "screenshot of the error")
        case .communication: LocalisedText(zhCN: "沟通记录", en: "communication record")
        case .merchantReply: LocalisedText(zhCN: "商家书面答复", en: "the merchant's written reply")
        case .replyMissed:
            LocalisedText(zhCN: "商家逾期未答复的记录", en: "record that no reply came in time")
        }
    }
}

extension PacketSlot.Node {
    func name(in language: Language) -> String { names[language] }

    private var names: LocalisedText {
        switch self {
        case .pre: LocalisedText(zhCN: "交易前", en: "before the trade")
        case .in: LocalisedText(zhCN: "交易中", en: "during the trade")
        case .post: LocalisedText(zhCN: "交易后", en: "after the trade")
        }
    }
}

/// What fixes the evidence: the bundle and the signed head of the log it is in (M1-28).
public struct EvidenceSeal: Sendable, Hashable {
    /// The file that `cardproof verify` reads.
    public var bundleFile: String
    /// The name of the log.
    public var logOrigin: String
    public var treeSize: Int64
    /// The root hash of the head, in base64 as the log writes it.
    public var rootHash: String
    /// The name of the key that signed it.
    public var signer: String
    public var sealedAt: Instant

    public init(
        bundleFile: String,
        logOrigin: String,
        treeSize: Int64,
        rootHash: String,
        signer: String,
        sealedAt: Instant
    ) {
        self.bundleFile = bundleFile
        self.logOrigin = logOrigin
        self.treeSize = treeSize
        self.rootHash = rootHash
        self.signer = signer
        self.sealedAt = sealedAt
    }
}

public import WireFormat

/// Who complains; the gateway does not know it, the buyer writes it into the packet.
public struct PacketComplainant: Sendable, Hashable {
    public var name: String
    public var contact: String

    public init(name: String, contact: String) {
        self.name = name
        self.contact = contact
    }
}

/// Whom the complaint is about, as the order kept it (M1-07).
public struct PacketRespondent: Sendable, Hashable {
    public var role: LiableParty
    public var legalName: String
    /// 统一社会信用代码
    public var registrationNumber: String?
    /// ICP备案号
    public var icpNumber: String?
    public var snapshotAt: Instant
    /// In order, the oldest first (M1-08).
    public var domains: [Domain]

    public init(
        role: LiableParty,
        legalName: String,
        registrationNumber: String?,
        icpNumber: String?,
        snapshotAt: Instant,
        domains: [Domain]
    ) {
        self.role = role
        self.legalName = legalName
        self.registrationNumber = registrationNumber
        self.icpNumber = icpNumber
        self.snapshotAt = snapshotAt
        self.domains = domains
    }

    /// A host the respondent traded under.
    public struct Domain: Sendable, Hashable {
        public var host: String
        public var firstSeenAt: Instant
        /// `nil` while it is in use.
        public var lastSeenAt: Instant?

        public init(host: String, firstSeenAt: Instant, lastSeenAt: Instant?) {
            self.host = host
            self.firstSeenAt = firstSeenAt
            self.lastSeenAt = lastSeenAt
        }
    }
}

/// What was paid, how and to whom (M1-25, M4-25).
public struct PacketPayment: Sendable, Hashable {
    public var method: PaymentMethod
    public var amount: Money
    public var paidAt: Instant
    /// The payment firm's number; two for a double charge.
    public var references: [String]
    public var payeeAccounts: [String]

    public init(
        method: PaymentMethod,
        amount: Money,
        paidAt: Instant,
        references: [String],
        payeeAccounts: [String]
    ) {
        self.method = method
        self.amount = amount
        self.paidAt = paidAt
        self.references = references
        self.payeeAccounts = payeeAccounts
    }
}

/// That there was an agreement to trade (M4-27), as it stood when it was made (M1-13).
public struct PacketAgreement: Sendable, Hashable {
    public var orderedAt: Instant
    public var listingCapturedAt: Instant?
    /// What the listing promised, word for word (M2-15).
    public var promises: [LocalisedText]

    public init(orderedAt: Instant, listingCapturedAt: Instant?, promises: [LocalisedText]) {
        self.orderedAt = orderedAt
        self.listingCapturedAt = listingCapturedAt
        self.promises = promises
    }
}

/// A row of the comparison of description and fact (M4-30); the rows are the breach.
public struct PacketComparison: Sendable, Hashable {
    public var attribute: LocalisedText
    public var agreed: LocalisedText
    public var actual: LocalisedText

    public init(attribute: LocalisedText, agreed: LocalisedText, actual: LocalisedText) {
        self.attribute = attribute
        self.agreed = agreed
        self.actual = actual
    }

    /// Of values that read the same in every language.
    public init(attribute: LocalisedText, agreed: String, actual: String) {
        self.init(
            attribute: attribute,
            agreed: LocalisedText(zhCN: agreed, en: agreed),
            actual: LocalisedText(zhCN: actual, en: actual))
    }
}

/// A clause of the policy an order pinned (M0-23).
public struct RuleCitation: Sendable, Hashable {
    public var policyID: String
    public var policyVersion: Int
    public var clauseID: String

    public init(policyID: String, policyVersion: Int, clauseID: String) {
        self.policyID = policyID
        self.policyVersion = policyVersion
        self.clauseID = clauseID
    }

    /// `w15@1 window.length`
    public var text: String { "\(policyID)@\(policyVersion) \(clauseID)" }
}

/// One attempt to reach the other side (M2-16).
public struct ContactAttempt: Sendable, Hashable {
    public var way: Way
    public var at: Instant
    public var result: Result

    public init(_ way: Way, at instant: Instant, result: Result) {
        self.way = way
        at = instant
        self.result = result
    }

    /// Whether the other side was asked and it is known what came of it, or a person asked it. A
    /// notice that it may still answer in time is no attempt that failed.
    public var isMade: Bool {
        guard way == .platformNotice, case .awaited = result else { return true }
        return false
    }

    public enum Way: String, Sendable, Hashable, CaseIterable {
        case onlineService = "online_service"
        case phone
        case messageBoard = "message_board"
        case mail
        /// 平台内申诉通知: what the gateway sent when the claim opened; no person wrote it.
        case platformNotice = "platform_notice"

        /// The ways by which a person reaches the other side.
        public static let personal: [Way] = [.onlineService, .phone, .messageBoard, .mail]

        func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .onlineService: LocalisedText(zhCN: "在线客服", en: "online service")
            case .phone: LocalisedText(zhCN: "电话", en: "telephone")
            case .messageBoard: LocalisedText(zhCN: "留言板", en: "message board")
            case .mail: LocalisedText(zhCN: "邮件", en: "mail")
            case .platformNotice:
                LocalisedText(zhCN: "平台内申诉通知", en: "the platform's notice of the claim")
            }
        }
    }

    public enum Result: Sendable, Hashable {
        /// No person of the other side has answered, and its time to answer is not over; without a
        /// time where no calendar tells it.
        case awaited(until: Instant?)
        case noAnswer
        case automaticReply
        case answered
        case refused

        func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .awaited: LocalisedText(zhCN: "等待答复", en: "waiting for an answer")
            case .noAnswer: LocalisedText(zhCN: "无答复", en: "no answer")
            case .automaticReply: LocalisedText(zhCN: "仅自动回复", en: "automatic reply only")
            case .answered: LocalisedText(zhCN: "已答复", en: "answered")
            case .refused: LocalisedText(zhCN: "拒绝处理", en: "refused")
            }
        }
    }
}

/// A line of the timeline.
public struct PacketEvent: Sendable, Hashable {
    public var at: Instant
    public var actor: ClaimActor
    public var text: LocalisedText

    public init(at instant: Instant, by actor: ClaimActor, _ text: LocalisedText) {
        at = instant
        self.actor = actor
        self.text = text
    }
}

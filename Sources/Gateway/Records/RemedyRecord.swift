public import CardModel
public import WireFormat

/// One attempt to carry a remedy out, as the platform was asked for it. Its id is the idempotency
/// key of whatever the platform does: an attempt is asked for once, and once answered.
public struct RemedyRecord: Sendable {
    public var id: RemedyID
    public var platform: PlatformNumber
    public var claim: ClaimID
    public var delivery: DeliveryID
    public var line: Int
    public var merchant: String
    public var execution: Execution
    public var state: State
    public var requestedAt: Instant
    public var endedAt: Instant?
    /// The item of the replacement code, which is checked before it is handed over.
    public var replacement: ItemNumber?
    /// When somebody first said that it was carried out though it had been cancelled; it may have
    /// been given twice.
    public var doneLateAt: Instant?

    public enum State: String, Sendable, CaseIterable {
        case requested
        /// A code came and is asked about.
        case checking
        case done
        case cancelled

        public func name(in language: Language) -> String { names[language] }

        private var names: LocalisedText {
            switch self {
            case .requested: LocalisedText(zhCN: "已请平台执行", en: "the platform is asked for it")
            case .checking: LocalisedText(zhCN: "核验中", en: "the new code is asked about")
            case .done: LocalisedText(zhCN: "已完成", en: "done")
            case .cancelled: LocalisedText(zhCN: "已取消", en: "cancelled")
            }
        }
    }

    /// Bytes of the platform's own number of what it did.
    public static let longestReference = 128

    init(_ id: RemedyID, of claim: ClaimRecord, _ execution: Execution, at instant: Instant) {
        self.id = id
        platform = claim.platform
        self.claim = claim.id
        delivery = claim.delivery
        line = claim.line
        merchant = claim.merchant
        self.execution = execution
        state = .requested
        requestedAt = instant
    }

    /// Whether the platform's word on it is still waited for.
    public var isOpen: Bool {
        switch state {
        case .requested, .checking: true
        case .done, .cancelled: false
        }
    }
}

extension RemedyRecord: StoredTree {
    public var jsonValue: JSONValue {
        [
            "id": .string(id.text), "platform": .integer(platform.rawValue),
            "claim": .string(claim.text), "delivery": .string(delivery.text),
            "line": .integer(Int64(line)), "merchant": .string(merchant),
            "execution": execution.jsonValue, "state": .string(state.rawValue),
            "requested_at": JSONValue(requestedAt), "ended_at": JSONValue(endedAt),
            "replacement": replacement.map { .integer($0.rawValue) } ?? .null,
            "done_late_at": JSONValue(doneLateAt),
        ]
    }

    public init?(jsonValue: JSONValue) {
        guard let id = jsonValue["id"]?.stringValue.flatMap({ RemedyID($0) }),
            let platform = jsonValue["platform"]?.integerValue,
            let claim = jsonValue["claim"]?.stringValue.flatMap({ ClaimID($0) }),
            let delivery = jsonValue["delivery"]?.stringValue.flatMap({ DeliveryID($0) }),
            let line = jsonValue["line"]?.integerValue,
            let merchant = jsonValue["merchant"]?.stringValue,
            let execution = jsonValue["execution"].flatMap({ Execution(jsonValue: $0) }),
            let state = jsonValue["state"]?.stringValue.flatMap({ State(rawValue: $0) }),
            let requestedAt = jsonValue["requested_at"]?.instant
        else { return nil }
        self.id = id
        self.platform = PlatformNumber(rawValue: platform)
        self.claim = claim
        self.delivery = delivery
        self.line = Int(line)
        self.merchant = merchant
        self.execution = execution
        self.state = state
        self.requestedAt = requestedAt
        endedAt = jsonValue["ended_at"]?.instant
        replacement = jsonValue["replacement"]?.integerValue.map { ItemNumber(rawValue: $0) }
        doneLateAt = jsonValue["done_late_at"]?.instant
    }
}

/// A transaction of the deposits' book as stored.
public struct LedgerEntry: Sendable {
    public var platform: PlatformNumber
    public var at: Instant
    public var merchant: String?
    public var claim: ClaimID?
    public var transaction: LedgerTransaction
    /// The platform's own reference of a deposit or a withdrawal.
    public var reference: String?

    public init(
        platform: PlatformNumber,
        at: Instant,
        merchant: String?,
        claim: ClaimID?,
        transaction: LedgerTransaction,
        reference: String? = nil
    ) {
        self.platform = platform
        self.at = at
        self.merchant = merchant
        self.claim = claim
        self.transaction = transaction
        self.reference = reference
    }
}

/// What lies in an account, in one currency.
public struct LedgerBalance: Sendable {
    public var account: LedgerAccount
    public var balance: Money

    public init(account: LedgerAccount, balance: Money) {
        self.account = account
        self.balance = balance
    }
}

/// A clock of a claim that has yet to ring.
public struct ClaimRing: Sendable, Hashable {
    public var claim: ClaimID
    public var timer: ClaimTimer
    public var round: Int
    public var dueAt: Instant

    public init(claim: ClaimID, timer: ClaimTimer, round: Int, dueAt: Instant) {
        self.claim = claim
        self.timer = timer
        self.round = round
        self.dueAt = dueAt
    }
}

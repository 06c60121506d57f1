/// Which tier and which channels a case goes to (分级处理): data, versioned, total; in each list
/// the first row that holds decides (M4-10).
public struct TierTable: Sendable, Hashable {
    public var id: String
    public var version: Int
    public var parameters: TierParameters
    public var tiers: RowList<TierRow>
    public var channels: RowList<ChannelRow>
    /// Rows that propose a higher tier beside the one that was chosen; a person confirms.
    public var proposals: [ProposalRow]
    /// The time limits of outside bodies.
    public var clocks: [ExternalClock]

    public init(
        id: String,
        version: Int,
        parameters: TierParameters,
        tiers: RowList<TierRow>,
        channels: RowList<ChannelRow>,
        proposals: [ProposalRow],
        clocks: [ExternalClock]
    ) {
        self.id = id
        self.version = version
        self.parameters = parameters
        self.tiers = tiers
        self.channels = channels
        self.proposals = proposals
        self.clocks = clocks
    }
}

/// Rows of which the first that holds decides; the last one always holds, so one does.
public struct RowList<Row: ConditionalRow>: Sendable, Hashable {
    public var rows: [Row]
    /// Its condition is not looked at.
    public var otherwise: Row

    public init(_ rows: [Row], otherwise: Row) {
        self.rows = rows
        self.otherwise = otherwise
    }

    public var all: [Row] { rows + [otherwise] }

    func first(where holds: (Row) -> Bool) -> Row { rows.first(where: holds) ?? otherwise }
}

/// A row with a stable id, such as `tier.not_delivered_silent`.
public protocol ConditionalRow: Sendable, Hashable {
    var id: String { get }
    var condition: TierCondition { get }
}

/// Chooses the tier.
public struct TierRow: ConditionalRow {
    public var id: String
    public var condition: TierCondition
    public var tier: EscalationTier
    /// The ground on which the row may leave out tiers; `nil` where it keeps the order (M4-32).
    public var jump: JumpReason?
    /// Ids of a ``LawLibrary``.
    public var law: [String]
    public var reason: LocalisedText

    public init(
        id: String,
        when condition: TierCondition,
        tier: EscalationTier,
        jump: JumpReason? = nil,
        law: [String],
        reason: LocalisedText
    ) {
        self.id = id
        self.condition = condition
        self.tier = tier
        self.jump = jump
        self.law = law
        self.reason = reason
    }

    /// A jump is made once: when its tier ended without a remedy, the order holds again.
    func holds(for situation: TierSituation, exhausted: Set<EscalationTier>) -> Bool {
        if jump != nil, exhausted.contains(tier) { return false }
        return condition.holds(for: situation)
    }
}

/// Chooses the channels of the tier, the first to be used first.
public struct ChannelRow: ConditionalRow {
    public var id: String
    public var condition: TierCondition
    public var channels: [ChannelChoice]

    public init(id: String, when condition: TierCondition, channels: [ChannelChoice]) {
        self.id = id
        self.condition = condition
        self.channels = channels
    }
}

/// Proposes a tier above the one that was chosen.
public struct ProposalRow: ConditionalRow {
    public var id: String
    public var condition: TierCondition
    public var tier: EscalationTier
    public var channels: [ChannelChoice]
    public var reason: LocalisedText

    public init(
        id: String,
        when condition: TierCondition,
        tier: EscalationTier,
        channels: [ChannelChoice],
        reason: LocalisedText
    ) {
        self.id = id
        self.condition = condition
        self.tier = tier
        self.channels = channels
        self.reason = reason
    }
}

/// A channel as a table names it.
public enum ChannelChoice: Sendable, Hashable {
    case fixed(EscalationChannel)
    /// The firm that carried the payment: `payment`.
    case payment

    static let paymentName = "payment"

    public init?(_ text: String) {
        if text == Self.paymentName {
            self = .payment
        } else if let channel = EscalationChannel(rawValue: text) {
            self = .fixed(channel)
        } else {
            return nil
        }
    }

    public var name: String {
        switch self {
        case .fixed(let channel): channel.rawValue
        case .payment: Self.paymentName
        }
    }

    var tier: EscalationTier {
        switch self {
        case .fixed(let channel): channel.tier
        case .payment: .paymentDispute
        }
    }

    func channels(for method: PaymentMethod) -> [EscalationChannel] {
        switch self {
        case .fixed(let channel): [channel]
        case .payment: method.channels
        }
    }
}

/// The named grounds on which a tier may be left out; there are no others (M4-32).
public enum JumpReason: String, Sendable, Hashable, CaseIterable {
    /// 1 to 3: the payment firm is the fastest way to the money (M1-26).
    case nonDeliverySilence = "non_delivery_silence"
    /// 1 to 4, with tier 3 beside it (M0-26, M4-09).
    case fraud
    /// 1 to 4 as one collective case (M1-30).
    case systemicBatch = "systemic_batch"
    /// Tier 3 does not exist for a direct transfer (M0-29).
    case paymentClosed = "payment_closed"

    /// Whether the case has the ground.
    func holds(for situation: TierSituation) -> Bool {
        switch self {
        case .nonDeliverySilence:
            [.notDelivered, .shortDelivery].contains(situation.problem)
                && [.silent, .autoRepliesOnly].contains(situation.responsiveness)
        case .fraud: situation.isFraud
        case .systemicBatch: situation.isSystemic
        case .paymentClosed: situation.dispute == .closed && situation.next == .paymentDispute
        }
    }
}

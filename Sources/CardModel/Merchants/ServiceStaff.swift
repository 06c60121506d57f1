public import WireFormat

/// A person who decides claims (客服人员, M2-25): what it was certified for, until when, and how its
/// decisions stood on appeal.
public struct AgentRecord: Sendable, Hashable {
    /// The platform's own reference; no name.
    public let reference: String
    public var certification: String
    /// The last day on which the certification holds.
    public var validUntil: CalendarDate
    public var decidedClaims: Int
    /// Decisions that an appeal changed; at most ``decidedClaims``.
    public private(set) var reversedClaims: Int

    public init(
        reference: String,
        certification: String,
        validUntil: CalendarDate,
        decidedClaims: Int,
        reversedClaims: Int
    ) {
        self.reference = reference
        self.certification = certification
        self.validUntil = validUntil
        self.decidedClaims = max(0, decidedClaims)
        self.reversedClaims = min(max(0, reversedClaims), max(0, decidedClaims))
    }

    /// The last day still counts.
    public func isCertified(on day: CalendarDate) -> Bool { day <= validUntil }

    /// Reversed of decided; `nil` of none.
    public var reversalRate: PartsPerMillion? { PartsPerMillion(reversedClaims, of: decidedClaims) }
}

/// Who answered the questions of a period (M2-26). Common questions, such as price and delivery,
/// may be answered by a machine; a dispute always offers a person.
public struct AnswerShare: Sendable, Hashable {
    public var commonByMachine: Int
    public var commonByPerson: Int
    /// Disputes in which no person was offered: each is a fault.
    public var disputesWithoutPerson: Int

    /// M2-26: 80 % of the common questions.
    public static let target = PartsPerMillion(800_000)

    public init(commonByMachine: Int, commonByPerson: Int, disputesWithoutPerson: Int) {
        self.commonByMachine = commonByMachine
        self.commonByPerson = commonByPerson
        self.disputesWithoutPerson = disputesWithoutPerson
    }

    /// `auto_handled_share`; `nil` of no question.
    public var machineShare: PartsPerMillion? {
        PartsPerMillion(commonByMachine, of: commonByMachine + commonByPerson)
    }

    public var isTargetMet: Bool {
        disputesWithoutPerson == 0 && (machineShare.map { $0 >= Self.target } ?? true)
    }
}

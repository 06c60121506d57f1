public import WireFormat

/// Everything a packet is made of: plain values, and never a key. What parties wrote (an issuer's
/// words, a promise of the listing) must be scrubbed of keys before it comes here.
public struct PacketFacts: Sendable, Hashable {
    /// The public tracking number (M0-07).
    public var claimNumber: String
    public var preparedAt: Instant
    /// The zone in which times are written.
    public var zone: LocalZone
    public var productName: String
    public var orderNumber: String
    public var serials: [MaskedSerial]
    public var problem: ProblemClass
    /// What was found; `nil` where no verdict says it.
    public var state: VerdictState?
    public var occurredAt: Instant
    public var issuerAnswer: IssuerAnswer?
    public var demand: Demand?
    public var evidence: [PacketEvidence]
    public var seal: EvidenceSeal?
    public var complainant: PacketComplainant?
    public var respondent: PacketRespondent?
    public var agreement: PacketAgreement?
    public var breach: [PacketComparison]
    public var timeline: [PacketEvent]
    public var payment: PacketPayment?
    public var loss: LossComputation?
    public var rules: [RuleCitation]
    public var law: [LawCitation]
    public var contacts: [ContactAttempt]
    public var filings: [OutsideFiling]
    /// Where the case goes when the deadline passes.
    public var nextChannel: EscalationChannel?
    public var collective: CollectiveCase?
    public var confirmations: [PersonConfirmation]

    /// An empty case: what is not known yet is missing from the packet.
    public init(
        claimNumber: String,
        preparedAt: Instant,
        zone: LocalZone = .shanghai,
        productName: String,
        orderNumber: String,
        problem: ProblemClass,
        occurredAt: Instant
    ) {
        self.claimNumber = claimNumber
        self.preparedAt = preparedAt
        self.zone = zone
        self.productName = productName
        self.orderNumber = orderNumber
        self.problem = problem
        self.occurredAt = occurredAt
        serials = []
        evidence = []
        breach = []
        timeline = []
        rules = []
        law = []
        contacts = []
        filings = []
        confirmations = []
    }

    /// What the issuer said, word for word, and when (M0-18).
    public struct IssuerAnswer: Sendable, Hashable {
        public var text: String
        public var at: Instant

        public init(text: String, at instant: Instant) {
            self.text = text
            at = instant
        }
    }
}

/// An act that only a person may decide on (E4), and who did.
public struct PersonConfirmation: Sendable, Hashable {
    public var act: Act
    public var by: FilingPerson
    public var at: Instant

    public init(_ act: Act, by person: FilingPerson, at instant: Instant) {
        self.act = act
        by = person
        at = instant
    }

    public enum Act: String, Sendable, Hashable, CaseIterable {
        case accusationOfFraud = "accusation_of_fraud"
        /// 退一赔三
        case refundPlusThree = "refund_plus_three"
        case collectiveFiling = "collective_filing"
    }
}

public import CardModel

/// An adapter's description of itself: data for the scheduler, for `adapter describe` and for the
/// conformance cases.
public struct AdapterDescriptor: Sendable, Hashable {
    /// The folder's name: lower-case letters, digits and single dashes.
    public var id: String
    /// Rises whenever the meaning of an answer changes; stands in every verdict.
    public var version: Int
    public var name: LocalisedText
    public var kind: AdapterKind
    /// What can be asked, and what each question does to the code.
    public var operations: [AdapterOperation: OperationEffect]
    /// A sentence about an operation's effect, where one is needed.
    public var operationNotes: [AdapterOperation: LocalisedText]
    /// How an open redemption is settled.
    public var settlement: Settlement
    /// Who, other than the issuer of the code, sees a usable code when this adapter asks. Then the
    /// owner's consent is needed to ask at all.
    public var disclosesTo: LocalisedText?
    /// Codes whose answer is known in advance, asked on a schedule to notice that an issuer, or our
    /// reading of it, changed.
    public var canaries: [Canary]
    /// Ids of the card formats this issuer uses; empty when any will do.
    public var formats: [String]
    public var limits: AdapterLimits
    /// Settings an operator must or may give.
    public var settings: [SettingDeclaration]
    /// The wire format was read in sources and exercised against a local server only.
    public var notTestedLive: Bool
    /// Whether the issuer signs its answers and the adapter verifies that, where it is given the
    /// key. Then nothing may follow from an answer whose signature is wrong.
    public var verifiesAnswers: Bool
    /// What the issuer's codes mean, for people. The adapter itself decides by its own rules.
    public var answers: [AnswerMeaning]

    public init(
        id: String,
        version: Int,
        name: LocalisedText,
        kind: AdapterKind,
        operations: [AdapterOperation: OperationEffect],
        operationNotes: [AdapterOperation: LocalisedText] = [:],
        settlement: Settlement = .none,
        disclosesTo: LocalisedText? = nil,
        canaries: [Canary] = [],
        formats: [String] = [],
        limits: AdapterLimits = .default,
        settings: [SettingDeclaration] = [],
        notTestedLive: Bool = false,
        verifiesAnswers: Bool = false,
        answers: [AnswerMeaning] = []
    ) {
        self.id = id
        self.version = version
        self.name = name
        self.kind = kind
        self.operations = operations
        self.operationNotes = operationNotes
        self.settlement = settlement
        self.disclosesTo = disclosesTo
        self.canaries = canaries
        self.formats = formats
        self.limits = limits
        self.settings = settings
        self.notTestedLive = notTestedLive
        self.verifiesAnswers = verifiesAnswers
        self.answers = answers
    }

    /// How verdicts name the adapter: `ericsson-vsip@1`.
    public var label: String { "\(id)@\(version)" }

    /// Whether asking for the state changes anything at the issuer.
    public var inquiryEffect: OperationEffect { operations[.inquire] ?? .readOnly }

    /// Whether an operation waits for the recorded consent of the code's owner.
    public func needsConsent(_ operation: AdapterOperation) -> Bool {
        disclosesTo != nil || operations[operation] == .consumes
    }
}

/// One row of an adapter's answer table.
public struct AnswerMeaning: Sendable, Hashable {
    /// The issuer's word, verbatim: a code, a state, or a short condition.
    public var answer: String
    /// The same for people; the word itself where the manifest has no others.
    public var words: LocalisedText
    public var state: VerdictState
    /// Set when `state` is `indeterminate`.
    public var cause: IndeterminateCause?

    public init(
        answer: String,
        words: LocalisedText? = nil,
        state: VerdictState,
        cause: IndeterminateCause? = nil
    ) {
        self.answer = answer
        self.words = words ?? LocalisedText(zhCN: answer, en: answer)
        self.state = state
        self.cause = cause
    }
}

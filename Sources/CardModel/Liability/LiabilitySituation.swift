/// What the rows of a ``LiabilityTable`` can tell apart about a defect.
struct LiabilitySituation: Hashable {
    var state: VerdictState
    /// Never `nil` for a state that has a timing.
    var timing: Timing?
    var holder: Custody.Holder
    var circumstances: Circumstance.Names
    var isShelfLifeShort: Bool
    /// A check at dispense had found the code used or over, and none had found it good.
    var isDeadAtDispense: Bool
    var isHandedOver: Bool
}

extension LiabilitySituation {
    /// - Parameter looksAtHolder: false where no row of the state asks who held the code.
    init(_ facts: LiabilityFacts, looksAtHolder: Bool) {
        let verdict = facts.verdict
        state = verdict.state
        timing = verdict.state.hasTiming ? verdict.timing ?? .unknown : nil
        holder =
            looksAtHolder
            ? facts.custody.holder(eventAt: verdict.issuer?.at, skewMargin: facts.skewMargin)
            : .undecided(.noEventTime)
        circumstances = facts.circumstances.reduce(into: []) { names, circumstance in
            if let name = circumstance.kind.name { names.insert(Circumstance.Names(name)) }
        }
        isShelfLifeShort = facts.isShelfLifeShort
        isDeadAtDispense = facts.custody.isDeadAtDispense
        isHandedOver = facts.custody.deliveredAt != nil
    }
}

/// When a row of a ``LiabilityTable`` decides: everything that it names must hold.
public struct LiabilityCondition: Sendable, Hashable {
    public var timing: Timing?
    public var holder: Custody.Holder?
    public var circumstance: Circumstance.Name?
    public var isShelfLifeShort: Bool?
    public var isDeadAtDispense: Bool?
    public var isHandedOver: Bool?

    public init(
        timing: Timing? = nil,
        holder: Custody.Holder? = nil,
        circumstance: Circumstance.Name? = nil,
        isShelfLifeShort: Bool? = nil,
        isDeadAtDispense: Bool? = nil,
        isHandedOver: Bool? = nil
    ) {
        self.timing = timing
        self.holder = holder
        self.circumstance = circumstance
        self.isShelfLifeShort = isShelfLifeShort
        self.isDeadAtDispense = isDeadAtDispense
        self.isHandedOver = isHandedOver
    }

    /// Decides whatever the rows before it have left.
    public static let rest = LiabilityCondition()

    func holds(for situation: LiabilitySituation) -> Bool {
        timing.map { $0 == situation.timing } ?? true
            && holder.map { $0 == situation.holder } ?? true
            && circumstance.map { situation.circumstances.contains(Circumstance.Names($0)) } ?? true
            && isShelfLifeShort.map { $0 == situation.isShelfLifeShort } ?? true
            && isDeadAtDispense.map { $0 == situation.isDeadAtDispense } ?? true
            && isHandedOver.map { $0 == situation.isHandedOver } ?? true
    }
}

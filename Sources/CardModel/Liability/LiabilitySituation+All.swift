extension LiabilityTable {
    /// Every situation of a state that can come about, as far as its rows tell them apart.
    func situations(of state: VerdictState) -> [LiabilitySituation] {
        let timings: [Timing?] = state.hasTiming ? Timing.allCases.map { $0 } : [nil]
        let asked = Set(rows(of: state).compactMap(\.condition.circumstance))
        let subsets = asked.reduce([Circumstance.Names()]) { sets, name in
            sets + sets.map { $0.union(Circumstance.Names(name)) }
        }
        var all: [LiabilitySituation] = []
        for timing in timings {
            for holder in Custody.Holder.allCases {
                for circumstances in subsets {
                    // Shelf life, the check at dispense and the hand-over, each both ways.
                    for bits in 0..<8 {
                        all.append(
                            LiabilitySituation(
                                state: state,
                                timing: timing,
                                holder: holder,
                                circumstances: circumstances,
                                isShelfLifeShort: bits & 1 != 0,
                                isDeadAtDispense: bits & 2 != 0,
                                isHandedOver: bits & 4 != 0
                            )
                        )
                    }
                }
            }
        }
        return all.filter(\.isPossible)
    }
}

extension LiabilitySituation {
    /// What was dead at dispense died with the merchant; before the hand-over nothing has a timing,
    /// and no buyer has anything.
    fileprivate var isPossible: Bool {
        if isDeadAtDispense, holder != .merchant { return false }
        guard !isHandedOver else { return true }
        return (timing == nil || timing == .unknown) && holder != .buyer && !isShelfLifeShort
    }

    /// What a decision for `party` breaks here.
    func invariant(brokenBy party: LiableParty) -> LiabilityTable.Invariant? {
        switch state.standing {
        case .good: return party == .none ? nil : .blamesWithoutDefect
        case .undecided:
            if party == .undetermined { return nil }
            if state == .locked || state == .conflict { return .decidesDoubt }
            return party == .none ? nil : .blamesWithoutDefect
        case .waiting, .defective: break
        }
        if party == .none { return .forgivesDefect }
        if party == .buyer, !isBuyersTime { return isDoubtful ? .decidesDoubt : .blamesBuyer }
        return isDoubtful && party != .undetermined ? .decidesDoubt : nil
    }

    /// Whether it came about with the buyer, as far as the times tell.
    private var isBuyersTime: Bool {
        guard isHandedOver, !isDeadAtDispense else { return false }
        switch state {
        case .used, .partiallyUsed: return holder == .buyer
        case .expired: return timing == .afterDelivery
        default: return false
        }
    }

    /// Whether the times tell nothing where they alone decide.
    private var isDoubtful: Bool {
        guard !isDeadAtDispense else { return false }
        switch state {
        case .used, .partiallyUsed:
            if case .undecided = holder { return true }
            return false
        case .expired: return isHandedOver && timing == .unknown && !isShelfLifeShort
        default: return false
        }
    }

    /// The situation in the words of a file, as far as some condition asks for it.
    func words(askedBy conditions: [LiabilityCondition]) -> [String] {
        var words: [String] = []
        if let timing, conditions.contains(where: { $0.timing != nil }) {
            words.append("timing: \(timing.rawValue)")
        }
        if conditions.contains(where: { $0.holder != nil }) {
            words.append("holder: \(holder.word)")
        }
        for name in Circumstance.Name.allCases
        where conditions.contains(where: { $0.circumstance == name }) {
            let isThere = circumstances.contains(Circumstance.Names(name))
            words.append("\(isThere ? "" : "no ")\(name.rawValue)")
        }
        if conditions.contains(where: { $0.isShelfLifeShort != nil }) {
            words.append("shelf_life_short: \(isShelfLifeShort)")
        }
        if conditions.contains(where: { $0.isDeadAtDispense != nil }) {
            words.append("dead_at_dispense: \(isDeadAtDispense)")
        }
        if conditions.contains(where: { $0.isHandedOver != nil }) {
            words.append("handed_over: \(isHandedOver)")
        }
        return words
    }
}

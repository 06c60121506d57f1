import Testing

@testable import CardModel

/// Two policies in one: the better protection of both (E3 rule 1). Policies of one currency.
@Suite("WarrantyPolicy, merged with a minimum")
struct PolicyMergingTests {
    private static let seed: UInt64 = 20_261_120
    private static let rounds = 400

    @Test("a merged policy is weaker than neither, whatever the two say (E3 rule 1, M2-31)")
    func weakerThanNeither() {
        Self.pairs { one, other in
            let merged = one.merged(with: other)
            #expect(merged.weaknesses(below: one).isEmpty)
            #expect(merged.weaknesses(below: other).isEmpty)
            #expect(merged.id == one.id && merged.appliesTo == one.appliesTo)
        }
    }

    @Test("merging twice changes nothing, and both orders protect alike")
    func laws() {
        Self.pairs { one, other in
            let merged = one.merged(with: other)
            #expect(merged.merged(with: other) == merged)
            #expect(one.merged(with: one) == one)
            let reversed = other.merged(with: one)
            #expect(merged.weaknesses(below: reversed).isEmpty)
            #expect(reversed.weaknesses(below: merged).isEmpty)
        }
    }

    @Test("a policy without weaknesses is what it was: a minimum is no silent override")
    func noOverride() {
        var untouched = 0
        Self.pairs { one, other in
            let merged = one.merged(with: other)
            #expect(merged.merged(with: one).weaknesses(below: merged).isEmpty)
            guard one.weaknesses(below: other).isEmpty else {
                #expect(merged != one)
                return
            }
            untouched += 1
            #expect(one.weaknesses(below: merged).isEmpty)
        }
        #expect(untouched > 0)
    }

    @Test("policies without contradictions merge into one without")
    func noContradictions() {
        Self.pairs { one, other in
            guard one.contradictions.isEmpty, other.contradictions.isEmpty else { return }
            #expect(one.merged(with: other).contradictions.isEmpty)
        }
    }

    private static func pairs(_ check: (WarrantyPolicy, WarrantyPolicy) -> Void) {
        var generator = SeededGenerator(seed: seed)
        var others = SeededGenerator(seed: seed + 1)
        for round in 0..<rounds {
            let kind = WarrantyPolicy.GoodsKind.allCases.randomElement(using: &generator)
            // Near relatives of the presets, so that some pairs have no weakness.
            let changes = round % 4 == 0 ? 1 : 12
            check(
                .random(kind: kind ?? .cardKey, changes: changes, using: &generator),
                .random(kind: kind ?? .cardKey, changes: changes, using: &others)
            )
        }
    }
}

extension WarrantyPolicy {
    /// A policy with some of its fields set by chance.
    fileprivate static func random(
        kind: GoodsKind,
        changes: Int,
        using generator: inout SeededGenerator
    ) -> WarrantyPolicy {
        var policy = WarrantyPolicy.sevenDays
        policy.appliesTo.kind = kind
        for _ in 0..<changes {
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: policy.changeWindow(&generator)
            case 1: policy.changePromise(&generator)
            case 2: policy.changeLevels(&generator)
            default: policy.changeDisputes(&generator)
            }
        }
        return policy
    }

    private mutating func changeWindow(_ generator: inout SeededGenerator) {
        switch Int.random(in: 0..<7, using: &generator) {
        case 0:
            window.mode = Mode.allCases.randomElement(using: &generator) ?? .period
            window.days = window.mode == .none ? 0 : Int.random(in: 1...9, using: &generator)
        case 1:
            window.basis = Basis.allCases.randomElement(using: &generator) ?? .delivery
            let days = Int64.random(in: 0...9, using: &generator)
            window.fallback =
                window.basis == .delivery || days == 0 ? nil : BasisFallback(after: .days(days))
        case 2: window.counting = Bool.random(using: &generator) ? .exact : .localDays
        case 3:
            window.tolling = Set(
                TollingKind.allCases.filter { _ in Bool.random(using: &generator) }
            )
        case 4: window.replacement.leastDays = Int.random(in: 0...9, using: &generator)
        case 5: oneTime.endsOnActivation = Bool.random(using: &generator)
        default: oneTime.isDisclosureRequired = Bool.random(using: &generator)
        }
    }

    private mutating func changePromise(_ generator: inout SeededGenerator) {
        let days = Int.random(in: 0...3, using: &generator)
        let optional = days == 0 ? nil : days
        switch Int.random(in: 0..<8, using: &generator) {
        case 0: promise.deliverWithin = Self.duration(&generator)
        case 1: promise.isFaceValueExact = Bool.random(using: &generator)
        case 2: promise.region = ["cn", "hk", nil].randomElement(using: &generator) ?? nil
        case 3: promise.minimumShelfLifeDays = optional
        case 4: promise.minimumBalanceValidityDays = optional
        case 5: coverage.states = coverage.states.filter { _ in Bool.random(using: &generator) }
        case 6:
            coverage.exclusions = coverage.exclusions.filter { _ in Bool.random(using: &generator) }
        default: noReasonReturn = optional.map { .days(Int64($0)) }
        }
    }

    private mutating func changeLevels(_ generator: inout SeededGenerator) {
        if let term = (ServiceLevels.terms + ServiceLevels.reviewStart).randomElement(
            using: &generator
        ) {
            serviceLevels[keyPath: term.path] = Self.duration(&generator)
        }
        if let count = ServiceLevels.counts.randomElement(using: &generator) {
            serviceLevels[keyPath: count.path] = Int.random(in: count.range, using: &generator)
        }
        if let agreed = ServiceLevels.agreedTerms.randomElement(using: &generator) {
            serviceLevels[keyPath: agreed.path] =
                Bool.random(using: &generator) ? Self.duration(&generator) : nil
        }
    }

    private mutating func changeDisputes(_ generator: inout SeededGenerator) {
        let amount = Money(
            minorUnits: Int64.random(in: 0...900_000, using: &generator),
            currency: "CNY"
        )
        switch Int.random(in: 0..<6, using: &generator) {
        case 0:
            remedies.order = Remedy.allCases.filter { _ in Bool.random(using: &generator) }
                .shuffled(using: &generator)
        case 1: remedies.choice = Bool.random(using: &generator) ? .buyer : .policy
        case 2: remedies.delayPercent = Int.random(in: 0...100, using: &generator)
        case 3:
            arbitration.quorumAmount = Bool.random(using: &generator) ? amount : nil
            arbitration.arbiters = Int.random(in: 1...4, using: &generator)
        case 4: deposit.backstop = Bool.random(using: &generator)
        default:
            guard appliesTo.kind == .membership else { return }
            membership = MembershipTerms(
                lengthDays: Int.random(in: 1...40, using: &generator),
                toleranceHours: Int.random(in: 0...40, using: &generator)
            )
        }
    }

    private static func duration(_ generator: inout SeededGenerator) -> PolicyDuration {
        Bool.random(using: &generator)
            ? .workingDays(Int.random(in: 0...4, using: &generator))
            : .hours(Int64.random(in: 0...120, using: &generator))
    }
}

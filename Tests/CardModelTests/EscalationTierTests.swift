import Foundation
import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: tiers")
struct EscalationTierTests {
    @Test("the scenarios are all read, and there are more than forty")
    func scenariosAreRead() throws {
        let url = EscalationScenario.repositoryFile("Tests/Vectors/tiers.tsv")
        let lines = try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
            .filter { !$0.hasPrefix("#") }
        #expect(lines.count == EscalationScenario.all.count)
        #expect(EscalationScenario.all.count > 40)
        #expect(Set(EscalationScenario.all.map(\.id)).count == EscalationScenario.all.count)
    }

    @Test("every scenario goes where the requirements say (M1-26 to M1-30, M4-10, M4-32)")
    func scenarios() {
        for scenario in EscalationScenario.all {
            let advice = TierTable.standard.advice(for: scenario.facts)
            #expect(
                EscalationScenario.Outcome(advice) == scenario.expected,
                "\(scenario.id): \(advice.rows)"
            )
        }
    }

    @Test("without any one of its rows the table fails a scenario")
    func mutations() {
        let mutants = TierTable.standard.withoutEachRow
        let table = TierTable.standard
        #expect(
            mutants.count
                == table.tiers.all.count + table.channels.all.count + table.proposals.count
        )
        for (row, mutant) in mutants {
            #expect(
                !EscalationScenario.failures(of: mutant).isEmpty,
                "no scenario needs \(row)"
            )
        }
    }

    @Test("without any one condition of a row the table fails a scenario or does what none may")
    func weakenedConditions() {
        for (name, mutant) in TierTable.standard.withoutEachCondition {
            #expect(
                !EscalationScenario.failures(of: mutant).isEmpty || !mutant.violations.isEmpty,
                "no scenario needs \(name)"
            )
        }
    }

    @Test("the shipped table breaks no invariant (M1-29, M4-32)")
    func invariants() {
        #expect(TierTable.standard.violations.isEmpty)
    }

    @Test("for every combination of facts a tier is left out only on a named ground (M4-32)")
    func everyCombination() {
        let seed: UInt64 = 20_261_120
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<4_000 {
            let facts = EscalationFacts.random(using: &generator)
            let advice = TierTable.standard.advice(for: facts)
            let next = EscalationTier.allCases.first { !facts.exhausted.contains($0) } ?? .law
            let isByNoProgress =
                !facts.hasProgress && next == .platform && advice.tier == .consumerBodies
            #expect(
                advice.tier <= next || advice.jump != nil || isByNoProgress,
                "seed \(seed): \(facts)"
            )
            #expect((advice.whyNotHigher == nil) == (advice.tier == .law), "seed \(seed)")
            #expect(!advice.channels.isEmpty && advice.needsPerson, "seed \(seed): \(facts)")
            let isSmallSingle =
                (facts.amount.map { $0.minorUnits < 10_000 && $0.currency == "CNY" } ?? false)
                && facts.badCodesOfOneSource < 5 && !facts.isFraudFlagged
                && !facts.problem.isFraud
            if isSmallSingle { #expect(advice.tier != .law, "seed \(seed): \(facts)") }
            let isPaid = advice.channels.contains { $0.kind == .paymentFirm }
            if facts.paymentMethod == .directTransfer {
                #expect(!isPaid && advice.whyNotPayment == .directTransfer, "seed \(seed)")
            }
        }
    }

    @Test("the advice names the problem, the platform's rule and the law (M4-11)")
    func grounds() {
        let advice = TierTable.standard.advice(
            for: EscalationFacts(
                problem: .absconding,
                amount: Money(yuan: 300),
                paymentMethod: .directTransfer
            )
        )
        #expect(advice.grounds.problem == .absconding)
        #expect(advice.grounds.platformRule == "cn-standard@1 tier.fraud")
        #expect(advice.grounds.law.contains("cn.consumer.55"))
        #expect(advice.rows == ["tier.fraud", "channels.fraud"])
        #expect(advice.isTierConfirmedByPerson)
        for language in Language.allCases {
            #expect(advice.reasons(in: language).count == 2)
        }
    }

    @Test("every verdict that can be complained of has a class, and none is read as fraud")
    func problemClasses() {
        for state in VerdictState.allCases {
            let problem = ProblemClass(state: state)
            #expect((problem == nil) == (state.defectFamily == nil))
            #expect(problem?.isFraud != true)
        }
        #expect(ProblemClass(state: .oversold) == .notDelivered)
        #expect(ProblemClass(state: .shortDelivery) == .shortDelivery)
        #expect(ProblemClass(state: .lateDelivery) == .lateDelivery)
        #expect(ProblemClass(state: .undervalued) == .notAsDescribed)
    }

    @Test("every channel has a tier, a name in both languages and a person who files")
    func channels() {
        for channel in EscalationChannel.allCases {
            #expect(!channel.filers.isEmpty)
            #expect(channel.name(in: .zhCN) != channel.name(in: .en))
        }
        #expect(EscalationTier.allCases.map(\.number) == [1, 2, 3, 4])
        // M0-25: the platform, the consumer association, market supervision and 12315.
        let all = Set(EscalationChannel.allCases)
        #expect(
            all.isSuperset(of: [
                .platformQueue, .consumerAssociation, .marketSupervision, .hotline12315,
            ])
        )
    }
}

extension TierTable {
    /// The table without each of its rows. The last row of a list gives its place to the one
    /// before.
    var withoutEachRow: [(row: String, table: TierTable)] {
        var mutants: [(String, TierTable)] = []
        for row in tiers.all {
            var table = self
            table.tiers = tiers.without(row.id)
            mutants.append((row.id, table))
        }
        for row in channels.all {
            var table = self
            table.channels = channels.without(row.id)
            mutants.append((row.id, table))
        }
        for row in proposals {
            var table = self
            table.proposals.removeAll { $0.id == row.id }
            mutants.append((row.id, table))
        }
        return mutants
    }

    /// The table with one condition of one row taken away.
    var withoutEachCondition: [(name: String, table: TierTable)] {
        var mutants: [(String, TierTable)] = []
        for (name, weaken) in TierCondition.weakenings {
            for index in tiers.rows.indices {
                var table = self
                weaken(&table.tiers.rows[index].condition)
                if table != self { mutants.append(("\(tiers.rows[index].id) \(name)", table)) }
            }
            for index in channels.rows.indices {
                var table = self
                weaken(&table.channels.rows[index].condition)
                if table != self { mutants.append(("\(channels.rows[index].id) \(name)", table)) }
            }
        }
        return mutants
    }
}

extension RowList {
    func without(_ id: String) -> RowList {
        if id == otherwise.id, let last = rows.last {
            return RowList(Array(rows.dropLast()), otherwise: last)
        }
        return RowList(rows.filter { $0.id != id }, otherwise: otherwise)
    }
}

extension TierCondition {
    static let weakenings: [(String, @Sendable (inout TierCondition) -> Void)] = [
        ("tier", { $0.tiers = nil }), ("problem", { $0.problems = nil }),
        ("responsiveness", { $0.responsiveness = nil }), ("amount", { $0.amounts = nil }),
        ("next", { $0.next = nil }), ("progress", { $0.hasProgress = nil }),
        ("dispute", { $0.disputes = nil }), ("systemic", { $0.isSystemic = nil }),
        ("fraud", { $0.isFraud = nil }), ("liable", { $0.liable = nil }),
    ]
}

extension EscalationFacts {
    static func random(using generator: inout SeededGenerator) -> EscalationFacts {
        func pick<Value>(_ values: [Value]) -> Value {
            values[Int(generator.next() % UInt64(values.count))]
        }
        let amounts = [0, 1, 9_999, 10_000, 499_999, 500_000, 10_000_000].flatMap { minor in
            ["CNY", "USD"].compactMap { Money(minorUnits: minor, currency: $0) }
        }
        let exhausted = EscalationTier.allCases.filter { _ in generator.next() % 2 == 0 }
        return EscalationFacts(
            problem: pick(ProblemClass.allCases),
            amount: pick(amounts),
            responsiveness: pick(Responsiveness.allCases),
            exhausted: Set(exhausted),
            hasProgress: pick([true, false]),
            paymentMethod: pick(PaymentMethod.allCases),
            isPaymentReferenceKnown: pick([true, false]),
            badCodesOfOneSource: pick([1, 4, 5, 50]),
            isFraudFlagged: pick([true, false]),
            liable: pick(LiableParty.allCases)
        )
    }
}

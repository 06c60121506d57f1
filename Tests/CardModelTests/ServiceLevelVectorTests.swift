import Testing

@testable import CardModel

/// The numbers that stand in the code, by the parameter's name in
/// `Tests/Vectors/service-levels.tsv`.
private struct ServiceLevelNumbers {
    var levels = WarrantyPolicy.ServiceLevels()
    var terms = WarrantyPolicy.ServiceLevels.terms
    var reviewStart = WarrantyPolicy.ServiceLevels.reviewStart
    var counts = WarrantyPolicy.ServiceLevels.counts
    var agreed = WarrantyPolicy.ServiceLevels.agreedTerms

    var all: [String: String] {
        var numbers = constants
        for term in terms { numbers["sla.\(term.name)"] = levels[keyPath: term.path].description }
        for term in reviewStart {
            numbers["sla.review_start.\(term.name)"] = levels[keyPath: term.path].description
        }
        for count in counts { numbers["sla.\(count.name)"] = "\(levels[keyPath: count.path])" }
        for term in agreed {
            numbers["sla.\(term.name)"] = levels[keyPath: term.path]?.description ?? "-"
            numbers["published.\(term.name)"] =
                WarrantyPolicy.ServiceLevels.published[keyPath: term.path]?.description ?? "-"
        }
        return numbers
    }

    private var constants: [String: String] {
        let membership = WarrantyPolicy.membershipThirtyDays.membership
        let roles = LiableParty.allCases.filter { ![.none, .buyer, .undetermined].contains($0) }
        return [
            "platform.stuck_after": Self.text(Circumstance.stuckLimit),
            "claim.unstated_limit": ClaimRules.unstatedLimit.description,
            "claim.longest_extension": ClaimRules.longestExtension.description,
            "claim.tier2_follow_up": ClaimRules.outsideFollowUp(.escalateTier2).description,
            "claim.tier3_follow_up": ClaimRules.outsideFollowUp(.escalateTier3).description,
            "claim.tier4_follow_up": ClaimRules.outsideFollowUp(.escalateTier4).description,
            "tier2.heimao.contact": ExternalClock.standard
                .first { $0.id == "heimao.contact" }?.length.description ?? "-",
            "preset.w7": "P\(WarrantyPolicy.sevenDays.window.days)D",
            "preset.w15": "P\(WarrantyPolicy.fifteenDays.window.days)D",
            "preset.w30": "P\(WarrantyPolicy.thirtyDays.window.days)D",
            "preset.membership_30": membership.map { "P\($0.lengthDays)D" } ?? "-",
            "preset.one_time.mode": WarrantyPolicy.oneTimeVerification.window.mode.rawValue,
            "window.replacement.min": "P\(WarrantyPolicy.ReplacementWindow().leastDays)D",
            "tier4.amount": Self.text(TierParameters.standard.lawAmount),
            "small.amount": Self.text(TierParameters.standard.smallAmount),
            "count.tiers": "\(EscalationTier.allCases.count)",
            "count.liability_roles": "\(roles.count)",
            "share.machine_answers": "\(AnswerShare.target.value)",
            "claim.answers_needed": "\(ClaimContext.answersNeeded)",
            "custody.skew_margin": Self.text(Timing.defaultSkewMargin),
        ]
    }

    private static func text(_ duration: Duration) -> String {
        PolicyDuration.elapsed(seconds: duration.components.seconds).description
    }

    private static func text(_ money: Money) -> String { "\(money.minorUnits) \(money.currency)" }

    /// The parameters of the lines that the numbers do not fulfil, and numbers without a line.
    var failures: [String] {
        let numbers = all
        let lines = RuleVectorFile.lines("service-levels.tsv")
        let failed = lines.filter { cells in
            guard cells.count == 5, let number = numbers[cells[2]] else { return true }
            let expected = PolicyDuration(cells[3])?.description ?? cells[3]
            return number != expected
        }.map { $0.count == 5 ? $0[2] : $0.joined(separator: " ") }
        let without = Set(numbers.keys).subtracting(
            lines.compactMap { $0.count == 5 ? $0[2] : nil })
        return failed + without.sorted()
    }
}

@Suite("Service levels: every number is the one of its source")
struct ServiceLevelVectorTests {
    @Test("every line holds, every number has a line, and none stands twice (A-num, M2-06)")
    func lines() {
        #expect(ServiceLevelNumbers().failures == [])
        let names = RuleVectorFile.lines("service-levels.tsv").map { $0[2] }
        #expect(Set(names).count == names.count)
        #expect(names.count > 40)
    }

    @Test("with any one term changed the line of that term fails, and no other")
    func changedTerms() {
        let numbers = ServiceLevelNumbers()
        for term in numbers.terms {
            var mutant = numbers
            mutant.levels[keyPath: term.path] = .elapsed(seconds: 61)
            #expect(mutant.failures == ["sla.\(term.name)"])
        }
        for term in numbers.reviewStart {
            var mutant = numbers
            mutant.levels[keyPath: term.path] = .workingDays(2)
            #expect(mutant.failures == ["sla.review_start.\(term.name)"])
        }
        for count in numbers.counts {
            var mutant = numbers
            mutant.levels[keyPath: count.path] += 1
            #expect(mutant.failures == ["sla.\(count.name)"])
        }
        for term in numbers.agreed {
            var mutant = numbers
            mutant.levels[keyPath: term.path] = .hours(1)
            #expect(mutant.failures == ["sla.\(term.name)"])
        }
    }

    @Test("without any one term the line of that term fails")
    func removedTerms() {
        let numbers = ServiceLevelNumbers()
        for index in numbers.terms.indices {
            var mutant = numbers
            let term = mutant.terms.remove(at: index)
            #expect(mutant.failures == ["sla.\(term.name)"])
        }
        for index in numbers.reviewStart.indices {
            var mutant = numbers
            let term = mutant.reviewStart.remove(at: index)
            #expect(mutant.failures == ["sla.review_start.\(term.name)"])
        }
        for index in numbers.counts.indices {
            var mutant = numbers
            let count = mutant.counts.remove(at: index)
            #expect(mutant.failures == ["sla.\(count.name)"])
        }
        for index in numbers.agreed.indices {
            var mutant = numbers
            let term = mutant.agreed.remove(at: index)
            #expect(Set(mutant.failures) == ["sla.\(term.name)", "published.\(term.name)"])
        }
    }
}

import Foundation
import Testing
import WireFormat

@testable import CardModel

@Suite("Claim: random sequences against a model")
struct ClaimModelTests {
    /// Sequences of one run; a soak has more.
    static let count =
        ProcessInfo.processInfo.environment["CARDPROOF_SCALE"] == "soak" ? 100_000 : 1_500
    static let longest = 25

    @Test("every sequence goes where the model goes, and loses neither money nor time (D-20)")
    func agreesWithModel() throws {
        let base: UInt64 = 20_261_001
        var reached: Set<ClaimState> = []
        for number in 0..<Self.count {
            let seed = base &+ UInt64(number)
            var generator = ClaimGenerator(seed: seed)
            let setting = generator.setting()
            var run = ClaimRun(setting)
            var steps: [ClaimStep] = []
            for _ in 0..<Self.longest {
                let step = generator.step(run)
                steps.append(step)
                if run.apply(step) != nil {
                    let (shrunk, fault) = Self.shrunk(steps, setting)
                    let lines = shrunk.map(\.description).joined(separator: "\n")
                    Issue.record("seed \(seed): \(fault)\n\(setting)\n\(lines)")
                    return
                }
                reached.insert(run.claim.state)
            }
        }
        // A generator that does not get everywhere tests nothing there.
        let missing = Set(ClaimState.allCases).subtracting(reached)
        #expect(missing.isEmpty, "seed \(base)")
    }

    /// Leaves out what the fault does not need.
    static func shrunk(
        _ steps: [ClaimStep], _ setting: ClaimRun.Setting
    ) -> (steps: [ClaimStep], fault: String) {
        func fault(_ steps: [ClaimStep]) -> String? {
            var run = ClaimRun(setting)
            for step in steps { if let fault = run.apply(step) { return fault } }
            return nil
        }
        var kept = steps
        var index = 0
        while index < kept.count {
            var fewer = kept
            fewer.remove(at: index)
            if fault(fewer) != nil { kept = fewer } else { index += 1 }
        }
        return (kept, fault(kept) ?? "")
    }
}

/// Draws settings and steps: mostly what the claim could take next, sometimes anything.
struct ClaimGenerator {
    private var random: SeededGenerator
    private var now = ClaimRun.filedAt

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    private mutating func chance(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &random) < percent
    }

    private mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int.random(in: 0..<elements.count, using: &random)]
    }

    private func yuan(_ amount: Int64) -> Money? {
        Money(minorUnits: amount * 100, currency: "CNY")
    }

    mutating func setting() -> ClaimRun.Setting {
        var policy = WarrantyPolicy.sevenDays
        if chance(50), let perCase = yuan(80), let perDay = yuan(150) {
            policy.deposit.caps = .init(perCase: perCase, perDay: perDay)
        }
        policy.deposit.backstop = chance(50)
        if chance(40) {
            policy.arbitration = .init(quorumAmount: yuan(pick([20, 90])), arbiters: pick([2, 3]))
        }
        policy.serviceLevels.mostOwnerHandOvers = pick([0, 2])
        policy.serviceLevels.buyerEvidenceWithin = nil
        policy.serviceLevels.platformDecidesWithin = chance(50) ? nil : .hours(30)
        return ClaimRun.Setting(
            policy: policy,
            against: pick([.merchant, .merchant, .merchant, .platform, .thirdParty, .undetermined]),
            price: chance(10) ? nil : yuan(pick([10, 60, 100])),
            deposit: pick([0, 3_000, 50_000]),
            backstop: pick([0, 100_000]),
            isComplete: chance(60)
        )
    }

    mutating func step(_ run: ClaimRun) -> ClaimStep {
        now = now + .milliseconds(Int64.random(in: 0...3_600_000, using: &random))
        if chance(6) { now = now + .seconds(Int64.random(in: 0...9 * 86_400, using: &random)) }
        if chance(4) { now = now - .seconds(Int64.random(in: 0...3 * 86_400, using: &random)) }
        if chance(25), let ring = ring(run) { return ring }
        let event = chance(70) ? likely(run) : any(run)
        let role = chance(88) ? suited(event) : pick(ClaimActor.allCases)
        let account =
            switch role {
            case .platform, .arbiter: pick(["p1", "p2", "p3", "p4"])
            case .merchant: ClaimRun.merchant
            case .buyer, .thirdParty, .system: role.rawValue
            }
        return ClaimStep(event: event, by: ClaimPrincipal(role, account: account), at: now)
    }

    /// A clock whose time has come, one a little early, or one that a second worker rings again.
    private mutating func ring(_ run: ClaimRun) -> ClaimStep? {
        // A time so far off that little is left to happen after it.
        let isPatient = run.claim.state.isClosed || chance(2)
        let rings = run.claim.pendingRings(.cn2026).filter { isPatient || $0.timer != .limitation }
        guard let next = chance(70) ? rings.first : rings.randomElement(using: &random) else {
            return nil
        }
        let isEarly = chance(5)
        if !isEarly { now = max(now, next.at.instant) }
        return ClaimStep(
            event: .timerRung(chance(95) ? next.timer : pick(ClaimTimer.allCases)), by: .system,
            at: isEarly ? next.at.instant - .milliseconds(1) : now)
    }

    private func suited(_ event: ClaimEvent) -> ClaimActor {
        var generator = random
        let able = ClaimActor.allCases.filter { ClaimModel.mayAct($0, event) }
        return able.randomElement(using: &generator) ?? .system
    }

    private mutating func redress(_ run: ClaimRun) -> Redress {
        let whole = run.claim.price ?? yuan(10)
        let options = [
            Redress(.reissue), Redress(.reissue), Redress(.repair), Redress(.wait),
            Redress(.coupon), Redress(.refundOriginal, amount: whole),
            Redress(.refundOriginal, amount: whole), Redress(.partialRefund, amount: yuan(5)),
            Redress(.refundOriginal, amount: yuan(500)),
            Redress(.refundPlusThree, amount: yuan(400)),
            Redress(.partialRefund, amount: Money(minorUnits: 100, currency: "USD")),
        ].compactMap { $0 }
        return pick(options)
    }

    private mutating func ruling(_ run: ClaimRun) -> ClaimRuling {
        let evidence = EvidenceReference("leaf 7")
        // Few different ones, so that a quorum is found.
        let refund = run.claim.price.flatMap { Redress(.refundOriginal, amount: $0) }
        return switch Int.random(in: 0..<10, using: &random) {
        case 0: evidence.map { .notLiable($0) } ?? .fraud
        case 1: evidence.map { .excluded(Exclusion(.userLeak, evidence: $0)) } ?? .fraud
        case 2: .fraud
        case 3...6: refund.map { .liable(.merchant, $0) } ?? .liable(.merchant, redress(run))
        default: .liable(pick([.merchant, .platform, .thirdParty, .buyer]), redress(run))
        }
    }

    private mutating func receipt(_ run: ClaimRun) -> ClaimEvent {
        let attempt = chance(85) ? run.claim.attempts : Int.random(in: 0...4, using: &random)
        let ordered = chance(90) ? run.claim.execution?.redress : nil
        let result: RemedyReceipt.Result =
            chance(55) ? .done(ordered ?? redress(run)) : pick([.refused, .failed])
        return .remedyReceipt(RemedyReceipt(attempt: attempt, result: result))
    }

    private mutating func verdict() -> ClaimEvent {
        .verdictRecorded(
            Verdict(
                state: pick([.notFound, .used, .okUnused, .indeterminate, .wrongRegion]),
                certainty: pick([.authoritative, .derived])))
    }

    private mutating func likely(_ run: ClaimRun) -> ClaimEvent {
        guard let reference = EvidenceReference("leaf 9") else { return .messageRead }
        switch run.claim.state {
        case .detected: return chance(85) ? .coverageConfirmed : .coverageRefused(.windowOver)
        case .open:
            return pick([
                .messagePosted(isAutomatic: false), .evidenceRequested(from: .merchant),
                .remedyOffered(redress(run)), .reviewStarted, .evidenceRequested(from: .buyer),
            ])
        case .evidence:
            return pick([.evidenceAdded(isComplete: true), .remedyOffered(redress(run))])
        case .remedyOffered: return .remedyAnswered(isAccepted: chance(60))
        case .reviewQueued: return pick([.reviewStarted, .thirdPartyNamed])
        case .review:
            return pick([
                .liabilityProposed(ruling(run)), .ruled(ruling(run)), .thirdPartyNamed,
                .reviewExtended(by: pick([.days(2), .days(31), .workingDays(2)])),
            ])
        case .waitingThirdParty:
            return pick([
                .progressReported, .reviewStarted, verdict(),
                .liabilityFound(pick([.merchant, .platform, .thirdParty])),
            ])
        case .liability: return pick([.ruled(ruling(run)), .disputed(reference)])
        case .executing: return chance(70) ? receipt(run) : .payoutApproved
        case .verifyRemedy: return .remedyVerified(isGood: chance(50))
        case .appeal: return .appealDecided(chance(50) ? .upheld : .changed(ruling(run)))
        case .holdRisk: return chance(60) ? .riskCleared : .fraudConfirmed
        case .escalateTier2, .escalateTier3, .escalateTier4:
            return pick([
                .externalUpdate(pick(ExternalOutcome.allCases)), .ruled(ruling(run)),
                .remedyOffered(redress(run)),
            ])
        default: return pick([.appealFiled, .reopened(reference)])
        }
    }

    private mutating func any(_ run: ClaimRun) -> ClaimEvent {
        guard let reference = EvidenceReference("leaf 8"),
            let step = EscalationStep(
                tier: pick([2, 3, 4]), ground: pick(EscalationStep.Ground.allCases))
        else { return .messageRead }
        return pick([
            .coverageConfirmed, .verdictRecorded(Verdict(state: .okUnused, certainty: .derived)),
            verdict(), .timerRung(pick(ClaimTimer.allCases)), .demandStated(pick(Remedy.allCases)),
            .messagePosted(isAutomatic: chance(30)), .messageRead,
            .evidenceRequested(from: pick(ClaimActor.allCases)),
            .evidenceAdded(isComplete: chance(50)), chance(30) ? .withdrawn : .messageRead,
            .remedyOffered(redress(run)), .remedyAnswered(isAccepted: chance(50)), .reviewStarted,
            .reviewExtended(by: .days(1)), .thirdPartyNamed, .progressReported,
            .liabilityFound(.merchant), .liabilityProposed(ruling(run)), .disputed(reference),
            .ruled(ruling(run)), receipt(run), .remedyVerified(isGood: chance(50)),
            .payoutApproved, .appealFiled, .appealDecided(.changed(ruling(run))), .riskRaised,
            .riskNoted, .riskCleared, .fraudConfirmed, .escalated(to: step),
            .escalated(to: step),
            .externalUpdate(pick(ExternalOutcome.allCases)), .reopened(reference),
        ])
    }
}

import Testing
import WireFormat

@testable import CardModel

/// A line of `Tests/Vectors/liability.tsv`: a defect, and who answers for it on what ground.
struct LiabilityVector: Sendable, CustomTestStringConvertible {
    let id: String
    let facts: LiabilityFacts
    let party: String
    let ground: String

    var testDescription: String { id }

    static let all: [LiabilityVector] = RuleVectorFile.lines("liability.tsv").compactMap(read)

    /// The ids of the lines that a table does not fulfil.
    static func failures(of table: LiabilityTable) -> [String] {
        all.filter { !$0.isFulfilled(by: Liability.decide($0.facts, by: table)) }.map(\.id)
    }

    /// Silence is no answer, even where it comes to the same.
    func isFulfilled(by liability: Liability) -> Bool {
        liability.rule != "liability.none" && liability.party.rawValue == party
            && liability.ground.reason == ground
    }

    // The instants that the words of the file stand for: Friday noon in Shanghai.
    private static let delivered = Instant(secondsSinceEpoch: 1_795_752_000)
    private static let dispensed = delivered - .seconds(7_200)

    private static func read(_ cells: [String]) -> LiabilityVector? {
        guard cells.count == 13, let state = VerdictState(rawValue: cells[2]),
            let certainty = Certainty(rawValue: cells[3]),
            let custody = custody(cells[4], cells[5]),
            let event = event(cells[6]), let evidence = EvidenceReference("evt_1")
        else { return nil }
        var verdict = Verdict(state: state, certainty: certainty)
        verdict.issuer = event.map { IssuerStatement(at: $0) }
        verdict.expiresOn = expiry(cells[7])
        let margin: Duration = .seconds(120)
        let circumstances = circumstance(cells[9]).map { [Circumstance($0, evidence: evidence)] }
        let exclusions = Exclusion.Kind(rawValue: cells[10]).map {
            [Exclusion($0, evidence: evidence)]
        }
        guard (circumstances == nil) == (cells[9] == "-"), (exclusions == nil) == (cells[10] == "-")
        else { return nil }
        let facts = LiabilityFacts(
            verdict: verdict.timed(custody: custody, zone: .shanghai, skewMargin: margin),
            custody: custody,
            skewMargin: margin,
            isShelfLifeShort: cells[8] == "yes",
            circumstances: Set(circumstances ?? []),
            exclusions: Set(exclusions ?? [])
        )
        return LiabilityVector(id: cells[0], facts: facts, party: cells[11], ground: cells[12])
    }

    private static func custody(_ dispense: String, _ isDelivered: String) -> Custody? {
        var custody = Custody(deliveredAt: isDelivered == "yes" ? delivered : nil)
        let late = delivered + .seconds(7_200)
        switch dispense {
        case "-": break
        case "good": custody.dispenseOKAt = dispensed
        case "dead": custody.dispenseBadAt = dispensed
        case "good_then_dead":
            custody.dispenseOKAt = dispensed
            custody.dispenseBadAt = dispensed + .seconds(600)
        case "dead_then_good":
            custody.dispenseBadAt = dispensed
            custody.dispenseOKAt = dispensed + .seconds(600)
        case "good_late": custody.dispenseOKAt = late
        case "dead_late": custody.dispenseBadAt = late
        default: return nil
        }
        return custody
    }

    /// The outer optional is nil for a word that is none.
    private static func event(_ word: String) -> Instant?? {
        switch word {
        case "-": .some(nil)
        case "before_dispense": delivered - .seconds(10_800)
        case "near_dispense": dispensed + .seconds(60)
        case "between": delivered - .seconds(3_600)
        case "near_delivery": delivered + .seconds(60)
        case "after_delivery": delivered + .seconds(3_600)
        default: nil
        }
    }

    private static func expiry(_ word: String) -> CalendarDate? {
        let day = LocalZone.shanghai.day(of: delivered)
        return switch word {
        case "before": day.adding(days: -1)
        case "after": day
        default: nil
        }
    }

    private static func circumstance(_ word: String) -> Circumstance.Kind? {
        switch word {
        case "activation_pending": .activationPending
        case "platform_dispensed_twice": .platformDispensedTwice
        case "platform_fault": .platformFault
        case "stuck_24h": .stuckOnPlatform(.seconds(86_400))
        case "stuck_less": .stuckOnPlatform(.milliseconds(86_399_999))
        case "third_party_fault": .thirdPartyFault
        case "publisher_changed_rule": .publisherChangedRule
        case "presumption_rebutted": .presumptionRebutted
        default: nil
        }
    }
}

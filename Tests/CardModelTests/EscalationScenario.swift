import Foundation
import Testing

@testable import CardModel

/// A row of `Tests/Vectors/tiers.tsv`: a case, and what the requirements say about it.
struct EscalationScenario {
    var id: String
    var facts: EscalationFacts
    var expected: Outcome

    /// What is compared: never the id of a row, so that only what a row does can fail.
    struct Outcome: Equatable {
        var tier: String
        var channels: String
        var jump: String
        var proposal: String
        var whyNotHigher: String
        var whyNotPayment: String
    }

    static let all: [EscalationScenario] = {
        let url = repositoryFile("Tests/Vectors/tiers.tsv")
        let text = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap(read)
    }()

    static func repositoryFile(_ path: String) -> URL {
        URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: path)
    }

    /// The ids of the scenarios that the table does not fulfil.
    static func failures(of table: TierTable) -> [String] {
        all.filter { Outcome(table.advice(for: $0.facts)) != $0.expected }.map(\.id)
    }

    private static func read(_ line: Substring) -> EscalationScenario? {
        let cells = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard cells.count == 18 else { return nil }
        let amount = cells[3].split(separator: " ").map(String.init)
        guard let problem = ProblemClass(rawValue: cells[2]), amount.count == 2,
            let money = Money(decimal: amount[0], currency: amount[1]),
            let responsiveness = Responsiveness(rawValue: cells[4]),
            let method = PaymentMethod(rawValue: cells[7]), let bad = Int(cells[9]),
            let liable = LiableParty(rawValue: cells[11])
        else { return nil }
        let exhausted = cells[5].split(separator: ",").compactMap {
            EscalationTier(rawValue: String($0))
        }
        return EscalationScenario(
            id: cells[0],
            facts: EscalationFacts(
                problem: problem,
                amount: money,
                responsiveness: responsiveness,
                exhausted: Set(exhausted),
                hasProgress: cells[6] == "yes",
                paymentMethod: method,
                isPaymentReferenceKnown: cells[8] == "yes",
                badCodesOfOneSource: bad,
                isFraudFlagged: cells[10] == "yes",
                liable: liable
            ),
            expected: Outcome(
                tier: cells[12],
                channels: cells[13],
                jump: cells[14],
                proposal: cells[15],
                whyNotHigher: cells[16],
                whyNotPayment: cells[17]
            )
        )
    }
}

extension EscalationScenario.Outcome {
    init(_ advice: TierAdvice) {
        func list(_ channels: [EscalationChannel]) -> String {
            channels.map(\.rawValue).joined(separator: ",")
        }
        tier = advice.tier.rawValue
        channels = list(advice.channels)
        jump = advice.jump?.rawValue ?? "-"
        proposal = advice.proposal.map { "\($0.tier.rawValue):\(list($0.channels))" } ?? "-"
        whyNotHigher = advice.whyNotHigher?.rawValue ?? "-"
        whyNotPayment = advice.whyNotPayment?.rawValue ?? "-"
    }
}

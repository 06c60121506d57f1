import Foundation
import Testing

@testable import CardModel

@Suite("Escalation: docs/escalation.md")
struct EscalationDocumentationTests {
    private func lines() throws -> [String] {
        let url = EscalationScenario.repositoryFile("docs/escalation.md")
        return try String(contentsOf: url, encoding: .utf8).components(separatedBy: "\n")
    }

    @Test("the page has the rows of the shipped table, in order, and no others")
    func rows() throws {
        let expected = TierTable.standard.tiers.all.map { row in
            let ground = row.jump.map { "`\($0.rawValue)`" } ?? "–"
            return "| `\(row.id)` | \(row.tier.number) | \(ground) | \(row.reason.en) |"
        }
        #expect(try lines().filter { $0.hasPrefix("| `tier.") } == expected)
    }

    @Test("the page names every channel, ground, problem and clock")
    func names() throws {
        let page = try lines().joined(separator: "\n")
        let names =
            EscalationChannel.allCases.map(\.rawValue) + JumpReason.allCases.map(\.rawValue)
            + ProblemClass.allCases.map(\.rawValue) + Responsiveness.allCases.map(\.rawValue)
            + AmountClass.allCases.map(\.rawValue) + NextTier.allCases.map(\.rawValue)
            + PaymentDispute.allCases.map(\.rawValue) + LiableParty.allCases.map(\.rawValue)
        for name in names { #expect(page.contains("`\(name)`"), "\(name)") }
        for clock in TierTable.standard.clocks {
            let start = "| `\(clock.id)` | \(clock.start.rawValue) | \(clock.awaits.rawValue) | "
            #expect(page.contains(start + clock.length.description), "\(clock.id)")
        }
    }

    @Test("the page's table of what packets ask for agrees with the gate")
    func fields() throws {
        let kinds: [EscalationChannel.Kind] = [
            .platform, .consumerBody, .paymentFirm, .court, .police, .notary,
        ]
        let asked: [(String, [PacketField])] = [
            ("product, order, evidence", [.product, .orderNumber, .evidence]),
            ("demand 诉求", [.demand]), ("complainant, timeline", [.complainant, .timeline]),
            ("a contact attempt", [.contactAttempt]),
            ("agreement 约定 and breach 违约", [.agreement, .breach]),
            ("loss computation, provision of law", [.loss, .law]),
            ("sealed bundle with hashes and signature", [.seal]),
        ]
        let page = try lines()
        for (name, fields) in asked {
            let cells = kinds.map { kind in
                Set(PacketField.required(by: kind)).isSuperset(of: fields) ? " x |" : " |"
            }
            #expect(page.contains("| \(name) |" + cells.joined()), "\(name)")
        }
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: attempts to reach the other side")
struct EscalationContactTests {
    private let at = EscalationExample.at(hours: 3)
    private let until = EscalationExample.at(hours: 4)

    private func facts(_ contacts: ContactAttempt...) throws -> PacketFacts {
        var facts = try EscalationExample.full()
        facts.contacts = contacts
        return facts
    }

    @Test("a notice that may still be answered in time is no attempt; a person's word is (M2-16)")
    func attempts() throws {
        let results: [ContactAttempt.Result] = [
            .awaited(until: until), .awaited(until: nil), .noAnswer, .automaticReply, .answered,
            .refused,
        ]
        for result in results {
            let notice = try facts(ContactAttempt(.platformNotice, at: at, result: result))
            let isAwaited = if case .awaited = result { true } else { false }
            #expect(
                ReadPacket.missing(.hotline12315, notice) == (isAwaited ? [.contactAttempt] : []))
            for way in ContactAttempt.Way.personal {
                let word = try facts(ContactAttempt(way, at: at, result: result))
                #expect(ReadPacket.missing(.hotline12315, word).isEmpty)
            }
        }
    }

    @Test("the papers call the notice by its name, and say until when an answer may come")
    func words() throws {
        let awaited = try facts(
            ContactAttempt(.onlineService, at: at, result: .awaited(until: until)),
            ContactAttempt(.platformNotice, at: at, result: .noAnswer))
        let chinese = try ReadPacket.markdown(.hotline12315, .zhCN, awaited)
        #expect(chinese.contains("| 在线客服 | 等待答复，截至 2026-11-20 12:00:00 +08:00 |"))
        #expect(chinese.contains("| 平台内申诉通知 | 无答复 |"))
        let english = try ReadPacket.markdown(.hotline12315, .en, awaited)
        #expect(english.contains("waiting for an answer until 2026-11-20 12:00:00 +08:00 |"))
        #expect(english.contains("| the platform's notice of the claim | no answer |"))
    }

    @Test("the plan has a box for each way of a person, and the notice ticks none")
    func plan() throws {
        let notice = try facts(ContactAttempt(.platformNotice, at: at, result: .noAnswer))
        let advice = TierTable.standard.advice(
            for: EscalationFacts(problem: .codeUnusable, amount: Money(yuan: 50)))
        let steps = ActionPlan(facts: notice, advice: advice).steps
        #expect(steps[1].items.map(\.isDone) == ContactAttempt.Way.personal.map { _ in false })
        #expect(ContactAttempt.Way.allCases == ContactAttempt.Way.personal + [.platformNotice])
    }
}

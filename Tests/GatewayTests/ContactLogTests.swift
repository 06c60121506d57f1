import CardModel
import Testing
import WireFormat

@testable import Gateway

/// Which attempts to reach the merchant a claim's papers tell of.
@Suite("Contacts of a claim's papers")
struct ContactLogTests {
    private let opened = GatewayWorld.start
    private let minutes = PolicyDuration.minutes(2)

    private func entry(
        _ event: String,
        by actor: ClaimActor,
        after seconds: Int64,
        _ detail: JSONValue = .null
    ) -> ClaimHistoryEntry {
        ClaimHistoryEntry(
            at: opened + .seconds(seconds), from: .open, to: .open, event: event, actor: actor,
            detail: detail)
    }

    private func attempts(
        _ history: [ClaimHistoryEntry] = [],
        at seconds: Int64,
        isNoticeSent: Bool = true
    ) -> [ContactAttempt] {
        ContactLog(
            openedAt: opened, isNoticeSent: isNoticeSent, history: history,
            answerWithin: minutes, calendar: .weekdays, at: opened + .seconds(seconds)
        ).attempts
    }

    @Test("a claim that opened by itself has the notice alone, awaited until his time is over")
    func notice() {
        let due = opened + .seconds(120)
        #expect(
            attempts(at: 119) == [
                ContactAttempt(.platformNotice, at: opened, result: .awaited(until: due))
            ])
        #expect(
            attempts(at: 120) == [ContactAttempt(.platformNotice, at: opened, result: .noAnswer)])
        #expect(attempts(at: 120, isNoticeSent: false).isEmpty)
    }

    @Test("people's messages and demands are attempts; machines' words and the merchant's are none")
    func words() {
        let told = [
            entry("message_posted", by: .buyer, after: 10, ["channel": "phone"]),
            entry("demand_stated", by: .buyer, after: 20, ["remedy": "reissue"]),
            entry("message_posted", by: .platform, after: 30, ["channel": "platform_notice"]),
            entry("message_posted", by: .platform, after: 40, ["is_automatic": "true"]),
            entry("message_posted", by: .merchant, after: 50, ["is_automatic": "true"]),
            entry("evidence_added", by: .buyer, after: 60),
        ]
        let found = attempts(told, at: 600, isNoticeSent: false)
        #expect(found.map(\.way) == [.phone, .onlineService, .onlineService])
        #expect(found.map(\.at) == [10, 20, 30].map { opened + .seconds($0) })
        #expect(found.map(\.result) == [.automaticReply, .automaticReply, .automaticReply])
    }

    @Test("an answer is a person's word after the attempt, however late")
    func answers() {
        let asked = entry("message_posted", by: .buyer, after: 300)
        let before = entry("message_posted", by: .merchant, after: 60)
        let read = entry("message_read", by: .merchant, after: 310)
        let answer = entry("message_posted", by: .merchant, after: 9_000)
        #expect(attempts([before, asked, read], at: 400).map(\.result).first == .answered)
        #expect(
            attempts([before, asked, read], at: 400).last?.result
                == .awaited(until: opened + .seconds(420)))
        #expect(attempts([before, asked, read], at: 420).last?.result == .noAnswer)
        #expect(attempts([before, asked, read, answer], at: 9_000).last?.result == .answered)
    }

    @Test("a claim that came upon the merchant later has the notice of then")
    func later() {
        let found = ClaimHistoryEntry(
            at: opened + .seconds(500), from: .reviewQueued, to: .open, event: "liability.found",
            actor: .system,
            detail: ["event": ["against": "merchant"], "effects": ["notice:merchant:claim_opened"]])
        let log = ContactLog(
            openedAt: nil, isNoticeSent: true, history: [found], answerWithin: minutes,
            calendar: .weekdays, at: opened + .seconds(510))
        #expect(log.attempts.map(\.at) == [opened + .seconds(500)])
        #expect(log.attempts.map(\.way) == [.platformNotice])
    }

    @Test("without the policy his clock says that the time is over")
    func rung() {
        let ring = entry(
            "timer.rung", by: .system, after: 120,
            ["event": ["timer": "first_response"], "effects": ["breach:first_response"]])
        for (history, result) in [([], .awaited(until: nil)), ([ring], .noAnswer)]
            as [([ClaimHistoryEntry], ContactAttempt.Result)]
        {
            let log = ContactLog(
                openedAt: opened, isNoticeSent: true, history: history, answerWithin: nil,
                calendar: .weekdays, at: opened + .seconds(9_000))
            #expect(log.attempts.map(\.result) == [result])
        }
    }
}

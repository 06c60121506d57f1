import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: filings and collective cases")
struct EscalationTrackingTests {
    private let start = EscalationExample.start

    private func filing(_ channel: EscalationChannel = .hotline12315) -> OutsideFiling {
        OutsideFiling(preparedFor: channel, at: start)
    }

    private let events: [OutsideFiling.Event] = [
        .filed(by: .buyer, reference: nil), .accepted, .mediated, .resolved, .closed,
    ]

    @Test("a filing goes its way to the end and keeps who, when and which number (M4-19)")
    func wholeWay() throws {
        let reference = try #require(FilingReference("12315-20261120-7"))
        var filing = filing()
        #expect(!filing.isFiled)
        filing = try filing.after(.filed(by: .buyer, reference: nil), at: start + .seconds(1))
        filing = try filing.after(.referenceTold(reference), at: start + .seconds(2))
        filing = try filing.after(.accepted, at: start + .seconds(3))
        filing = try filing.after(.mediated, at: start + .seconds(4))
        filing = try filing.after(.resolved, at: start + .seconds(5))
        filing = try filing.after(.closed, at: start + .seconds(6))
        #expect(filing.status == .closed)
        #expect(filing.filedBy == .buyer && filing.filedAt == start + .seconds(1))
        #expect(filing.acceptedAt == start + .seconds(3) && filing.reference == reference)
        #expect(filing.changedAt == start + .seconds(6))
    }

    @Test("every status answers every event, and no filing goes back")
    func total() throws {
        var reached: [OutsideFiling.Status: OutsideFiling] = [.prepared: filing()]
        for (index, event) in events.enumerated() {
            let last = try #require(reached.values.max { $0.status.order < $1.status.order })
            let next = try last.after(event, at: start + .seconds(Int64(index)))
            reached[next.status] = next
        }
        #expect(Set(reached.keys) == Set(OutsideFiling.Status.allCases))
        for (status, filing) in reached {
            for (index, event) in events.enumerated() {
                let target = index + 1
                let isForward = target > status.order
                // Nothing but closing is possible before it was filed.
                let isAllowed = isForward && (status != .prepared || target == 1 || target == 5)
                let after = try? filing.after(event, at: start + .seconds(60))
                #expect((after != nil) == isAllowed, "\(status) \(event)")
                if let after { #expect(after.status.order == target) }
            }
        }
    }

    @Test("a person whose channel it is not, and a time before the last change, are refused (E4)")
    func refusals() throws {
        #expect(throws: OutsideFiling.Refusal.wrongPerson) {
            try filing().after(.filed(by: .platformAgent, reference: nil), at: start)
        }
        #expect(throws: OutsideFiling.Refusal.beforeLastChange) {
            try filing().after(.closed, at: start - .milliseconds(1))
        }
        let reference = try #require(FilingReference("1"))
        #expect(throws: OutsideFiling.Refusal.wrongStatus) {
            try filing().after(.referenceTold(reference), at: start)
        }
        let paid = try filing(.paymentWechat).after(
            .filed(by: .platformAgent, reference: nil),
            at: start
        )
        #expect(paid.filedBy == .platformAgent)
    }

    @Test("a packet is prepared once, and anew when the filing is over; nothing is told twice")
    func preparedOnce() throws {
        let later = start + .seconds(60)
        let prepared = filing()
        #expect(try prepared.after(.prepared, at: start) == prepared)
        #expect(throws: OutsideFiling.Refusal.wrongStatus) {
            try prepared.after(.prepared, at: later)
        }
        let reference = try #require(FilingReference("HM-1"))
        let filed = try prepared.after(.filed(by: .buyer, reference: reference), at: start)
        for event in [OutsideFiling.Event.prepared, .referenceTold(reference)] {
            #expect(throws: OutsideFiling.Refusal.wrongStatus) { try filed.after(event, at: later) }
        }
        let closed = try filed.after(.closed, at: later)
        let anew = try closed.after(.prepared, at: later + .seconds(1))
        #expect(anew == OutsideFiling(preparedFor: .hotline12315, at: later + .seconds(1)))
    }

    @Test("a number is bounded and holds nothing but the signs of numbers")
    func references() {
        #expect(FilingReference("(2026)京0105民初1号") != nil)
        #expect(FilingReference(String(repeating: "1", count: FilingReference.longest)) != nil)
        #expect(FilingReference(String(repeating: "1", count: FilingReference.longest + 1)) == nil)
        for text in ["", " ", "1 2", "1\n2", "<b>", "1|2", "`1`", "１２"] {
            #expect(FilingReference(text) == nil, "\(text)")
        }
    }

    /// Working days as plain days, so that the test shows who counts.
    private func adding(_ instant: Instant, _ length: PolicyDuration) -> Instant {
        switch length {
        case .elapsed(let seconds): instant + .seconds(seconds)
        case .workingDays(let days): instant + .seconds(Int64(days) * 86_400)
        }
    }

    @Test("clocks start with the filing, end with what they wait for, half-open (M1-24, M4-18)")
    func clocks() throws {
        let clocks = TierTable.standard.clocks
        #expect(filing(.heimao).dueInstants(of: clocks, adding: adding).isEmpty)
        let filed = try filing(.heimao).after(.filed(by: .buyer, reference: nil), at: start)
        let due = try #require(filed.dueInstants(of: clocks, adding: adding).first)
        #expect(due.clock.id == "heimao.contact")
        #expect(due.dueAt == start + .seconds(86_400))
        #expect(!due.isOverdue(at: due.dueAt - .milliseconds(1)))
        #expect(due.isOverdue(at: due.dueAt))
        let accepted = try filed.after(.accepted, at: start + .seconds(60))
        let ended = accepted.dueInstants(of: clocks, adding: adding)
        #expect(ended.map(\.isEnded) == [true])
        #expect(ended.allSatisfy { !$0.isOverdue(at: start + .seconds(864_000)) })
    }

    @Test("12315 mediates from its acceptance on, and no length of a clock is called checked (F-6)")
    func mediation() throws {
        let clocks = TierTable.standard.clocks
        #expect(clocks.allSatisfy { !$0.isVerified })
        let filed = try filing().after(.filed(by: .buyer, reference: nil), at: start)
        #expect(filed.dueInstants(of: clocks, adding: adding).map(\.clock.id) == ["12315.accept"])
        let accepted = try filed.after(.accepted, at: start + .seconds(86_400))
        let due = accepted.dueInstants(of: clocks, adding: adding)
        #expect(due.map(\.clock.id) == ["12315.accept", "12315.mediate"])
        #expect(due.map(\.isEnded) == [true, false])
        #expect(due.last?.dueAt == start + .seconds(46 * 86_400))
    }
}

import AdapterKit
import CardModel
import EvidenceLog
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Questions that the issuer answers later, and what goes along with a question.
@Suite("Questions that go on")
struct ContinuationTests {
    private static func unfinished(_ ticket: String?, after pause: Duration) -> InquiryResult {
        var result = InquiryResult.indeterminate(.inProgress, retryAfter: pause)
        result.continuation = ticket
        return result
    }

    @Test("the next ask comes exactly when the issuer said, with what the last answer left")
    func goesOn() async throws {
        let world = try await GatewayWorld {
            $0.adapter.follow { inquiry, number throws(AdapterError) in
                switch number {
                case 0: Self.unfinished("ticket", after: .seconds(7))
                case 1: Self.unfinished(nil, after: .seconds(90_000))
                default: InquiryResult(state: .okUnused)
                }
            }
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(delivered, becomes: "indeterminate")
            let id = try #require(item["check"]?.stringValue.flatMap { CheckID($0) })
            #expect(try await world.store.check(id)?.dueAt == GatewayWorld.start + .seconds(7))
            try await world.advance(by: .seconds(7))
            try await eventually("asked twice") { world.adapter.inquiries.count == 2 }
            try await eventually("recorded") { try await world.store.check(id)?.polls == 2 }
            // No issuer postpones a question by more than a day.
            let due = try await world.store.check(id)?.dueAt
            #expect(due == GatewayWorld.start + .seconds(7 + 86_400))
            try await world.advance(by: .days(1))
            _ = try await world.item(delivered, becomes: "ok_unused")
            #expect(world.adapter.inquiries.map(\.continuation) == [nil, "ticket", nil])
        }
    }

    @Test("after a bounded number of polls the schedule decides when to ask")
    func bounded() async throws {
        let world = try await GatewayWorld {
            $0.adapter.answer(Self.unfinished("t", after: .seconds(1)))
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(delivered, becomes: "indeterminate")
            let id = try #require(item["check"]?.stringValue.flatMap { CheckID($0) })
            for asks in 1...InquiryResult.mostPolls + 1 {
                try await eventually("asked \(asks) times") {
                    try await world.store.check(id)?.attempts == asks
                }
                if asks <= InquiryResult.mostPolls { try await world.advance(by: .seconds(1)) }
            }
            let check = try #require(try await world.store.check(id))
            #expect(check.polls == InquiryResult.mostPolls)
            #expect(check.dueAt >= world.time.now() + .seconds(60))
        }
    }

    @Test("a continuation that is too long is dropped")
    func tooLong() async throws {
        let long = String(repeating: "x", count: Inquiry.longestContinuationBytes + 1)
        let world = try await GatewayWorld {
            $0.adapter.answer(Self.unfinished(long, after: .seconds(7)))
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            let item = try await world.item(delivered, becomes: "indeterminate")
            let id = try #require(item["check"]?.stringValue.flatMap { CheckID($0) })
            #expect(try await world.store.check(id)?.continuation == nil)
        }
    }

    @Test("each question has a nonce of its own and the issuer's reference, which nobody else sees")
    func reference() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let secret = "PAYOUT-REFERENCE-0001"
            for number in 1...3 {
                let body = GatewayWorld.body(order: "o-\(number)", number: number) { body in
                    guard case .object(var item)? = body["items"]?.arrayValue?.first else { return }
                    item["issuer_ref"] = .string(secret)
                    item[secret] = "a careless member"
                    body["items"] = [.object(item)]
                }
                let delivered = try await world.deliver(body, id: "w-\(number)")
                let item = try await world.item(delivered, becomes: "ok_unused")
                #expect(!String(decoding: item.serialized(), as: UTF8.self).contains(secret))
                #expect(!String(decoding: delivered.serialized(), as: UTF8.self).contains(secret))
            }
            let asked = world.adapter.inquiries
            #expect(Set(asked.map(\.nonce)).count == 3)
            #expect(asked.allSatisfy { Inquiry.nonceRange.contains($0.nonce) })
            #expect(
                asked.allSatisfy { $0.issuerReference?.withUnredacted { $0 } == secret })
            let head = try #require(try await world.store.logHead(of: world.platform.number))
            for index in 0..<head.range.size {
                let opened = try await world.gateway.openedEvidence(
                    at: index, platform: world.platform)
                let text = String(decoding: opened?.serialized() ?? [], as: UTF8.self)
                #expect(!text.contains(secret))
            }
        }
    }

    @Test("a question that was put before the word that stands does not replace it")
    func olderQuestion() async throws {
        let gate = Gate()
        let world = try await GatewayWorld {
            $0.adapter.follow { inquiry, number throws(AdapterError) in
                guard number == 0 else {
                    return InquiryResult(state: .okUnused)
                }
                await gate.pass()
                return InquiryResult(state: .notFound)
            }
        }
        try await world.running { world in
            let delivered = try await world.deliver(GatewayWorld.body(), id: "w-1")
            try await eventually("the first question is out") { gate.waitingCount == 1 }
            world.time.advance(by: .seconds(1))
            guard case .tested = await world.selfTest(delivered) else {
                Issue.record("no self-test")
                return
            }
            _ = try await world.item(delivered, becomes: "ok_unused")
            let size = try await world.leafTypes().count
            gate.open()
            try await eventually("the old answer has its leaf") {
                try await world.leafTypes().count == size + 1
            }
            _ = try await world.item(delivered, becomes: "ok_unused")
            #expect(try await world.claims().isEmpty)
        }
    }
}

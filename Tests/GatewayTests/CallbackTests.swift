import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// What issuers report by themselves: authentic, recorded once, acknowledged every time.
@Suite("Callbacks")
struct CallbackTests {
    @Test("a report is recorded once and acknowledged every time")
    func twice() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            #expect(
                await world.report(.okActivatedByBuyer, about: order.number).acknowledgement
                    == "success"
            )
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            let size = try await world.wordCount()
            for _ in 0..<3 {
                let again = await world.report(.okActivatedByBuyer, about: order.number)
                #expect(again.acknowledgement == "success")
            }
            #expect(try await world.wordCount() == size)
            try await world.idle()
            #expect(try await world.orders().last?.dueAt == nil)
        }
    }

    @Test("a report that comes before the answer to the order stands, and the answer after it too")
    func beforeTheAnswer() async throws {
        let gate = Gate()
        let redeemer = ScriptedRedeemer(id: "redeemer")
        redeemer.redeeming { _ throws(AdapterError) in
            await gate.pass()
            return .accepted
        }
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            try await eventually("the issuer has the order") { gate.waitingCount == 1 }
            let order = try await world.order(becomes: .intended)
            let answer = await world.report(.okActivatedByBuyer, about: order.number)
            #expect(answer.acknowledgement == "success")
            let size = try await world.wordCount()
            gate.open()
            try await eventually("the answer has its leaf") {
                try await world.wordCount() == size + 1
            }
            #expect(try await world.orders().map(\.state) == [.settled])
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
        }
        #expect(redeemer.redeemed.count == 1)
    }

    @Test("a later contrary word supersedes, both are evidence, and the old one replayed does not")
    func contrary() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            _ = await world.report(.notFound, about: order.number)
            _ = try await world.item(delivered, becomes: "not_found")
            let before = try await world.wordCount()
            _ = await world.report(.okActivatedByBuyer, about: order.number)
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            let after = try await world.wordCount()
            #expect(after == before + 1)
            _ = await world.report(.notFound, about: order.number)
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
        }
    }

    @Test("a claim that the first word opened hears the contrary one")
    func claimHears() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            let delivered = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            _ = await world.report(.revoked, about: order.number)
            _ = try await world.item(delivered, becomes: "revoked")
            let opened = try await world.claims()
            try #require(!opened.isEmpty)
            _ = await world.report(.okActivatedByBuyer, about: order.number)
            _ = try await world.item(delivered, becomes: "ok_activated_by_buyer")
            for claim in opened {
                let history = try await world.store.claimHistory(claim.id)
                #expect(history.last?.event == "verdict.recorded")
            }
        }
    }

    @Test("what is not authentic, or not about an order of this address, changes nothing")
    func refused() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            let size = try await world.wordCount()
            let other = try #require(RedemptionNumber(rawValue: 1))
            #expect(await world.report(.used, about: order.number, signedAs: 7).isRefused)
            #expect(await world.report(.used, about: other).isRefused)
            let elsewhere = await world.report(.used, about: order.number, platform: "bazaar")
            guard case .unknown = elsewhere else {
                Issue.record("\(elsewhere)")
                return
            }
            let asked = await world.report(.used, about: order.number, adapter: "issuer")
            guard case .unknown = asked else {
                Issue.record("\(asked)")
                return
            }
            #expect(try await world.wordCount() == size)
            #expect(try await world.orders().map(\.state) == [.accepted])
        }
    }

    @Test("an issuer that reports without end is heard a bounded number of times")
    func bounded() async throws {
        let redeemer = ScriptedRedeemer(id: "redeemer")
        let world = try await GatewayWorld.redeeming(redeemer)
        try await world.running { world in
            _ = try await world.ordered()
            let order = try await world.order(becomes: .accepted)
            var heard = 0
            let before = try await world.wordCount()
            for number in 1...40 {
                let answer = await world.report(
                    .notFound, about: order.number, text: "word-\(number)")
                if answer.acknowledgement != nil { heard += 1 }
            }
            #expect(heard == 32)
            #expect(try await world.wordCount() == before + 32)
            let again = await world.report(.notFound, about: order.number, text: "word-1")
            #expect(again.acknowledgement == "success", "what was recorded is acknowledged")
        }
    }
}

extension GatewayWorld {
    /// Leaves about orders. The check's own leaf comes when its lane has time for it.
    fileprivate func wordCount() async throws -> Int {
        try await leafTypes().count { $0 == "redemption" }
    }
}

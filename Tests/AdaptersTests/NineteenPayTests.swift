import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@Suite("19pay against a server in Python")
struct NineteenPayTests {
    private func world(
        _ cards: [String: Any],
        settings: [String: String] = ["card_type": "CMJFK", "card_channel": "CMJFK00010001"]
    ) throws -> AggregatorWorld {
        try AggregatorWorld(
            "19pay",
            server: "nineteenpay_server.py",
            configuration: [
                "version_id": "2.00", "merchant_id": "991", "merchant_key": "mark-Np99-Merchant",
                "cards": cards,
            ],
            settings: ["merchant_id": "991"].merging(settings) { $1 },
            secrets: ["merchant_key": "mark-Np99-Merchant"],
            paths: ["endpoint": "/charge"]
        )
    }

    private static let codes: [(String, String, VerdictState, RedemptionAnswer.Disposition)] = [
        ("Y", "00000", .okActivatedByBuyer, .settled),
        ("Y", "00001", .okActivatedByBuyer, .settled),
        ("Y", "00003", .undervalued, .settled), ("N", "00002", .undervalued, .settled),
        ("N", "10014", .indeterminate, .unknown), ("N", "10016", .indeterminate, .unknown),
        ("N", "10029", .indeterminate, .unknown), ("N", "10030", .indeterminate, .unknown),
        ("N", "10076", .indeterminate, .unknown), ("N", "10082", .indeterminate, .unknown),
        ("N", "10083", .locked, .settled), ("N", "10091", .indeterminate, .accepted),
        ("N", "10110", .indeterminate, .unknown), ("N", "10119", .wrongProduct, .settled),
        ("N", "10120", .indeterminate, .accepted), ("N", "10123", .indeterminate, .unknown),
        ("N", "10124", .indeterminate, .unknown), ("N", "81000", .revoked, .settled),
        ("N", "81001", .indeterminate, .unknown), ("N", "81007", .notFound, .settled),
        ("N", "82009", .indeterminate, .notTaken), ("N", "82019", .unsupported, .settled),
        ("N", "99999", .indeterminate, .unknown), ("N", "00000", .indeterminate, .unknown),
        ("Y", "81007", .indeterminate, .unknown), ("X", "00000", .indeterminate, .unknown),
    ]

    @Test("every code of a notification means what its table says")
    func codes() async throws {
        let scripts = Self.codes.enumerated().map { index, code in
            ["notices": [[code.0, code.1]], "encrypted": index.isMultiple(of: 2)] as [String: Any]
        }
        let world = try world(AggregatorWorld.cards(scripts))
        for (index, (result, code, state, disposition)) in Self.codes.enumerated() {
            let order = try world.order(index)
            let receipt = try await world.redeem(order)
            #expect(receipt.disposition == .accepted && receipt.result.issuer.code == "P")
            #expect(receipt.result.issuer.text == "订单已受理")
            let reading = try world.callback(about: order)
            #expect(reading.answer.result.state == state, "\(result) \(code)")
            #expect(reading.answer.disposition == disposition, "\(result) \(code)")
            #expect(reading.answer.result.issuer.code == code)
            #expect(reading.acknowledgement.body == Array("Y".utf8))
        }
        #expect(try await world.acknowledged(scripts.count).count == scripts.count)
        #expect(try await world.state()["refused"] == [])
    }

    @Test("a failure that is reported again as a success is read as one, about the same order")
    func failureThenSuccess() async throws {
        let notices = [["N", "81007"], ["Y", "00000"]]
        let world = try world(AggregatorWorld.cards([["notices": notices]]))
        let order = try world.order()
        _ = try await world.redeem(order)
        #expect(try world.callback(about: order).answer.result.state == .notFound)
        #expect(try world.callback(about: order).answer.result.state == .okActivatedByBuyer)
        #expect(try await world.acknowledged(2).count == 2)
        #expect(try await world.state()["submissions"]?[AggregatorWorld.serial(0)] == 1)
    }

    @Test("a forged notification and another order's fields are not believed")
    func forgeries() async throws {
        let scripts: [[String: Any]] = [
            ["notices": [["Y", "00000"]], "forged": true],
            ["notices": [["Y", "00000"]], "changes": ["amount": "500.00"]],
            ["notices": [["Y", "00000"]], "changes": ["card_num1": "99999999999999999"]],
            ["notices": [["Y", "00000"]], "changes": ["order_date": "20261121"]],
            ["notices": [["Y", "00000"]], "changes": ["merchant_id": "992"]],
            ["notices": [["Y", "00000"]], "changes": ["pc_id1": "LTJFK00020000"]],
        ]
        for index in scripts.indices {
            let world = try world(AggregatorWorld.cards(scripts))
            let order = try world.order(index)
            _ = try await world.redeem(order)
            let reason = try world.refusal(about: order)
            #expect(reason == (index == 0 ? .badSignature : .otherOrder), "\(index)")
        }
    }

    @Test("only P is a receipt; anything else is not understood, and nothing is asked twice")
    func replies() async throws {
        let world = try world(
            AggregatorWorld.cards([["reply": "F"], ["silent": true, "notices": []]])
        )
        let failed = try await world.redeem(world.order(0))
        #expect(failed.disposition == .unknown && failed.result.cause == .unmapped)
        do {
            _ = try await world.redeem(world.order(1))
            Issue.record("an answer came")
        } catch let error as AdapterError {
            #expect(error.mayHaveReachedIssuer && error.transcripts.count == 1)
        }
        #expect(try await world.state()["submissions"]?[AggregatorWorld.serial(1)] == 1)
    }

    @Test("the encrypted serial and key cannot be read in the transcript")
    func encryptedCard() async throws {
        let world = try world(AggregatorWorld.cards([["notices": [["Y", "00000"]]]]))
        let order = try world.order()
        let answer = try await world.redeem(order)
        let text = String(decoding: answer.result.transcripts[0].requestBytes, as: UTF8.self)
        #expect(text.contains("cardnum1=[redacted]&cardnum2=[redacted]&pm_id=CMJFK"))
        _ = try world.callback(about: order)
    }

    @Test("nothing is sent without a face value or a kind that fits")
    func refusals() async throws {
        let cards = AggregatorWorld.cards([[:]])
        let world = try world(cards)
        let bare = try self.world(cards, settings: ["card_type": "CMJFK"])
        let mixed = try self.world(
            cards,
            settings: ["card_type": "CMJFK", "card_channel": "LTJFK00020000"]
        )
        let orders: [(AggregatorWorld, RedemptionOrder)] = [
            (world, try world.order(faceValue: nil)), (world, try world.order(faceValue: 5050)),
            (world, try world.order(format: .builtIn("unicom"))), (bare, try bare.order()),
            (mixed, try mixed.order()), (world, try world.order(callbackURL: .some(nil))),
        ]
        for (index, (world, order)) in orders.enumerated() {
            do {
                _ = try await world.redeem(order)
                Issue.record("order \(index) was sent")
            } catch let error as AdapterError {
                #expect(error.code == .inquiry && !error.mayHaveReachedIssuer, "\(index)")
            }
        }
    }
}

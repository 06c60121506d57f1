import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@Suite("yeepay-card against a server in Python")
struct YeePayTests {
    private func world(
        _ cards: [String: Any],
        charset: String = "utf-8",
        settings: [String: String] = ["card_type": "SZX"]
    ) throws -> AggregatorWorld {
        try AggregatorWorld(
            "yeepay-card",
            server: "yeepay_server.py",
            configuration: [
                "merchant_id": "10000000001", "key": "mark-Yp77-Merchant-Key", "charset": charset,
                "cards": cards,
            ],
            settings: ["merchant_id": "10000000001", "hmac_charset": charset]
                .merging(settings) { $1 },
            secrets: ["merchant_key": "mark-Yp77-Merchant-Key"],
            paths: [
                "endpoint": "/app-merchant-proxy/command.action",
                "query_endpoint": "/app-merchant-proxy/command",
            ]
        )
    }

    private static let statuses: [(String, VerdictState, RedemptionAnswer.Disposition)] = [
        ("0", .okActivatedByBuyer, .settled), ("1", .conflict, .settled),
        ("2", .indeterminate, .unknown), ("7", .wrongProduct, .settled),
        ("1002", .indeterminate, .notTaken), ("1003", .unsupported, .settled),
        ("1004", .notFound, .settled), ("1006", .notFound, .settled),
        ("1007", .partiallyUsed, .settled), ("1008", .expired, .settled),
        ("1010", .indeterminate, .unknown), ("2005", .used, .settled),
        ("2006", .indeterminate, .unknown), ("2007", .notFound, .settled),
        ("2008", .indeterminate, .notTaken), ("2009", .indeterminate, .notTaken),
        ("2010", .indeterminate, .notTaken), ("2011", .indeterminate, .notTaken),
        ("2012", .indeterminate, .notTaken), ("2013", .locked, .settled),
        ("2014", .indeterminate, .notTaken), ("3001", .notFound, .settled),
        ("3002", .used, .settled), ("3003", .revoked, .settled), ("3004", .revoked, .settled),
        ("3005", .notActivated, .settled), ("3006", .notFound, .settled),
        ("3007", .indeterminate, .unknown), ("3101", .indeterminate, .unknown),
        ("3102", .expired, .settled), ("10000", .indeterminate, .unknown),
        ("4711", .indeterminate, .unknown),
    ]

    @Test(
        "every card status that is called back means what its table says, in either charset",
        arguments: ["utf-8", "gbk"])
    func statuses(charset: String) async throws {
        let scripts = Self.statuses.map { status in
            ["notices": [[status.0 == "0" ? "1" : "2", status.0]]] as [String: Any]
        }
        let world = try world(
            AggregatorWorld.cards(scripts),
            charset: charset,
            settings: ["card_type": "SZX", "product_name": "充值卡"]
        )
        for (index, (status, state, disposition)) in Self.statuses.enumerated() {
            let order = try world.order(index)
            let receipt = try await world.redeem(order)
            #expect(receipt.disposition == .accepted && receipt.result.cause == .inProgress)
            let reading = try world.callback(about: order)
            #expect(reading.answer.result.state == state, "\(status)")
            #expect(reading.answer.disposition == disposition, "\(status)")
            #expect(reading.answer.result.issuer.code == status)
            #expect(reading.answer.result.actualValue?.minorUnits == (status == "0" ? 5000 : nil))
        }
        #expect(try await world.acknowledged(scripts.count).count == scripts.count)
        let state = try await world.state()
        #expect(state["refused"] == [])
        let counts = state["submissions"]?.objectValue?.members.map(\.value) ?? []
        #expect(counts == Array(repeating: 1, count: scripts.count))
    }

    private static let replies:
        [(String, VerdictState, RedemptionAnswer.Disposition, IndeterminateCause?)] = [
            ("1", .indeterminate, .accepted, .inProgress),
            ("2", .indeterminate, .unknown, .alreadySubmitted), ("5", .malformed, .settled, nil),
            ("7", .malformed, .settled, nil), ("61", .malformed, .settled, nil),
            ("11", .indeterminate, .unknown, .alreadySubmitted),
            ("21", .indeterminate, .notTaken, .issuerUnavailable),
            ("66", .indeterminate, .notTaken, .ourRequest),
            ("95", .indeterminate, .notTaken, .ourAccount),
            ("112", .indeterminate, .notTaken, .ourAccount),
            ("8001", .indeterminate, .notTaken, .ourRequest),
            ("8002", .indeterminate, .notTaken, .ourRequest),
            ("-100", .indeterminate, .unknown, .ambiguousAnswer),
            ("77", .indeterminate, .unknown, .unmapped),
        ]

    @Test("every code that answers a submission means what its table says")
    func replies() async throws {
        let scripts = Self.replies.map { ["reply": $0.0, "notices": []] as [String: Any] }
        let world = try world(AggregatorWorld.cards(scripts))
        for (index, (code, state, disposition, cause)) in Self.replies.enumerated() {
            let answer = try await world.redeem(world.order(index))
            #expect(answer.result.state == state && answer.disposition == disposition, "\(code)")
            #expect(answer.result.cause == cause && answer.result.issuer.code == code)
        }
    }

    @Test("a reply that repeats the card is kept without it")
    func echoedCard() async throws {
        let text = "卡 \(AggregatorWorld.card.key) 已提交"
        let world = try world(AggregatorWorld.cards([["reply": "2", "message": text]]))
        let answer = try await world.redeem(world.order())
        #expect(answer.result.issuer.text == "卡 [redacted] 已提交")
    }

    @Test("a wrong key of ours is our account, and takes nothing")
    func wrongKey() async throws {
        let server = try world(AggregatorWorld.cards([[:]]))
        let adapter = try ShippedAdapters.factory("yeepay-card").adapter(
            configuredBy: AdapterConfiguration(
                id: "y",
                settings: [
                    "merchant_id": "10000000001", "card_type": "SZX",
                    "endpoint": server.server.address + "/app-merchant-proxy/command.action",
                ],
                secrets: ["merchant_key": SecretValue("another key")]
            )
        )
        let redeeming = try #require(adapter as? any RedeemingAdapter)
        let answer = try await redeeming.redeem(server.order(), using: LoopbackTransport())
        #expect(answer.disposition == .notTaken && answer.result.cause == .ourAccount)
        #expect(try await server.state()["submissions"] == [:])
    }

    @Test("a real value below the declared one is undervalued")
    func undervalued() async throws {
        let script: [String: Any] = ["notices": [["2", "7"]], "value": "30.00"]
        let world = try world(AggregatorWorld.cards([script]))
        let order = try world.order()
        _ = try await world.redeem(order)
        let reading = try world.callback(about: order)
        #expect(reading.answer.result.state == .undervalued)
        #expect(reading.answer.result.actualValue?.minorUnits == 3000)
    }

    @Test("a forged, contradictory or foreign callback is not believed")
    func forgeries() async throws {
        let scripts: [[String: Any]] = [
            ["notices": [["1", "0"]], "forged": true],
            ["notices": [["1", "0"]], "changes": ["p5_CardNo": "99999999999999999"]],
            ["notices": [["1", "0"]], "changes": ["p3_Amt": "500.00"]],
            ["notices": [["1", "0"]], "changes": ["p1_MerId": "10000000002"]],
            ["notices": [["1", "0"]], "changes": ["p4_FrpId": "UNICOM"]],
            ["notices": [["1", "0"]], "changes": ["p9_MP": "note"]],
            ["notices": [["1", "3002"]]], ["notices": [["2", "0"]]],
        ]
        let reasons: [CallbackRefusal.Reason] = [
            .badSignature, .otherOrder, .otherOrder, .otherOrder, .otherOrder, .otherOrder,
        ]
        // One world each: a refused callback comes again.
        for (index, reason) in reasons.enumerated() {
            let world = try world(AggregatorWorld.cards(scripts))
            let order = try world.order(index)
            _ = try await world.redeem(order)
            #expect(try world.refusal(about: order) == reason, "\(index)")
        }
        let world = try world(AggregatorWorld.cards(scripts))
        for index in 6...7 {
            let order = try world.order(index)
            _ = try await world.redeem(order)
            let reading = try world.callback(about: order)
            #expect(reading.answer.disposition == .unknown)
            #expect(reading.answer.result.cause == .ambiguousAnswer)
        }
    }

    @Test(
        "digits moved between status and amounts under one signature are refused",
        arguments: [
            // Processing, read as a wrong face value; busy, read as a debited card.
            ("3007", ["p7_realAmount": "0.00300", "p8_cardStatus": "7"]),
            ("1002", ["p8_cardStatus": "1", "pb_BalanceAmt": "0020.00"]),
            ("1002", ["p8_cardStatus": "1", "p9_MP": "002"]),
        ]
    )
    func movedDigits(status: String, moved: [String: String]) async throws {
        let world = try world(AggregatorWorld.cards([["notices": [["2", status]]]]))
        let order = try world.order()
        _ = try await world.redeem(order)
        let adapter = world.adapter
        _ = try world.listener.next(receivedAt: AggregatorWorld.placedAt) { callback in
            #expect(throws: Never.self) { try adapter.read(callback, about: order) }
            let form = try #require(RawForm(parsing: callback.rawQuery))
            var forged = callback
            let fields = form.fields.map {
                ($0.name, moved[$0.name].map { Array($0.utf8) } ?? $0.value)
            }
            #expect(
                fields.filter { $0.0 != "hmac" }.flatMap(\.1)
                    == form.fields.filter { $0.name != "hmac" }.flatMap(\.value))
            forged.rawQuery = RawForm(fields).encoded
            let refusal = #expect(throws: CallbackRefusal.self) {
                try adapter.read(forged, about: order)
            }
            #expect(refusal?.reason != .badSignature)
            return nil
        }
    }

    @Test("a callback that comes twice is read and answered twice alike")
    func repeated() async throws {
        let world = try world(AggregatorWorld.cards([["notices": [["1", "0"]], "repeat": 2]]))
        let order = try world.order()
        _ = try await world.redeem(order)
        let first = try world.callback(about: order)
        let second = try world.callback(about: order)
        #expect(first.answer.result.state == second.answer.result.state)
        #expect(first.acknowledgement == second.acknowledgement)
        #expect(try await world.acknowledged(2).count == 2)
    }

    @Test("an order whose reply never came is known to the query, which never decides")
    func lostReply() async throws {
        let scripts: [[String: Any]] = ["INIT", "SUCCESS", "CANCELED", "NEW"].map {
            ["silent": true, "notices": [], "pay_status": $0]
        }
        let world = try world(
            AggregatorWorld.cards(scripts + [["silent": true, "notices": [], "query": "3"]]))
        let causes: [IndeterminateCause] = [
            .inProgress, .ambiguousAnswer, .ambiguousAnswer, .unmapped, .inProgress,
        ]
        for (index, cause) in causes.enumerated() {
            let order = try world.order(index)
            do {
                _ = try await world.redeem(order)
                Issue.record("an answer came")
            } catch let error as AdapterError {
                #expect(error.mayHaveReachedIssuer)
            }
            let answer = try await world.query(order)
            #expect(answer.result.cause == cause && answer.result.state == .indeterminate)
            #expect(answer.disposition == (cause == .inProgress ? .accepted : .unknown))
        }
        let never = try await world.query(world.order(9))
        #expect(never.disposition == .notTaken && never.result.issuer.code == "50")
        let again = try await world.redeem(world.order(0))
        #expect(again.disposition == .unknown && again.result.cause == .alreadySubmitted)
    }

    @Test("nothing is sent without a face value, a kind, a serial or an address for the callback")
    func refusals() async throws {
        let world = try world(AggregatorWorld.cards([[:]]))
        let bare = try self.world(AggregatorWorld.cards([[:]]), settings: [:])
        var serialless = try world.order()
        serialless.inquiry.code.serial = nil
        let orders: [(AggregatorWorld, RedemptionOrder)] = [
            (world, try world.order(faceValue: nil)), (world, try world.order(faceValue: 0)),
            (world, serialless), (world, try world.order(key: "1234,5678", format: .generic)),
            (world, try world.order(format: .builtIn("unicom"))),
            (world, try world.order(callbackURL: .some(nil))), (bare, try bare.order()),
        ]
        for (index, (world, order)) in orders.enumerated() {
            do {
                _ = try await world.redeem(order)
                Issue.record("order \(index) was sent")
            } catch let error as AdapterError {
                #expect(error.code == .inquiry && !error.mayHaveReachedIssuer, "\(index)")
                #expect(error.transcripts.isEmpty)
            }
        }
        #expect(try await world.state()["submissions"] == [:])
    }
}

import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@Suite("shenzhoufu against a server in Python")
struct ShenzhoufuTests {
    /// The vendor's key and certificate, made once a test run by OpenSSL.
    private static let rsa = Result { try Self.makeKey() }

    private static func makeKey() throws -> (keyFile: String, certificate: String) {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "szf-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let key = folder.appending(path: "key.pem").path
        let der = folder.appending(path: "certificate.der")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "rsa:1024", "-nodes", "-keyout", key, "-subj",
            "/CN=synthetic", "-outform", "DER", "-out", der.path,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return (key, Base64.encode([UInt8](try Data(contentsOf: der))))
    }

    private func world(
        _ cards: [String: Any],
        mode: String = "1",
        method: String = "GET",
        signed: Bool = false,
        settings: [String: String] = ["card_type": "0"]
    ) throws -> AggregatorWorld {
        var configuration: [String: Any] = [
            "merchant_id": "151525", "private_key": "mark-Sz88-Private-Key",
            "des_key": "fNCrhSynUm4=", "md5_mode": mode, "method": method, "cards": cards,
        ]
        var settings = settings
        if signed {
            let (key, certificate) = try Self.rsa.get()
            configuration["rsa_key"] = key
            settings["certificate"] = certificate
        }
        return try AggregatorWorld(
            "shenzhoufu",
            server: "shenzhoufu_server.py",
            configuration: configuration,
            settings: [
                "merchant_id": "151525", "notify_md5_mode": mode, "private_field": "ref1",
            ].merging(settings) { $1 },
            secrets: ["private_key": "mark-Sz88-Private-Key", "des_key": "fNCrhSynUm4="],
            paths: [
                "endpoint": "/interface/version3/serverconnszx/entry-noxml.aspx",
                "query_endpoint": "/interface/version3/query/entry.aspx",
            ]
        )
    }

    @Test(
        "success and failure are told in each of the three modes, by GET and by POST",
        arguments: ["1", "2", "3"])
    func modes(mode: String) async throws {
        let cards = AggregatorWorld.cards([
            ["notices": [["1", "200"]], "card_money": "50"], ["notices": [["0", "202"]]],
        ])
        for method in ["GET", "POST"] {
            let world = try world(cards, mode: mode, method: method)
            let good = try world.order(0)
            #expect(try await world.redeem(good).disposition == .accepted)
            let success = try world.callback(about: good)
            #expect(success.answer.disposition == .settled)
            #expect(success.answer.result.state == .okActivatedByBuyer)
            #expect(success.answer.result.actualValue?.minorUnits == (mode == "1" ? nil : 5000))
            #expect(success.acknowledgement.body == Array("20261120-151525-700000".utf8))
            let bad = try world.order(1)
            _ = try await world.redeem(bad)
            let failure = try world.callback(about: bad)
            #expect(failure.answer.disposition == .unknown)
            #expect(failure.answer.result.state == .indeterminate)
            #expect(failure.answer.result.issuer.code == "202", "the code stays as a hint")
            #expect(try await world.acknowledged(2).count == 2)
            #expect(try await world.state()["refused"] == [])
        }
    }

    private static let errorCodes: [(String, VerdictState, RedemptionAnswer.Disposition)] = [
        ("200", .indeterminate, .unknown), ("201", .indeterminate, .unknown),
        ("202", .used, .settled), ("203", .notFound, .settled), ("204", .locked, .settled),
        ("205", .unsupported, .settled), ("206", .indeterminate, .unknown),
        ("207", .unsupported, .settled), ("208", .notFound, .settled),
        ("209", .notActivated, .settled), ("210", .revoked, .settled), ("211", .expired, .settled),
        ("212", .undervalued, .settled), ("213", .unsupported, .settled),
        ("214", .unsupported, .settled), ("215", .unsupported, .settled),
        ("216", .indeterminate, .notTaken), ("217", .indeterminate, .notTaken),
        ("218", .indeterminate, .notTaken), ("219", .indeterminate, .notTaken),
        ("220", .indeterminate, .unknown), ("221", .indeterminate, .unknown),
        ("299", .indeterminate, .unknown),
    ]

    @Test(
        "errcode decides where the operator says so and signString is valid; else it is a hint",
        arguments: [true, false])
    func errorCodes(decides: Bool) async throws {
        let cards = AggregatorWorld.cards(
            Self.errorCodes.map { ["notices": [["0", $0.0]], "card_money": "30"] }
        )
        let world = try world(
            cards,
            mode: "2",
            signed: true,
            settings: ["card_type": "0", "errcode_decides": decides ? "signed" : "never"]
        )
        for (index, (code, state, disposition)) in Self.errorCodes.enumerated() {
            let order = try world.order(index)
            _ = try await world.redeem(order)
            let answer = try world.callback(about: order).answer
            #expect(answer.result.issuer.code == code)
            #expect(answer.result.state == (decides ? state : .indeterminate), "\(code)")
            #expect(answer.disposition == (decides ? disposition : .unknown), "\(code)")
            if answer.disposition == .settled { #expect(answer.result.certainty == .derived) }
        }
    }

    @Test("an errcode changed on the way passes every signature: so it does not decide by itself")
    func changedOnTheWay() async throws {
        let script: [String: Any] = ["notices": [["0", "219"]], "errcode_on_the_way": "202"]
        let world = try world(AggregatorWorld.cards([script]), signed: true)
        let order = try world.order()
        _ = try await world.redeem(order)
        #expect(try world.callback(about: order).answer.result.state == .indeterminate)
    }

    @Test("a forged MD5, a forged signString and another order's fields are not believed")
    func forgeries() async throws {
        let scripts: [[String: Any]] = [
            ["notices": [["1", "200"]], "forged": true],
            ["notices": [["1", "200"]], "forged_sign": true],
            ["notices": [["1", "200"]], "changes": ["payMoney": "500000"]],
            ["notices": [["1", "200"]], "changes": ["privateField": "ref2"]],
            ["notices": [["1", "200"]], "changes": ["merId": "151526"]],
        ]
        let reasons: [CallbackRefusal.Reason] = [
            .badSignature, .badSignature, .otherOrder, .otherOrder, .otherOrder,
        ]
        for (index, reason) in reasons.enumerated() {
            let world = try world(AggregatorWorld.cards(scripts), signed: true)
            let order = try world.order(index)
            _ = try await world.redeem(order)
            #expect(try world.refusal(about: order) == reason, "\(index)")
        }
    }

    private static let replies: [(String, RedemptionAnswer.Disposition, IndeterminateCause)] = [
        ("200", .accepted, .inProgress), ("0", .unknown, .issuerUnavailable),
        ("101", .notTaken, .ourAccount), ("102", .unknown, .alreadySubmitted),
        ("103", .notTaken, .ourAccount), ("104", .unknown, .alreadySubmitted),
        ("105", .unknown, .alreadySubmitted), ("106", .notTaken, .issuerUnavailable),
        ("107", .unknown, .ambiguousAnswer), ("109", .notTaken, .ourAccount),
        ("201", .notTaken, .ourAccount), ("501", .unknown, .issuerUnavailable),
        ("502", .unknown, .issuerUnavailable), ("902", .notTaken, .ourRequest),
        ("903", .notTaken, .ourAccount), ("904", .notTaken, .ourAccount),
        ("905", .notTaken, .ourAccount), ("906", .notTaken, .ourAccount),
        ("907", .notTaken, .ourAccount), ("908", .unknown, .alreadySubmitted),
        ("909", .unknown, .alreadySubmitted), ("910", .notTaken, .ourRequest),
        ("911", .notTaken, .ourRequest), ("912", .notTaken, .ourRequest),
        ("913", .notTaken, .notSupportedByIssuer), ("914", .notTaken, .ourRequest),
        ("915", .notTaken, .ourRequest), ("916", .notTaken, .ourAccount),
        ("917", .notTaken, .ourRequest), ("777", .unknown, .unmapped),
    ]

    @Test("every bare code that answers a submission is a receipt and no verdict")
    func replies() async throws {
        let scripts = Self.replies.map { ["reply": $0.0, "notices": []] as [String: Any] }
        let world = try world(AggregatorWorld.cards(scripts))
        for (index, (code, disposition, cause)) in Self.replies.enumerated() {
            let answer = try await world.redeem(world.order(index))
            #expect(
                answer.result.state == .indeterminate && answer.result.cause == cause, "\(code)")
            #expect(answer.disposition == disposition && answer.result.issuer.code == code)
        }
    }

    @Test("a lost reply is settled by the signed query")
    func query() async throws {
        let results: [(String, VerdictState, RedemptionAnswer.Disposition)] = [
            ("1", .okActivatedByBuyer, .settled), ("0", .indeterminate, .unknown),
            ("2", .indeterminate, .accepted), ("9", .indeterminate, .unknown),
        ]
        let scripts: [[String: Any]] = results.map {
            ["silent": true, "notices": [], "query": $0.0]
        }
        let forged: [String: Any] = [
            "silent": true, "notices": [], "query": "1", "query_forged": true,
        ]
        let world = try world(AggregatorWorld.cards(scripts + [forged]))
        for (index, (result, state, disposition)) in results.enumerated() {
            let order = try world.order(index)
            await #expect(throws: AdapterError.self) { try await world.redeem(order) }
            let answer = try await world.query(order)
            #expect(answer.result.state == state && answer.disposition == disposition, "\(result)")
        }
        let order = try world.order(results.count)
        await #expect(throws: AdapterError.self) { try await world.redeem(order) }
        #expect(try await world.query(order).result.cause == .badSignature)
        let never = try await world.query(world.order(9))
        #expect(never.disposition == .notTaken && never.result.issuer.code == "F003")
        #expect(try await world.redeem(world.order(0)).result.cause == .alreadySubmitted)
    }

    @Test("the encrypted card cannot be read in any transcript, escaped or not")
    func encryptedCard() async throws {
        let world = try world(AggregatorWorld.cards([["notices": [["1", "200"]]]]))
        let order = try world.order()
        let answer = try await world.redeem(order)
        let text = String(decoding: answer.result.transcripts[0].requestBytes, as: UTF8.self)
        #expect(text.contains("cardInfo=[redacted]") && text.contains("orderId=20261120-151525"))
        _ = try world.callback(about: order)
    }

    @Test("settings that make no valid request are our account, and a value with fen is not sent")
    func refusals() async throws {
        let cards = AggregatorWorld.cards([[:]])
        let faults: [[String: String]] = [
            ["card_type": "0", "notify_md5_mode": "4"], ["card_type": "0", "certificate": "AAAA"],
            ["card_type": "0", "errcode_decides": "signed"],
            ["card_type": "0", "merchant_id": "1"],
        ]
        for fault in faults {
            let world = try world(cards, settings: fault)
            do {
                _ = try await world.redeem(world.order())
                Issue.record("\(fault) was sent")
            } catch let error as AdapterError {
                #expect(error.code == .settings && error.cause == .ourAccount)
            }
        }
        let world = try world(cards)
        let bare = try self.world(cards, settings: [:])
        let orders: [(AggregatorWorld, RedemptionOrder)] = [
            (world, try world.order(faceValue: 4999)), (world, try world.order(faceValue: nil)),
            (world, try world.order(format: .builtIn("telecom"))), (bare, try bare.order()),
        ]
        for (world, order) in orders {
            do {
                _ = try await world.redeem(order)
                Issue.record("an order was sent")
            } catch let error as AdapterError {
                #expect(error.code == .inquiry && !error.mayHaveReachedIssuer)
            }
        }
    }
}

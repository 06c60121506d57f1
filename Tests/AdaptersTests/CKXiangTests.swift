import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

@Suite("ckxiang against a server in Python")
struct CKXiangTests {
    private static let secret = "mark-Ck55-App-Secret"

    private func server(_ cards: [String: Any], fields: String = "all") throws -> PythonIssuer {
        try AggregatorWorld.start(
            "ckxiang_server.py",
            ["app_id": "app-1", "app_secret": Self.secret, "signed_fields": fields, "cards": cards]
        )
    }

    private func adapter(
        _ server: PythonIssuer,
        _ more: [String: String] = [
            "product_mark": "iTunes", "region_id": "2", "region_name": "美国", "auto_type": "0",
        ],
        secret: String = secret
    ) throws -> any IssuerAdapter {
        try ShippedAdapters.factory("ckxiang").adapter(
            configuredBy: AdapterConfiguration(
                id: "c",
                settings: ["endpoint": server.address, "app_id": "app-1"].merging(more) { $1 },
                secrets: ["app_secret": SecretValue(secret)]
            )
        )
    }

    private func inquiry(
        _ key: String,
        serial: String? = nil,
        continuation: String? = nil
    ) -> Inquiry {
        Inquiry(
            code: CardCode(serial: serial.map { SerialNumber($0) }, key: CardKey(key)),
            product: "test",
            askedAt: AggregatorWorld.placedAt,
            format: .generic,
            continuation: continuation
        )
    }

    private func state(_ server: PythonIssuer) async throws -> JSONValue {
        let response = try await LoopbackTransport().send(
            OutboundRequest(
                method: "GET",
                url: SecretURL(server.address + "/control/state"),
                timeout: .seconds(10),
                responseBytesLimit: 1 << 20
            )
        )
        return try JSONValue.parse(response.body)
    }

    /// Asks as the schedule does, until something else than "in progress" is said.
    private func ask(
        _ adapter: any IssuerAdapter,
        _ key: String,
        serial: String? = nil
    ) async throws -> (result: InquiryResult, asks: Int) {
        var question = inquiry(key, serial: serial)
        for asks in 1...20 {
            let result = try await adapter.inquire(question, using: LoopbackTransport())
            expectNoLeak(result, key)
            guard result.cause == .inProgress else { return (result, asks) }
            #expect(result.retryAfter == .seconds(8))
            question.continuation = result.continuation
            try #require(question.continuation != nil)
        }
        throw AdapterError(code: .transport, message: "no end", cause: .timedOut)
    }

    private func expectNoLeak(_ result: InquiryResult, _ key: String) {
        for transcript in result.transcripts {
            for bytes in [transcript.requestBytes, transcript.responseBytes] {
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.contains(key) && !text.contains(Self.secret))
                #expect(text.firstMatch(of: /[0-9a-f]{32}/) == nil, "encrypted data is readable")
            }
        }
    }

    private static let statuses: [(Int, VerdictState, IndeterminateCause?)] = [
        (2, .okUnused, nil), (3, .indeterminate, .ambiguousAnswer), (4, .used, nil),
        (5, .indeterminate, .issuerUnavailable), (6, .indeterminate, .ourAccount),
        (9, .indeterminate, .unmapped),
    ]

    @Test(
        "every status means what its table says; one submission, then polls",
        arguments: ["all", "non_empty"])
    func statuses(fields: String) async throws {
        var cards: [String: Any] = [:]
        for (status, _, _) in Self.statuses {
            cards["X12312312312\(9000 + status)"] = ["statuses": [0, 1, status], "message": "检测"]
        }
        let server = try server(cards, fields: fields)
        let adapter = try adapter(
            server,
            ["product_mark": "iTunes", "region_id": "2", "auto_type": "0", "signed_fields": fields]
        )
        for (status, state, cause) in Self.statuses {
            let key = "X12312312312\(9000 + status)"
            let (result, asks) = try await ask(adapter, key)
            #expect(result.state == state && result.cause == cause, "\(status)")
            #expect(result.certainty == .derived && result.issuer.code == "\(status)")
            #expect(result.issuer.text == "检测" && asks == 4)
            #expect(try await self.state(server)["submissions"]?[key] == 1)
        }
        #expect(try await self.state(server)["refused"] == [])
    }

    @Test("a card with a PIN is submitted as number-pin and polled in two fields")
    func withPIN() async throws {
        let server = try server(["6006496912345678901-123456": ["statuses": [2]]])
        let adapter = try adapter(server, ["product_mark": "nike"])
        let (result, _) = try await ask(adapter, "123456", serial: "6006496912345678901")
        #expect(result.state == .okUnused)
    }

    @Test("a submission whose answer was lost is polled, never submitted again")
    func lostSubmission() async throws {
        let server = try server(["X999999999999999": ["silent": true, "statuses": [4]]])
        let adapter = try adapter(server)
        let first = try await adapter.inquire(
            inquiry("X999999999999999"), using: LoopbackTransport())
        #expect(first.state == .indeterminate && first.continuation != nil)
        let second = try await adapter.inquire(
            inquiry("X999999999999999", continuation: first.continuation),
            using: LoopbackTransport()
        )
        #expect(second.state == .used)
        #expect(try await state(server)["submissions"]?["X999999999999999"] == 1)
    }

    @Test("an answer about another card says nothing about this one")
    func otherCard() async throws {
        let server = try server(["X888888888888888": ["statuses": [4], "other_card": true]])
        let (result, _) = try await ask(try adapter(server), "X888888888888888")
        #expect(result.state == .indeterminate && result.cause == .malformedAnswer)
    }

    @Test(
        "a wrong secret is our account, an unknown refusal unmapped; neither counts as submitted"
    )
    func refusedSubmission() async throws {
        let server = try server(["X777777777777777": ["code": 500, "msg": "余额不足"]])
        let refused = try await adapter(server).inquire(
            inquiry("X777777777777777"),
            using: LoopbackTransport()
        )
        #expect(refused.cause == .unmapped && refused.continuation == nil)
        #expect(refused.issuer.text == "余额不足")
        let wrong = try await adapter(server, secret: "mark-Ck55-Other-Secret").inquire(
            inquiry("X777777777777777"),
            using: LoopbackTransport()
        )
        #expect(wrong.cause == .ourAccount && wrong.continuation == nil)
    }

    @Test(
        "without a kind nothing is sent, and the owner must agree that a third party sees the code")
    func consent() async throws {
        let server = try server([:])
        for settings in [[:], ["product_mark": "unknown"], ["product_mark": "nike"]] {
            do {
                _ = try await adapter(server, settings).inquire(
                    inquiry("X1"),
                    using: LoopbackTransport()
                )
                Issue.record("\(settings) was sent")
            } catch let error as AdapterError {
                #expect(error.code == .inquiry && !error.mayHaveReachedIssuer)
            }
        }
        let descriptor = try ShippedAdapters.factory("ckxiang").descriptor
        #expect(descriptor.needsConsent(.inquire) && descriptor.disclosesTo != nil)
    }
}

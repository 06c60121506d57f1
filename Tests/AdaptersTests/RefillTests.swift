import AdapterKit
import CardModel
import Foundation
import Testing
import WireFormat

/// What `RecordedIssuerTests` does not show of a refill.
@Suite("ericsson-ucip spends a voucher once, and says so only when the node did")
struct RefillTests {
    private static let subscriber = "8613800000001"

    private func order(
        _ key: String,
        _ number: UInt64,
        beneficiary: String? = subscriber
    ) throws -> RedemptionOrder {
        RedemptionOrder(
            inquiry: Inquiry(
                code: CardCode(serial: SerialNumber("0012345678901234"), key: CardKey(key)),
                product: "test",
                faceValue: Money(minorUnits: 5000, currency: "CNY"),
                askedAt: try #require(Instant(rfc3339: "2026-11-20T08:05:00Z")),
                format: try #require(CardFormat.builtIn("ericsson-voucher"))
            ),
            number: number,
            placedAt: try #require(Instant(rfc3339: "2026-11-20T08:04:59Z")),
            beneficiary: beneficiary.map(SecretValue.init)
        )
    }

    private func adapter(
        at address: String,
        password: String = "mark-Air-Password-3318"
    ) throws -> any RedeemingAdapter {
        let adapter = try ShippedAdapters.factory("ericsson-ucip").adapter(
            configuredBy: AdapterConfiguration(
                id: "u",
                settings: [
                    "endpoint": address + "/Air", "username": "gateway",
                    "origin_host_name": "gateway1",
                ],
                secrets: ["password": SecretValue(password)]
            )
        )
        return try #require(adapter as? any RedeemingAdapter)
    }

    /// Key and order number of a recorded case.
    private func recorded(_ name: String) throws -> (key: String, number: UInt64) {
        let cases = try ShippedAdapters.fixtures("ericsson-ucip").cases
        let found = try #require(cases.first { $0.name == name })
        guard case .redeem(let order) = found.question else { throw CancellationError() }
        return (order.inquiry.code.key.withUnredacted { $0 }, order.number)
    }

    @Test("a voucher is spent once, and who is credited is not kept")
    func once() async throws {
        let server = try PythonIssuer("../record_fixtures.py", ["--serve", "ericsson-ucip"])
        let adapter = try adapter(at: server.address)
        let voucher = try recorded("spent")
        let first = try await adapter.redeem(
            order(voucher.key, voucher.number),
            using: LoopbackTransport()
        )
        #expect(first.disposition == .settled && first.result.state == .okActivatedByBuyer)
        #expect(first.result.actualValue == Money(minorUnits: 5000, currency: "CNY"))
        let kept = first.result.transcripts.map {
            String(decoding: $0.requestBytes + $0.responseBytes, as: UTF8.self)
        }.joined()
        #expect(kept.contains("Refill"))
        #expect(!kept.contains(voucher.key) && !kept.contains(Self.subscriber))
        let again = try await adapter.redeem(order(voucher.key, 8), using: LoopbackTransport())
        #expect(again.disposition == .settled && again.result.state == .used)
        let wrong = try await self.adapter(at: server.address, password: "another password")
            .redeem(order(voucher.key, 9), using: LoopbackTransport())
        #expect(wrong.disposition == .notTaken && wrong.result.cause == .ourAccount)
    }

    @Test("a subscriber whom the node bars is left alone for a day")
    func barred() async throws {
        let voucher = try recorded("response code 104")
        let server = try PythonIssuer("../record_fixtures.py", ["--serve", "ericsson-ucip"])
        let answer = try await adapter(at: server.address)
            .redeem(order(voucher.key, voucher.number), using: LoopbackTransport())
        #expect(answer.result.retryAfter == .seconds(86_400))
    }

    @Test("a call that was sent and not answered is not sent again, and may have spent the code")
    func silence() async throws {
        let issuer = ScriptedIssuer { (_, _) throws(TransportError) in
            throw TransportError(code: .timedOut, message: "scripted", requestWasSent: true)
        }
        let order = try order("90411730086000000", 1)
        let adapter = try adapter(at: "http://127.0.0.1:1")
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.redeem(order, using: issuer)
        }
        #expect(error?.mayHaveReachedIssuer == true)
        #expect(await issuer.requests.count == 1)
    }

    @Test(
        "an order that cannot be written down is not sent",
        arguments: [nil, "", "+", "138-0000", String(repeating: "1", count: 29)]
    )
    func nobodyToCredit(beneficiary: String?) async throws {
        let issuer = ScriptedIssuer(answers: [])
        let order = try order("90411730086000000", 1, beneficiary: beneficiary)
        let adapter = try adapter(at: "http://127.0.0.1:1")
        let error = await #expect(throws: AdapterError.self) {
            try await adapter.redeem(order, using: issuer)
        }
        #expect(error?.mayHaveReachedIssuer == false && error?.cause == .ourRequest)
        #expect(await issuer.requests.isEmpty)
    }

    @Test("the voucher server settles what the node left open")
    func settlement() throws {
        let descriptor = try ShippedAdapters.factory("ericsson-ucip").descriptor
        #expect(descriptor.settlement == Settlement(byAdapter: "ericsson-vsip"))
        #expect(descriptor.needsConsent(.redeem))
        #expect(descriptor.operations == [.redeem: .consumes])
    }
}

import AdapterKit
import CardModel
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("Shops that are asked for an order")
struct ShopPullTests {
    /// Shops by their address; each answers every order alike.
    private func world(_ answers: [(host: String, body: String)]) async throws -> GatewayWorld {
        let transport = ScriptedTransport { (request, _) throws(TransportError) in
            let answer = answers.first {
                request.url.redacted.hasPrefix("https://\($0.host)/")
            }
            return OutboundResponse(status: 200, body: Array((answer?.body ?? "").utf8))
        }
        return try await GatewayWorld {
            $0.transport = transport
            $0.shops = answers.map { answer in
                ShopInbox(
                    platform: "market",
                    id: answer.host,
                    access: .acgFaka(
                        .init(
                            address: "https://\(answer.host)",
                            appID: "7",
                            appKey: SecretValue("k")
                        )
                    ),
                    merchant: "m-1",
                    goods: [:],
                    product: "cmcc-50"
                )
            }
        }
    }

    private func pull(
        _ world: GatewayWorld,
        trade: String = "T1",
        deliveredAt: String = "2026-11-20T08:00:00Z"
    ) async -> ShopAnswer {
        await world.gateway.pullAcgFaka(
            platform: world.platform,
            tradeNumber: trade,
            goods: nil,
            deliveredAt: deliveredAt
        )
    }

    private static let unknown = #"{"code": 0, "msg": "order not found"}"#
    private static let nothingYet = #"{"code": 200, "data": {"secret": "", "status": 0}}"#

    @Test("a shop that knows the order counts before one that does not, in either order")
    func nothingDelivered() async throws {
        let shops = [("a", Self.unknown), ("b", Self.nothingYet)]
        for shops in [shops, shops.reversed()] {
            guard case .ignored = await pull(try await world(shops)) else {
                Issue.record("the order was not known")
                continue
            }
        }
        let answer = await pull(try await world([("a", Self.unknown), ("b", Self.unknown)]))
        guard case .refused(.shopRefused) = answer else {
            Issue.record("\(answer)")
            return
        }
    }

    @Test(
        "what the caller got wrong is told, and neither asked about nor kept",
        arguments: [
            ("T1", "yesterday", "/delivered_at", FieldError.Reason.malformed),
            ("T1", "2999-01-01T00:00:00Z", "/delivered_at", .inFuture),
            ("T1", "", "/delivered_at", .empty),
            ("T\n1", "2026-11-20T08:00:00Z", "/trade_no", .malformed),
            ("", "2026-11-20T08:00:00Z", "/trade_no", .empty),
        ]
    )
    func callersFault(
        trade: String,
        deliveredAt: String,
        pointer: String,
        reason: FieldError.Reason
    ) async throws {
        let world = try await world([("a", Self.nothingYet)])
        let answer = await pull(world, trade: trade, deliveredAt: deliveredAt)
        guard case .invalid(let errors) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(errors.map(\.pointer) == [pointer] && errors.map(\.reason) == [reason])
        #expect(world.transport.requests.isEmpty)
        let kept = try await world.store.quarantined(platform: nil, after: nil, limit: 1)
        #expect(kept.isEmpty)
    }
}

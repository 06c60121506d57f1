import AdapterKit
import CardModel
import Crypto
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// Outgoing events: signed, thin, sent again until they are taken.
@Suite("Outgoing events")
struct EventSenderTests {
    private func world(_ transport: ScriptedTransport) async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.transport = transport
            $0.eventsURL = "https://market.example/events"
        }
    }

    /// What makes one event alone: a code that nobody was handed says nothing of a payment.
    private static func dispensed(order: String = "o-1", number: Int = 1) -> JSONValue {
        GatewayWorld.body(order: order, stage: "dispense", number: number, deliveredAt: nil)
    }

    private func header(_ name: String, of request: OutboundRequest) -> String? {
        request.headers.first { $0.name == name }?.value
    }

    @Test("an event verifies with both keys that the platform was shown, and holds no key")
    func signatures() async throws {
        let transport = ScriptedTransport()
        let world = try await world(transport)
        try await world.running { world in
            _ = try await world.deliver(Self.dispensed(), id: "w-1")
            try await eventually("the event is sent") { transport.requests.count == 1 }
            let request = try #require(transport.requests.first)
            let headers = WebhookHeaders(
                id: header("webhook-id", of: request),
                timestamp: header("webhook-timestamp", of: request),
                signature: header("webhook-signature", of: request)
            )
            for text in [world.platform.eventSecret, world.platform.eventPublicKey] {
                let key = try #require(WebhookKey(text))
                try WebhookSignature.verify(
                    headers,
                    body: request.body,
                    keys: [key],
                    now: world.time.now()
                )
            }
            let body = try JSONValue.parse(request.body)
            #expect(body["type"]?.stringValue == "delivery.checked")
            #expect(body["id"]?.stringValue == headers.id)
            let text = String(decoding: request.body, as: UTF8.self)
            #expect(!text.contains(GatewayWorld.key(1)))
            #expect(!text.contains(GatewayWorld.serial(1)))
        }
    }

    @Test("an event that is not taken comes again on the schedule, under the same id")
    func retries() async throws {
        let transport = ScriptedTransport { (_, number) in
            OutboundResponse(status: number < 2 ? 500 : 204)
        }
        let world = try await world(transport)
        try await world.running { world in
            _ = try await world.deliver(Self.dispensed(), id: "w-1")
            try await eventually("the event is sent") { transport.requests.count == 1 }
            for (sent, pause) in [(2, 5.0), (3, 300)] {
                let now = world.time.now()
                try await eventually("the attempt is written down") {
                    // An event under way is leased for a minute; its retry is never due then.
                    let due = try await world.store.nextEventDue(of: [world.platform.number])
                    return due.map { $0 > now && $0 != now + EventSender.leaseDuration } ?? false
                }
                try await world.idle()
                let due = try #require(
                    try await world.store.nextEventDue(of: [world.platform.number]))
                let wait = due.duration(since: world.time.now())
                #expect(wait >= .seconds(pause) && wait <= .seconds(pause * 1.2))
                world.time.advance(by: wait)
                try await eventually("it is sent again") { transport.requests.count == sent }
            }
            try await eventually("it is taken") {
                try await world.store.nextEventDue(of: [world.platform.number]) == nil
            }
            let ids = Set(transport.requests.map { header("webhook-id", of: $0) })
            #expect(ids.count == 1)
        }
    }

    @Test("a receiver's Retry-After is honoured")
    func retryAfter() async throws {
        let transport = ScriptedTransport { (_, _) in
            OutboundResponse(status: 503, headers: [(name: "Retry-After", value: "7200")])
        }
        let world = try await world(transport)
        try await world.running { world in
            _ = try await world.deliver(Self.dispensed(), id: "w-1")
            try await eventually("the attempt is written down") {
                try await world.store.nextEventDue(of: [world.platform.number]) == GatewayWorld
                    .start
                    + .seconds(7_200)
            }
        }
    }

    @Test("410 ends the sending to that platform")
    func gone() async throws {
        let transport = ScriptedTransport(status: 410)
        let world = try await world(transport)
        try await world.running { world in
            _ = try await world.deliver(Self.dispensed(), id: "w-1")
            try await eventually("the event is sent") { transport.requests.count == 1 }
            try await eventually("nothing is due") {
                try await world.store.nextEventDue(of: [world.platform.number]) == nil
            }
            _ = try await world.deliver(Self.dispensed(order: "o-2", number: 2), id: "w-2")
            try await eventually("the second is checked and not due") {
                guard try await world.store.openCheckCount() == 0 else { return false }
                return try await world.store.nextEventDue(of: [world.platform.number]) == nil
            }
            #expect(transport.requests.count == 1)
            #expect(try await world.store.platforms().first?.eventsURL == nil)
        }
    }

    @Test("without a listener events stay readable and are not due")
    func nobodyListens() async throws {
        let world = try await GatewayWorld()
        try await world.running { world in
            let answer = try await world.deliver(GatewayWorld.body(), id: "w-1")
            _ = try await world.item(answer, becomes: "ok_unused")
            try await eventually("nothing is due") {
                try await world.store.nextEventDue(of: [world.platform.number]) == nil
            }
            #expect(world.transport.requests.isEmpty)
        }
    }

    @Test("the schedule gives up after its last pause, and a wild Retry-After is bounded")
    func schedule() {
        let now = GatewayWorld.start
        let schedule = EventSchedule(pauses: [.seconds(5), .seconds(300)])
        #expect(
            schedule.next(attempts: 1, at: now, retryAfter: nil, jitter: 0)
                == now + .seconds(5)
        )
        #expect(
            schedule.next(attempts: 1, at: now, retryAfter: nil, jitter: 1)
                == now + .seconds(6)
        )
        #expect(
            schedule.next(attempts: 2, at: now, retryAfter: .seconds(60), jitter: 0)
                == now + .seconds(300)
        )
        #expect(
            schedule.next(attempts: 1, at: now, retryAfter: .days(365), jitter: 0)
                == now + .days(1)
        )
        #expect(
            schedule.next(attempts: 1, at: now, retryAfter: .seconds(-9), jitter: 0)
                == now + .seconds(5)
        )
        #expect(schedule.next(attempts: 3, at: now, retryAfter: nil, jitter: 0) == nil)
    }
}

import AdapterKit
import Logging
import Metrics
import Synchronization
public import WireFormat

/// Sends events to the platforms that listen, signed, until they are taken or given up.
final class EventSender: Sendable {
    /// Events under way at one time, over all platforms.
    static let concurrency = 64
    /// Events of one platform under way at one time: a receiver that is slow keeps its own
    /// waiting, and nobody else's.
    static let concurrencyOfPlatform = 16
    /// A receiver that needs longer is asked again later.
    static let timeout = Duration.seconds(15)
    /// An event of a dead sender is due again after this.
    static let leaseDuration = Duration.seconds(60)
    /// Bytes of a receiver's answer that are read.
    static let responseBytesLimit = 16 << 10
    static let longestSleep = Duration.seconds(30)

    private let store: any Store
    private let directory: PlatformDirectory
    private let transport: any HTTPTransport
    private let schedule: EventSchedule
    private let time: any TimeSource
    private let random: any RandomSource
    private let logger: Logger
    private let wakeUp = WakeUp()
    private let isStopping = Mutex(false)
    private let work = Mutex(Work())

    private struct Work {
        /// Events under way, by platform.
        var underWay: [PlatformNumber: Int] = [:]
        /// Attempts that ended and are not written down yet.
        var ended: [EventAttempt] = []

        var freePlaces: Int { EventSender.concurrency - underWay.values.reduce(0, +) }
    }

    init(
        store: any Store,
        directory: PlatformDirectory,
        transport: any HTTPTransport,
        schedule: EventSchedule,
        time: any TimeSource,
        random: any RandomSource,
        logger: Logger
    ) {
        self.store = store
        self.directory = directory
        self.transport = transport
        self.schedule = schedule
        self.time = time
        self.random = random
        self.logger = logger
    }

    func wake() { wakeUp.raise() }

    func stop() {
        isStopping.withLock { $0 = true }
        wakeUp.raise()
    }

    func run() async {
        await withDiscardingTaskGroup { group in
            while !isStopping.withLock({ $0 }), !Task.isCancelled {
                await recordEnded()
                let events = await lease()
                for event in events {
                    work.withLock { $0.underWay[event.platform, default: 0] += 1 }
                    group.addTask { self.end(event, with: await self.attempt(event)) }
                }
                if events.isEmpty { await pause() }
            }
        }
        await recordEnded()
    }

    private func end(_ event: EventRecord, with attempt: EventAttempt) {
        work.withLock { work in
            work.ended.append(attempt)
            let rest = work.underWay[event.platform, default: 1] - 1
            work.underWay[event.platform] = rest == 0 ? nil : rest
        }
        wakeUp.raise()
    }

    /// Due events of platforms of which none is under way, as many as there are free places.
    private func lease() async -> [EventRecord] {
        let free = work.withLock { $0.freePlaces }
        guard free > 0 else { return [] }
        let now = time.now()
        return
            (try? await store.leaseEvents(
                of: idlePlatforms,
                limit: min(free, Self.concurrencyOfPlatform),
                now: now,
                until: now + Self.leaseDuration
            )) ?? []
    }

    private var idlePlatforms: [PlatformNumber] {
        let busy = work.withLock { $0.underWay }
        return directory.all.map(\.number).filter { busy[$0] == nil }
    }

    private func pause() async {
        var limit = Self.longestSleep
        // Without a free place there is nothing to do before an attempt ends, which wakes.
        if work.withLock({ $0.freePlaces }) > 0,
            let due = try? await store.nextEventDue(of: idlePlatforms)
        {
            limit = min(limit, max(.milliseconds(10), due.duration(since: time.now())))
        }
        await wakeUp.sleep(upTo: limit, time: time)
    }

    private func recordEnded() async {
        let ended = work.withLock { work in
            defer { work.ended = [] }
            return work.ended
        }
        guard !ended.isEmpty else { return }
        do {
            try await store.record(ended)
        } catch {
            // The leases end and the events are sent once more: receivers know them by their id.
            logger.error("attempts were not recorded", metadata: ["count": "\(ended.count)"])
        }
    }

    private func attempt(_ event: EventRecord) async -> EventAttempt {
        guard let platform = directory.platform(event.platform),
            let url = platform.record.eventsURL,
            let request = try? request(for: event, to: url, platform: platform)
        else {
            // Nobody listens: the event stays readable and is not due any more.
            return EventAttempt(
                event: event.id,
                attempts: event.attempts,
                deliveredAt: nil,
                nextAttemptAt: nil
            )
        }
        let attempts = event.attempts + 1
        let answer: Answer
        do {
            answer = Answer(try await transport.send(request))
        } catch {
            answer = .failed("\(error.code)", retryAfter: nil)
        }
        count(answer)
        switch answer {
        case .taken:
            return EventAttempt(
                event: event.id,
                attempts: attempts,
                deliveredAt: time.now(),
                nextAttemptAt: nil
            )
        case .gone:
            logger.warning("a receiver is gone", metadata: ["platform": "\(platform.name)"])
            try? await directory.disableEvents(of: platform.number, in: store)
            return EventAttempt(
                event: event.id,
                attempts: attempts,
                deliveredAt: nil,
                nextAttemptAt: nil
            )
        case .failed(let reason, let retryAfter):
            logger.notice(
                "an event was not taken",
                metadata: ["event": "\(event.id)", "reason": "\(reason)"]
            )
            return EventAttempt(
                event: event.id,
                attempts: attempts,
                deliveredAt: nil,
                nextAttemptAt: schedule.next(
                    attempts: attempts,
                    at: time.now(),
                    retryAfter: retryAfter,
                    jitter: Double(random.bytes(1)[0]) / 255
                )
            )
        }
    }

    /// The signed request: `v1` and `v1a`, so that a receiver may check either.
    private func request(
        for event: EventRecord,
        to url: String,
        platform: Platform
    ) throws -> OutboundRequest {
        let body = event.payload.serialized()
        let timestamp = String(time.now().secondsAndMilliseconds.seconds)
        let content = WebhookSignature.signedContent(
            id: event.id.text,
            timestamp: timestamp,
            body: body
        )
        let signatures = [
            WebhookSignature.sign(content, secret: platform.secrets.eventSecret),
            try WebhookSignature.sign(content, key: platform.secrets.eventKey),
        ]
        return OutboundRequest(
            method: "POST",
            url: SecretURL(url),
            headers: [
                OutboundHeader(name: "content-type", value: "application/json"),
                OutboundHeader(name: "user-agent", value: "cardproof"),
                OutboundHeader(name: "webhook-id", value: event.id.text),
                OutboundHeader(name: "webhook-timestamp", value: timestamp),
                OutboundHeader(
                    name: "webhook-signature",
                    value: signatures.joined(separator: " ")
                ),
            ],
            body: body,
            timeout: Self.timeout,
            responseBytesLimit: Self.responseBytesLimit
        )
    }

    /// What a receiver's answer means (Standard Webhooks, "Deliverability").
    private enum Answer {
        case taken
        /// 410: never again.
        case gone
        case failed(String, retryAfter: Duration?)

        init(_ response: OutboundResponse) {
            switch response.status {
            case 200..<300: self = .taken
            case 410: self = .gone
            default:
                let header = response.headers.first { $0.name.lowercased() == "retry-after" }
                self = .failed(
                    "status \(response.status)",
                    retryAfter: header.flatMap { Int64($0.value) }.map { .seconds($0) }
                )
            }
        }
    }

    private func count(_ answer: Answer) {
        let result =
            switch answer {
            case .taken: "taken"
            case .gone: "gone"
            case .failed: "failed"
            }
        Counter(label: "cardproof_event_attempts_total", dimensions: [("result", result)])
            .increment()
    }
}

extension EventRecord {
    /// The body on the wire: type, time of the event (not of the attempt) and its data.
    public var payload: JSONValue {
        [
            "id": .string(id.text), "type": .string(type.rawValue),
            "timestamp": .string(createdAt.rfc3339), "data": data,
        ]
    }
}

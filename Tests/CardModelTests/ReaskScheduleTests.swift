import Testing
import WireFormat

@testable import CardModel

@Suite("ReaskSchedule")
struct ReaskScheduleTests {
    private let first = Instant(secondsSinceEpoch: 1_795_248_000)
    private let schedule = ReaskSchedule.standard

    private func pause(
        _ asksMade: Int,
        retryAfter: Duration? = nil,
        jitter: Double = 0
    ) -> Duration? {
        let next = schedule.next(
            asksMade: asksMade,
            lastAskedAt: first,
            firstAskedAt: first,
            untolledEnd: nil,
            retryAfter: retryAfter,
            jitter: jitter
        )
        guard case .ask(let instant) = next else { return nil }
        return instant.duration(since: first)
    }

    @Test("pauses are 1 min, 5 min, 30 min, 2 h, 12 h, then daily")
    func pauses() {
        let seconds = [60, 300, 1_800, 7_200, 43_200, 86_400, 86_400, 86_400]
        for (index, expected) in seconds.enumerated() {
            #expect(pause(index + 1) == .seconds(expected))
        }
        #expect(pause(0) == .seconds(60))
        #expect(pause(.max) == .seconds(86_400))
    }

    @Test("jitter only lengthens, by at most its share, and nonsense counts as none or all")
    func jitter() {
        #expect(pause(1, jitter: 1) == .seconds(66))
        #expect(pause(1, jitter: 0.5) == .seconds(63))
        #expect(pause(1, jitter: -3) == .seconds(60))
        #expect(pause(1, jitter: 7) == .seconds(66))
        #expect(pause(1, jitter: .nan) == .seconds(60))
    }

    @Test("an issuer's wish lengthens a pause, never shortens it, and is capped at a day")
    func retryAfter() {
        #expect(pause(1, retryAfter: .seconds(600)) == .seconds(600))
        #expect(pause(3, retryAfter: .seconds(1)) == .seconds(1_800))
        #expect(pause(1, retryAfter: .seconds(9_000_000)) == .seconds(86_400))
    }

    @Test("asking ends 30 days after the first ask or at the untolled end, whichever is later")
    func limit() {
        let thirty = first + .seconds(30 * 86_400)
        let cases: [(Instant?, Instant)] = [
            (nil, thirty), (first + .seconds(7 * 86_400), thirty),
            (first + .seconds(45 * 86_400), first + .seconds(45 * 86_400)),
        ]
        for (untolledEnd, limit) in cases {
            #expect(schedule.limit(firstAskedAt: first, untolledEnd: untolledEnd) == limit)
            let last = limit - .seconds(86_400)
            #expect(
                schedule.next(
                    asksMade: 9,
                    lastAskedAt: last,
                    firstAskedAt: first,
                    untolledEnd: untolledEnd,
                    jitter: 0
                ) == .person
            )
            #expect(
                schedule.next(
                    asksMade: 9,
                    lastAskedAt: last - .milliseconds(1),
                    firstAskedAt: first,
                    untolledEnd: untolledEnd,
                    jitter: 0
                ) == .ask(at: limit - .milliseconds(1))
            )
        }
    }

    @Test("asking always ends, whatever the jitter")
    func ends() {
        var generator = SeededGenerator(seed: 99)
        var lastAskedAt = first
        var asksMade = 1
        while case .ask(let next) = schedule.next(
            asksMade: asksMade,
            lastAskedAt: lastAskedAt,
            firstAskedAt: first,
            untolledEnd: first + .seconds(60 * 86_400),
            jitter: Double.random(in: 0...1, using: &generator)
        ) {
            #expect(next > lastAskedAt)
            lastAskedAt = next
            asksMade += 1
        }
        #expect((50...66).contains(asksMade))
    }

    @Test("a schedule without pauses, or with a pause of nothing, is none")
    func construction() {
        #expect(ReaskSchedule(pauses: [], jitterShare: 0) == nil)
        #expect(ReaskSchedule(pauses: [.zero], jitterShare: 0) == nil)
        #expect(ReaskSchedule(pauses: [.seconds(1)], jitterShare: 2) == nil)
        #expect(ReaskSchedule(pauses: [.seconds(1)], jitterShare: 0)?.pauses == [.seconds(1)])
    }
}

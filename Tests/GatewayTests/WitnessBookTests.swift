import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

@Suite("When a witness is asked, and what is told of it")
struct WitnessBookTests {
    private static let shop = log(of: 1).name
    private static let other = log(of: 2).name
    private static let start = GatewayWorld.start

    private static func log(
        of platform: Int64,
        ordinal: Int = 1,
        _ first: UInt64 = 0,
        end: UInt64? = nil
    ) -> LogRecord {
        LogRecord(
            platform: PlatformNumber(rawValue: platform), ordinal: ordinal, firstIndex: first,
            end: end, origin: "log.example/\(platform)/\(ordinal)", vkey: "", begunAt: start)
    }

    private static func position(_ end: UInt64) -> WitnessPosition {
        WitnessPosition(platform: shop.platform, witness: "w", size: end, cosignedAt: start)
    }

    private var book = WitnessBook(positions: [])

    private mutating func note(
        _ outcome: WitnessOutcome,
        of log: LogName = shop,
        after: Duration = .zero
    ) -> WitnessBook.Notice? {
        book.note(outcome, of: log, at: Self.start + after, jitter: 0)
    }

    private func isDue(
        _ size: UInt64,
        _ log: LogName = shop,
        after: Duration = .zero
    ) -> Bool {
        book.isDue(log, size: size, at: Self.start + after)
    }

    @Test("what it has cosigned since the start is not shown again, whatever the store remembers")
    mutating func confirmed() {
        book = WitnessBook(positions: [
            Self.position(5)
        ])
        #expect(book.position(of: Self.log(of: 1)) == 5)
        #expect(isDue(5))
        #expect(note(.cosigned(size: 5, at: Self.start)) == nil)
        #expect(!isDue(5) && isDue(6))
        #expect(book.nextTime(after: Self.start) == nil)
    }

    @Test("of several logs, it stands in each where the store's one position falls")
    mutating func severalLogs() {
        let ended = Self.log(of: 1, end: 7)
        let open = Self.log(of: 1, ordinal: 2, 7)
        for (stored, old, new) in [(5, 5, 0), (7, 7, 0), (9, 7, 2)] as [(UInt64, UInt64, UInt64)] {
            book = WitnessBook(positions: [Self.position(stored)])
            #expect(book.position(of: ended) == old && book.position(of: open) == new)
        }
        book = WitnessBook(positions: [Self.position(7)])
        #expect(book.cosignedAt(ended) == Self.start && book.cosignedAt(open) == nil)
        // One that has only seen the empty log.
        book = WitnessBook(positions: [Self.position(0)])
        #expect(book.position(of: ended) == 0 && book.cosignedAt(ended) == Self.start)
        #expect(book.cosignedAt(open) == nil)
        #expect(note(.cosigned(size: 7, at: Self.start)) == nil)
        #expect(!isDue(7) && isDue(2, open.name))
        #expect(book.standing(to: ended.name) == .cosigned)
        #expect(book.standing(to: open.name) == .unasked)
    }

    @Test("a witness that cannot be reached is left alone for longer and longer, for every log")
    mutating func away() {
        var waited = Duration.zero
        for pause in [5, 15, 45, 120, 300, 300] {
            #expect(note(.unreachable("connect_failed"), after: waited) == nil)
            let end = waited + .seconds(pause)
            #expect(!isDue(1, after: end - .milliseconds(1)) && isDue(1, after: end))
            #expect(!isDue(1, Self.other, after: end - .milliseconds(1)))
            #expect(book.nextTime(after: Self.start + waited) == Self.start + end)
            #expect(book.standing(to: Self.other).word == "failing")
            waited = end
        }
        _ = note(.cosigned(size: 1, at: Self.start), after: waited)
        #expect(book.standing(to: Self.other) == .unasked)
        #expect(isDue(1, Self.other, after: waited))
    }

    @Test("a log that it refuses waits alone")
    mutating func refused() {
        #expect(note(.refused(status: 404)) == .refused(status: 404))
        #expect(note(.refused(status: 404), after: .seconds(60)) == nil, "told twice")
        #expect(!isDue(1, after: .seconds(359)) && isDue(1, after: .seconds(360)))
        #expect(isDue(1, Self.other, after: .seconds(61)))
    }

    @Test("an alarm is told once, and only a cosignature ends it")
    mutating func alarms() {
        let alarm = WitnessAlarm.forked(cosigned: 5)
        #expect(note(.alarm(alarm)) == .alarm(alarm))
        #expect(note(.alarm(alarm)) == nil)
        let others: [WitnessOutcome] = [
            .unreachable("timed_out"), .unusable("x"), .refused(status: 404),
            .outdated(cosigned: 7), .cancelled,
        ]
        for outcome in others {
            #expect(note(outcome) == nil, "\(outcome)")
            #expect(book.standing(to: Self.shop) == .alarmed(alarm), "\(outcome)")
        }
        let worse = WitnessAlarm.rolledBack(cosigned: 9, size: 4)
        #expect(note(.alarm(worse)) == .alarm(worse))
        #expect(note(.cosigned(size: 9, at: Self.start)) == .alarmIsOver)
        #expect(book.standing(to: Self.shop) == .cosigned)
    }

    @Test("a target that is outdated waits for the next one, not for a time")
    mutating func outdated() {
        _ = note(.unusable("x"))
        #expect(note(.outdated(cosigned: 8)) == nil)
        #expect(book.position(of: Self.log(of: 1)) == 8)
        #expect(book.nextTime(after: Self.start) == nil)
        #expect(isDue(9))
    }
}

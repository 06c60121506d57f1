import Drivers
import Foundation
import Testing
import WireFormat

@Suite("SystemRandomSource and SystemTimeSource")
struct SystemSourceTests {
    @Test(
        "as many octets come as were asked for, also beyond one call's limit",
        arguments: [-1, 0, 1, 16, 255, 256, 257, 512, 1000, 100_000]
    )
    func count(count: Int) {
        #expect(SystemRandomSource().bytes(count).count == max(0, count))
    }

    @Test("octets are not repeated and every part of a long answer is filled")
    func spread() {
        let source = SystemRandomSource()
        #expect(source.bytes(32) != source.bytes(32))
        let octets = source.bytes(64 * 1024)
        for start in stride(from: 0, to: octets.count, by: 256) {
            // 256 octets of which fewer than 100 differ do not happen by chance.
            #expect(Set(octets[start..<start + 256]).count > 100)
        }
    }

    @Test("the clock is the machine's, and a sleep is not shorter than asked")
    func time() async throws {
        let source = SystemTimeSource()
        let before = Instant(
            millisecondsSinceEpoch: Int64(Date().timeIntervalSince1970 * 1000) - 1
        )
        let now = source.now()
        #expect(now >= before)
        #expect(now <= before + .seconds(60))
        let started = ContinuousClock.now
        try await source.sleep(for: .milliseconds(30))
        #expect(ContinuousClock.now - started >= .milliseconds(30))
    }

    @Test("a cancelled sleep ends at once")
    func cancelledSleep() async {
        let task = Task { try await SystemTimeSource().sleep(for: .seconds(600)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}

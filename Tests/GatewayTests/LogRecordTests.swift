import Testing
import WireFormat

@testable import Gateway

@Suite("Where the logs of a platform lie")
struct LogRecordTests {
    private static func log(_ first: UInt64) -> LogRecord {
        LogRecord(
            platform: PlatformNumber(rawValue: 1), ordinal: 1, firstIndex: first, origin: "o",
            vkey: "", begunAt: GatewayWorld.start)
    }

    @Test("the nodes of one log end before those of the next begin, at every level")
    func nodes() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<10_000 {
            let first = UInt64.random(in: 0..<1 << UInt64.random(in: 0...40), using: &generator)
            let size = UInt64.random(in: 1..<1 << UInt64.random(in: 1...40), using: &generator)
            for level in 0...7 {
                let end = Self.log(first).firstNode(level: level) + size >> UInt64(8 * level)
                #expect(
                    end <= Self.log(first + size).firstNode(level: level),
                    "\(size) entries from \(first) on, level \(level)")
            }
        }
    }

    @Test("level 0 are the entries, and no level that a path can name overflows")
    func extremes() {
        #expect(Self.log(300).firstNode(level: 0) == 300)
        #expect(Self.log(512).firstNode(level: 1) == 2 && Self.log(513).firstNode(level: 1) == 3)
        #expect(Self.log(0).firstNode(level: 63) == 0 && Self.log(1).firstNode(level: 63) == 1)
    }
}

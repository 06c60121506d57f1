import CardModel
import Gateway
import Synchronization
import Testing
import WireFormat

/// What may be asked of an audit beyond its files: a shelf life, and to stop.
@Suite("Stock audit: shelf life and stopping") struct StockAuditRequestTests {
    private static func run(
        _ text: String,
        asOf: String = "2026-11-20",
        minimumDays: Int = 0,
        shouldStop: @escaping @Sendable () -> Bool = { false }
    ) async throws -> (defects: [StockDefect], summary: StockAuditSummary) {
        let day = try #require(CalendarDate(iso8601: asOf))
        let bytes = Array(text.utf8)
        let audit = StockAudit(
            options: StockAuditOptions(asOf: day, minimumRemainingDays: minimumDays),
            hashKey: SipHashKey(1, 2),
            scratch: MemoryScratch()
        )
        let reading = try StockAuditFixture().reading(bytes)
        let input = StockInput(name: "stock", reading: reading) { MemorySource(bytes) }
        var defects: [StockDefect] = []
        let summary = try await audit.run(stock: [input], shouldStop: shouldStop) {
            defects.append($0)
        }
        return (defects, summary)
    }

    private static let dated = """
        serial,key,expires_on
        1001,AAAABBBBCCCC1,2026-11-19
        1002,AAAABBBBCCCC2,2026-11-20
        1003,AAAABBBBCCCC3,2026-12-19
        1004,AAAABBBBCCCC4,2026-12-20
        1005,AAAABBBBCCCC5,

        """

    @Test("a code with fewer full days left than wanted is reported with both numbers")
    func shortShelfLife() async throws {
        let found = try await Self.run(Self.dated, minimumDays: 30).defects
        #expect(
            found.map { "\($0.line) \($0.defect.code) \($0.detail)" } == [
                "2 expired 2026-11-19",
                "3 expired 2026-11-20 short_shelf_life: 0 days left, 30 wanted",
                "4 expired 2026-12-19 short_shelf_life: 29 days left, 30 wanted",
            ]
        )
        #expect(found.map(\.remainingDays) == [nil, 0, 29])
    }

    @Test("when none is wanted the day itself is good")
    func noShelfLife() async throws {
        #expect(try await Self.run(Self.dated).defects.map(\.detail) == ["2026-11-19"])
    }

    @Test("a shelf life that ends behind the last day there is does not fail")
    func lastDay() async throws {
        let found = try await Self.run(Self.dated, asOf: "9999-12-31", minimumDays: 3_650)
        #expect(found.defects.count == 4)
        #expect(found.defects.allSatisfy { $0.remainingDays == nil })
    }

    @Test("an audit asked to stop reports what it has read, and says where it stopped")
    func stopping() async throws {
        let line = "1001----AAAABBBBCCCC1\n"
        let asked = Mutex(0)
        let text = String(
            repeating: line, count: 4 * StockAuditLimits.recordBytes / line.utf8.count)
        let found = try await Self.run(text) {
            asked.withLock { count in
                count += 1
                return count > 2
            }
        }
        let interruption = try #require(found.summary.interruption)
        #expect(interruption.isRequested)
        #expect(interruption.afterLine == UInt64(found.summary.lines))
        #expect(found.summary.lines > 10_000)
        #expect(found.summary.lines < 4 * StockAuditLimits.recordBytes / line.utf8.count)
        #expect(found.defects.count == found.summary.lines - 1)
        #expect(found.summary.conclusion == .partial)
    }

    @Test("asked before it begins, an audit reads nothing")
    func stoppedAtOnce() async throws {
        let found = try await Self.run(Self.dated) { true }
        #expect(found.summary.interruption?.afterLine == 0)
        #expect(found.summary.interruption?.fileName == "stock")
        #expect(found.defects.isEmpty)
    }

    @Test("a conclusion may regard some classes alone")
    func conclusions() async throws {
        var summary = StockAuditSummary()
        summary.codes = 3
        summary.defects = [.duplicate: 1, .expired: 1]
        #expect(summary.conclusion == .defects)
        #expect(summary.conclusion(regarding: [.duplicate]) == .onlyDuplicates)
        #expect(summary.conclusion(regarding: [.malformed]) == .clean)
        #expect(summary.conclusion(regarding: []) == .clean)
    }
}

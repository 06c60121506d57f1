import CardModel
import Foundation
import Gateway
import Testing
import WireFormat

@testable import Drivers

/// What stands in a journal survives, what was half written is gone, and what was bent is refused.
@Suite("Answer journals") struct AnswerJournalTests {
    private static let now = Instant(secondsSinceEpoch: 1_700_000_000)

    private static func withJournal(_ body: (String) async throws -> Void) async throws {
        let path = NSTemporaryDirectory() + "journal-\(UInt64.random(in: 0...(.max)))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try AnswerJournal.create(at: path, head)
        try await body(path)
    }

    private static let head = InquiryHead(
        choice: .sample(SamplingPlan.Demand(budget: 7), seed: 12),
        product: "voucher",
        adapter: "ericsson-vsip@1",
        candidates: 100,
        salt: [1, 2],
        digest: [3, 4]
    )

    private static func records(_ count: Int) -> [InquiryRecord] {
        (1...count).flatMap { line -> [InquiryRecord] in
            let place = StockPosition(file: 0, line: UInt64(line))
            let answer = StockAnswer(
                position: place,
                state: .used,
                issuerCode: "state \"used\"\n",
                at: now
            )
            return [.asking(place, at: now), .answer(answer)]
        }
    }

    private static func read(_ path: String) throws -> ([InquiryRecord], AnswerJournal.Contents) {
        var records: [InquiryRecord] = []
        let contents = try AnswerJournal.read(path) { record, _ in records.append(record) }
        return (records, contents)
    }

    @Test("records come back in order, also when many tasks write at a time")
    func roundTrip() async throws {
        try await Self.withJournal { path in
            let start = try AnswerJournal.read(path).byteCount
            let writer = try AnswerJournalWriter(path: path, expecting: start)
            let wanted = Self.records(200)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for record in wanted { group.addTask { try await writer.append([record]) } }
                try await group.waitForAll()
            }
            try await writer.append([.pause(until: Self.now + .seconds(5))])
            let (found, contents) = try Self.read(path)
            #expect(found.count == wanted.count + 2)
            #expect(found.first == .head(Self.head))
            for record in wanted { #expect(found.contains(record)) }
            #expect(contents.past.lastAskedAt == Self.now)
            #expect(contents.past.pausedUntil == Self.now + .seconds(5))
            #expect(contents.head.difference(from: Self.head) == nil)
        }
    }

    @Test("whatever a crash left of the last record is cut off, byte by byte")
    func tornTail() async throws {
        try await Self.withJournal { path in
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            let last = Data(AnswerJournal.line(of: Self.records(1)[1]))
            for length in 0..<last.count {
                try (whole + last.prefix(length)).write(to: URL(fileURLWithPath: path))
                let (records, contents) = try Self.read(path)
                #expect(records.count == 1 && contents.byteCount == whole.count)
                let writer = try AnswerJournalWriter(path: path, expecting: whole.count)
                try await writer.append([.pause(until: Self.now)])
                #expect(try Self.read(path).0.last == .pause(until: Self.now))
                await writer.finish()
            }
        }
    }

    @Test("a bent byte in the middle is refused, and so is a file that is no journal")
    func damage() async throws {
        try await Self.withJournal { path in
            let end = try AnswerJournal.read(path).byteCount
            let writer = try AnswerJournalWriter(path: path, expecting: end)
            try await writer.append(Self.records(3))
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            // The last record, and the line end before it, is not distinguished from one that a
            // crash left.
            let last = AnswerJournal.line(of: Self.records(3)[5]).count + 1
            for offset in 0..<whole.count - last {
                var bent = whole
                bent[offset] ^= 0x01
                try bent.write(to: URL(fileURLWithPath: path))
                #expect(throws: StockFileError.self) { try Self.read(path) }
            }
            try Data("1----A\n".utf8).write(to: URL(fileURLWithPath: path))
            #expect(throws: StockFileError.self) { try Self.read(path) }
        }
    }

    @Test("one process writes at a time, and only where it was left")
    func oneWriter() async throws {
        try await Self.withJournal { path in
            let end = try AnswerJournal.read(path).byteCount
            let writer = try AnswerJournalWriter(path: path, expecting: end)
            #expect(!AnswerJournal.isAtRest(path))
            #expect(throws: StockFileError.self) {
                try AnswerJournalWriter(path: path, expecting: end)
            }
            try await writer.append(Self.records(1))
            await writer.finish()
            #expect(AnswerJournal.isAtRest(path))
            #expect(throws: StockFileError.self) {
                try AnswerJournalWriter(path: path, expecting: end)
            }
            #expect(throws: StockFileError.self) { try AnswerJournal.create(at: path, Self.head) }
        }
    }

    @Test("a journal goes on only with the same issuer, choice and stock")
    func difference() {
        var other = Self.head
        other.digest = [9]
        #expect(Self.head.difference(from: other) == .stock)
        other.choice = .sample(SamplingPlan.Demand(budget: 7), seed: 13)
        #expect(Self.head.difference(from: other) == .choice)
        other.adapter = "ericsson-vsip@2"
        #expect(Self.head.difference(from: other) == .issuer)
    }
}

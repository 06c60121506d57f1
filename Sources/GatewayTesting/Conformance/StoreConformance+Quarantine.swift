import Gateway
import WireFormat

extension StoreConformance {
    /// What shops sent and nobody could read.
    static let quarantine: [Case] = [
        Case("a message in quarantine is kept once, listed in order, and gone when removed") {
            bench in
            let first = record(1, of: bench.platform)
            try await keep(first, on: bench, "the first")
            try await keep(first, on: bench, "the same")
            try await keep(record(2, of: bench.platform), on: bench, "another")
            let kept = try await bench.store.quarantined(platform: nil, after: nil, limit: 10)
            bench.expect(
                kept.map(\.sealedMessage), is: [[9, 1], [9, 2]], "the messages in order")
            guard let number = kept.first?.number else { return }
            let read = try await bench.store.quarantined(number: number)
            bench.expect(
                read?.sealedMessage == first.sealedMessage && read?.reason == first.reason
                    && read?.shop == first.shop && read?.receivedAt == first.receivedAt
                    && read?.identity == first.identity && read?.platform == first.platform
                    && read?.wrappedDataKey == first.wrappedDataKey,
                "a message reads back as it was kept"
            )
            try await bench.store.removeQuarantined(number: number)
            bench.expect(
                try await bench.store.quarantined(number: number) == nil,
                "what was removed is gone"
            )
        },
        Case("a message in quarantine belongs to one platform, and is listed with its own") {
            bench in
            let other = try await bench.addPlatform("other")
            for (identity, platform) in [(1, bench.platform), (1, other), (2, bench.platform)] {
                try await keep(record(identity, of: platform), on: bench, "a message")
            }
            func listed(_ platform: Platform?, after: Int64?) async throws -> [QuarantineRecord] {
                try await bench.store.quarantined(
                    platform: platform?.number,
                    after: after,
                    limit: 10
                )
            }
            let all = try await listed(nil, after: nil)
            bench.expect(all.count, is: 3, "messages of all platforms")
            let own = try await listed(bench.platform, after: nil)
            bench.expect(own.map(\.sealedMessage), is: [[9, 1], [9, 2]], "the first's messages")
            bench.expect(
                own.allSatisfy { $0.platform == bench.platform.number },
                "a list of one platform holds another's message"
            )
            let later = try await listed(bench.platform, after: own.first?.number)
            bench.expect(later.map(\.sealedMessage), is: [[9, 2]], "the first's after its first")
            let others = try await listed(other, after: nil)
            bench.expect(others.map(\.platform), is: [other.number], "the second's messages")
        },
        Case("the number of a message that left the quarantine is not given again") { bench in
            for identity in 1...2 {
                try await keep(record(identity, of: bench.platform), on: bench, "a message")
            }
            // A repeat uses up no number either.
            try await keep(record(2, of: bench.platform), on: bench, "the same")
            let last = try await numbers(on: bench).last ?? 0
            try await bench.store.removeQuarantined(number: last)
            try await keep(record(3, of: bench.platform), on: bench, "a further one")
            bench.expect(try await numbers(on: bench).last, is: last + 1, "the next number")
        },
        Case("a platform's quarantine has an end, and the others' are not touched by it") {
            bench in
            let most = QuarantineRecord.mostOfAPlatform
            for identity in 1...most {
                try await keep(record(identity, of: bench.platform), on: bench, "\(identity)")
            }
            let further = record(most + 1, of: bench.platform)
            bench.expect(
                try await !bench.store.keepQuarantined(further),
                "more than the most was kept"
            )
            try await keep(record(1, of: bench.platform), on: bench, "a known one at the end")
            let other = try await bench.addPlatform("other")
            try await keep(record(1, of: other), on: bench, "another platform's")
            let first = try await numbers(on: bench)
            bench.expect(first.count, is: most, "messages that are kept")
            try await bench.store.removeQuarantined(number: first.first ?? 0)
            try await keep(further, on: bench, "one in the room of a removed one")
        },
    ]

    private static func keep(
        _ record: QuarantineRecord,
        on bench: StoreBench,
        _ what: String
    ) async throws {
        bench.expect(try await bench.store.keepQuarantined(record), "\(what) was not kept")
    }

    /// Numbers of the first platform's messages.
    private static func numbers(on bench: StoreBench) async throws -> [Int64] {
        try await bench.store.quarantined(
            platform: bench.platform.number,
            after: nil,
            limit: QuarantineRecord.mostOfAPlatform + 1
        ).map(\.number)
    }

    private static func record(_ identity: Int, of platform: Platform) -> QuarantineRecord {
        QuarantineRecord(
            number: 0,
            platform: platform.number,
            shop: .dujiaoka,
            reason: "no_code",
            receivedAt: Instant(secondsSinceEpoch: 1_795_161_600),
            identity: [UInt8(identity >> 8), UInt8(identity & 0xFF)],
            sealedMessage: [9, UInt8(identity & 0xFF)],
            wrappedDataKey: [7]
        )
    }
}

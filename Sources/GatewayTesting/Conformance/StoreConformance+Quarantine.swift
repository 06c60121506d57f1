import Gateway
import WireFormat

extension StoreConformance {
    /// What shops sent and nobody could read.
    static let quarantine: [Case] = [
        Case("a message in quarantine is kept once, listed in order, and gone when removed") {
            bench in
            let first = record(on: bench, identity: 1)
            bench.expect(try await bench.store.keepQuarantined(first), "the first is kept")
            bench.expect(try await bench.store.keepQuarantined(first), "the same is no error")
            bench.expect(
                try await bench.store.keepQuarantined(record(on: bench, identity: 2)),
                "another is kept"
            )
            let kept = try await bench.store.quarantined(platform: nil, after: nil, limit: 10)
            bench.expect(kept.map(\.identity) == [[1], [2]], "two messages, in their order")
            guard let number = kept.first?.number else { return }
            let later = try await bench.store.quarantined(
                platform: bench.platform.number,
                after: number,
                limit: 10
            )
            bench.expect(later.map(\.identity) == [[2]], "paging goes on after a number")
            let read = try await bench.store.quarantined(number: number)
            bench.expect(
                read?.sealedMessage == first.sealedMessage && read?.reason == first.reason
                    && read?.shop == first.shop && read?.receivedAt == first.receivedAt,
                "a message reads back as it was kept"
            )
            try await bench.store.removeQuarantined(number: number)
            bench.expect(
                try await bench.store.quarantined(number: number) == nil,
                "what was removed is gone"
            )
        }
    ]

    private static func record(on bench: StoreBench, identity: UInt8) -> QuarantineRecord {
        QuarantineRecord(
            number: 0,
            platform: bench.platform.number,
            shop: .dujiaoka,
            reason: "no_code",
            receivedAt: Instant(secondsSinceEpoch: 1_795_161_600),
            identity: [identity],
            sealedMessage: [9, 8, identity],
            wrappedDataKey: [7]
        )
    }
}

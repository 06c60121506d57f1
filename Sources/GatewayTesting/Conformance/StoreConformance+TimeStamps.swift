import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let timeStamps: [Case] = [anchored, bracket, lists, separate, readable]

    /// A stamp over a checkpoint, with contents that a store has to give back byte for byte.
    static func stamp(
        _ bench: StoreBench,
        of platform: PlatformNumber,
        by authority: String = "tsa-1",
        list: TimeStampRecord.List? = nil
    ) async throws -> TimeStampRecord {
        let head = try bench.require(
            try await bench.store.logHead(of: platform),
            "the head of a log"
        )
        return TimeStampRecord(
            platform: platform,
            size: head.range.size,
            checkpoint: head.checkpoint,
            authority: authority,
            policy: "1.2.3.4.1",
            genTime: bench.time.now() + .milliseconds(7),
            accuracy: .milliseconds(1_500),
            token: [0x30, 0x00, UInt8(truncatingIfNeeded: head.range.size)],
            chain: "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n",
            revocationLists: "",
            list: list
        )
    }

    static func record(_ bench: StoreBench, _ stamps: TimeStampRecord...) async throws {
        let report = TimeStampReport(records: stamps, at: bench.time.now())
        guard case .committed = try await bench.commit(.recordTimeStamp(report)) else {
            throw StoreBench.Missing(description: "the receipt of a stamp")
        }
    }

    private static let readable = Case(
        "leaves that everybody can read are found before and after an entry"
    ) { bench in
        let platform = bench.platform.number
        for number in 1...3 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number)))
            try await record(bench, try await stamp(bench, of: platform, by: "tsa-\(number)"))
        }
        let size = try await bench.store.logHead(of: platform)?.range.size ?? 0
        func found(
            _ range: Range<UInt64>, newestFirst: Bool, _ limit: Int = 9
        ) async throws
            -> [UInt64]
        {
            try await bench.store.publicEntries(
                of: platform, in: range, newestFirst: newestFirst, limit: limit
            ).map(\.index)
        }
        let all = try await found(0..<size, newestFirst: false)
        bench.expect(all.count, is: 3, "the anchors of a log")
        bench.expect(all, is: all.sorted(), "the order of the anchors")
        bench.expect(
            try await found(0..<size, newestFirst: true), is: all.reversed(), "the newest first")
        bench.expect(
            try await found(0..<all[1], newestFirst: true, 1), is: [all[0]], "one before another")
        bench.expect(
            try await found(all[1] + 1..<UInt64.max, newestFirst: false, 1), is: [all[2]],
            "one after another")
        let leaf = try await bench.store.publicEntries(
            of: platform, in: 0..<size, newestFirst: true, limit: 1
        ).first?.leaf
        let entry = try await bench.store.entries(of: platform, in: all[2]..<all[2] + 1).first
        bench.expect(leaf, is: entry?.leaf, "its bytes")
    }

    private static let anchored = Case(
        "a stamp is kept with its anchor leaf, once, and survives a restart"
    ) { bench in
        let platform = bench.platform.number
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        var stamp = try await stamp(bench, of: platform)
        for _ in 0..<2 { try await record(bench, stamp) }
        stamp.anchorIndex = stamp.size
        let size = try await bench.store.logHead(of: platform)?.range.size
        bench.expect(size ?? 0, is: stamp.size + 1, "the log after the stamp came twice")
        let index = stamp.anchorIndex
        let entry = try await bench.store.entries(of: platform, in: index..<index + 1).first
        let leaf = try EvidenceLeaf(bytes: bench.require(entry, "the anchor").leaf)
        let statement = try AnchorStatement(leaf)
        try statement.check(checkpoint: stamp.checkpoint, token: stamp.token)
        bench.expect(statement.size, is: stamp.size, "the size in the anchor")
        bench.expect(statement.policy, is: stamp.policy, "the policy in the anchor")
        bench.expect(entry?.notice == nil, "a public leaf belongs to a notice")
        if try bench.reopen() {
            bench.expect(
                try await bench.store.timeStamps(of: platform, after: nil, limit: 9),
                is: [stamp],
                "stamps after a restart"
            )
        }
        bench.expect(
            try await bench.store.latestTimeStamp(of: platform, by: "tsa-1"),
            is: stamp,
            "the latest of its authority"
        )
        bench.expect(
            try await bench.store.latestTimeStamp(of: platform, by: "tsa-2"),
            is: nil,
            "the latest of another authority"
        )
    }

    private static let bracket = Case(
        "an entry lies between the last stamp anchored before it and the first that covers it"
    ) { bench in
        let platform = bench.platform.number
        var stamps: [TimeStampRecord] = []
        for number in 1...3 {
            try await bench.admit(
                NoticeDraft("w-\(number)", order: "o-\(number)", ItemDraft(number))
            )
            for authority in ["tsa-1", "tsa-2"] {
                var stamp = try await stamp(bench, of: platform, by: authority)
                try await record(bench, stamp)
                stamp.anchorIndex = stamp.size
                stamps.append(stamp)
            }
        }
        let store = bench.store
        let log = try bench.require(try await store.logs(of: platform).first, "the log")
        let size = try await store.logHead(of: platform)?.range.size ?? 0
        for index in 0...size {
            bench.expect(
                try await store.timeStamp(of: log, anchoredBefore: index),
                is: stamps.last { $0.anchorIndex < index },
                "the lower bound of entry \(index)"
            )
            bench.expect(
                try await store.timeStamp(of: log, coveringEntry: index),
                is: stamps.first { $0.size > index },
                "the upper bound of entry \(index)"
            )
        }
        let pages = try await [
            store.timeStamps(of: platform, after: nil, limit: 2),
            store.timeStamps(of: platform, after: stamps[1].anchorIndex, limit: 9),
        ]
        bench.expect(pages.flatMap { $0 }, is: stamps, "all stamps, by pages")
        bench.expect(
            try await store.latestTimeStamp(of: platform, by: "tsa-1"),
            is: stamps[4],
            "the latest of an authority"
        )
    }

    private static let lists = Case("a stamp over several logs anchors each at its place") {
        bench in
        let platforms = [bench.platform.number, try await bench.addPlatform("shop").number]
        var stamps: [TimeStampRecord] = []
        for platform in platforms { stamps.append(try await stamp(bench, of: platform)) }
        let list = StampedList(checkpoints: stamps.map(\.checkpoint))
        for index in stamps.indices {
            stamps[index].size = 1
            stamps[index].list = .init(text: list.text, place: list.place(ofCheckpoint: index))
        }
        try await record(bench, stamps[0], stamps[1])
        for (index, platform) in platforms.enumerated() {
            let kept = try bench.require(
                try await bench.store.timeStamps(of: platform, after: nil, limit: 2).first,
                "the stamp of log \(index)"
            )
            bench.expect(kept, is: stamps[index], "the stamp of log \(index)")
            let entry = try await bench.store.entries(of: platform, in: 0..<1).first
            let leaf = try EvidenceLeaf(bytes: bench.require(entry, "the anchor").leaf)
            let place = try bench.require(try AnchorStatement(leaf).place, "the place")
            try place.check(checkpoint: kept.checkpoint, in: kept.stampedBytes)
        }
    }

    private static let separate = Case("health is written into the logs that are named") { bench in
        let other = try await bench.addPlatform("shop")
        let report = try HealthReport(
            platforms: [other.number],
            clock: ClockReading(
                offset: .milliseconds(-12),
                uncertainty: .milliseconds(1_003),
                policy: "1.2.3.4.1",
                readAt: bench.time.now()
            ),
            build: "1.2.3",
            adapters: [.init(label: "issuer@1", asked: 5, failed: 2)],
            at: bench.time.now()
        )
        _ = try await bench.commit(.recordHealth(report))
        let entry = try await bench.store.entries(of: other.number, in: 0..<2)
        bench.expect(entry.count, is: 1, "entries of the named log")
        let text = entry.first.map { String(decoding: $0.leaf, as: UTF8.self) } ?? ""
        for member in [
            #""asked":[5]"#, #""failed":[2]"#, #""adapters":["issuer@1"]"#, #""build":"1.2.3""#,
            #""clock_offset_ms":-12"#, #""clock_uncertainty_ms":1003"#, #""typ":"health""#,
        ] { bench.expect(text.contains(member), "the leaf \(text) has no \(member)") }
        let size = try await bench.store.logHead(of: bench.platform.number)?.range.size
        bench.expect(size ?? 9, is: 0, "the other log")
    }
}

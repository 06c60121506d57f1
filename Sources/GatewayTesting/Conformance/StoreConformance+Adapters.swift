import EvidenceLog
import Gateway
import WireFormat

extension StoreConformance {
    static let adapters: [Case] = [degraded]

    private static let degraded = Case(
        "a degraded adapter is kept once, with a public leaf, and its return makes re-asks due"
    ) { bench in
        func report(_ state: AdapterReport.State) -> Change {
            .reportAdapter(
                AdapterReport(
                    adapter: "issuer",
                    label: "issuer@1",
                    state: state,
                    canaries: ["good-1"],
                    at: bench.time.now(),
                    platforms: [bench.platform.number],
                    seed: [UInt8](repeating: 7, count: 32)
                )
            )
        }
        func size() async throws -> UInt64 {
            try await bench.store.logHead(of: bench.platform.number)?.range.size ?? 0
        }
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let asked = try await bench.leaseOne()
        bench.expect(asked.dueAt, is: StoreBench.start, "when the first ask was due")
        _ = try await bench.commit(
            try bench.outcome(asked, .unknown, askAgainAfter: .seconds(86_400))
        )
        bench.expect(try await bench.store.reaskCount(adapter: "issuer"), is: 1, "re-asks")
        bench.expect(try await bench.store.reaskCount(adapter: "other"), is: 0, "others' re-asks")
        let before = try await size()
        _ = try await bench.commit(report(.recovered))
        bench.expect(try await size(), is: before, "the log after a return without cause")
        for _ in 0..<2 { _ = try await bench.commit(report(.degraded)) }
        bench.expect(try await size(), is: before + 1, "the log after it was said twice")
        let standing = DegradedAdapter(
            adapter: "issuer",
            canaries: ["good-1"],
            since: bench.time.now()
        )
        bench.expect(try await bench.store.degradedAdapters(), is: [standing], "degraded")
        bench.time.advance(by: .seconds(60))
        bench.expect(try await bench.lease().isEmpty, "asked before its time")
        _ = try await bench.commit(report(.recovered))
        bench.expect(try await bench.store.degradedAdapters().isEmpty, "it is still degraded")
        bench.expect(try await size(), is: before + 2, "the log in the end")
        let entry = try await bench.store.entries(
            of: bench.platform.number,
            in: before + 1..<before + 2
        ).first
        let text = entry.map { String(decoding: $0.leaf, as: UTF8.self) } ?? ""
        bench.expect(text.contains("\"state\":\"recovered\""), "its leaf is \(text)")
        bench.expect(entry?.notice == nil, "a public leaf belongs to a notice")
        let again = try await bench.leaseOne()
        bench.expect(again.check.id, is: asked.check.id, "the check that is due")
        bench.expect(again.dueAt, is: bench.time.now(), "when it was due")
    }
}

import CardModel
import Drivers
import Gateway
import Testing
import WireFormat

@testable import GatewayTesting

/// The walk over a SQLite store's decisions.
@Suite("SQLite decisions")
struct SQLiteDecisionTests {
    private static func decided(
        in folder: TemporaryFolder,
        of platform: PlatformNumber
    ) throws -> [DecidedItem] {
        try SQLiteAuditor.inspect(path: folder.file) { inspection in
            let walk = try inspection.decidedItems(of: platform)
            var items: [DecidedItem] = []
            while let row = try walk() {
                guard case .row(let item) = row else {
                    Issue.record("a row cannot be read")
                    continue
                }
                items.append(item)
            }
            return items
        }
    }

    @Test("an item is there once it is decided, in its order, and of its platform alone (D-10)")
    func walk() async throws {
        let folder = try TemporaryFolder()
        let bench = try await StoreBench(.sqlite(in: folder), seed: 5)
        let other = try await bench.addPlatform("other")
        let first = try await bench.admit(
            NoticeDraft("w-1", order: "o-1", ItemDraft(1), ItemDraft(2, line: 2)))
        try await bench.admit(
            NoticeDraft("w-1", order: "o-1", ItemDraft(1)).with { $0.platform = other })
        #expect(try Self.decided(in: folder, of: bench.platform.number).isEmpty)
        for leased in try await bench.lease() {
            _ = try await bench.commit(try bench.outcome(leased, .good))
        }
        let items = try Self.decided(in: folder, of: bench.platform.number)
        #expect(items.map(\.terms.line) == [1, 2])
        let stored = try await bench.items(first)
        #expect(items.map(\.decision.check) == stored.map(\.check))
        #expect(items.map(\.deliveredAt) == [StoreBench.start, StoreBench.start])
        for item in items {
            #expect(item.warrantyCase.id == item.decision.check.text)
            #expect(item.warrantyCase.decided?.policy == (try WarrantyPolicy.sevenDays.pin))
            let again = item.warrantyCase.judged(under: .sevenDays)
            #expect(again.claim.reason == item.judgement.claim)
            #expect(again.liability.party == item.decision.liability)
        }
        #expect(try Self.decided(in: folder, of: other.number).count == 1)
    }

    @Test("a delivery that is only kept is not looked at, and one that was erased is gone")
    func restricted() async throws {
        let folder = try TemporaryFolder()
        let bench = try await StoreBench(.sqlite(in: folder), seed: 6)
        let unasked = ItemDraft(1).with { $0.adapter = nil }
        let kept = try await bench.admit(NoticeDraft("w-1", order: "o-1", unasked))
        let stays = ItemDraft(2).with { $0.adapter = nil }
        try await bench.admit(NoticeDraft("w-2", order: "o-2", stays))
        #expect(try Self.decided(in: folder, of: bench.platform.number).count == 2)
        let rule = RetentionRule(period: .seconds(1_000))
        guard case .restricted = try await bench.erase(kept.delivery, rule: rule) else {
            Issue.record("it is not restricted")
            return
        }
        #expect(try Self.decided(in: folder, of: bench.platform.number).count == 1)
        _ = try await bench.erase(kept.delivery, rule: rule, overrideReason: "a court said so")
        #expect(try Self.decided(in: folder, of: bench.platform.number).count == 1)
    }

    @Test("the issuer's text is not in a case: it may name somebody")
    func issuersText() async throws {
        let folder = try TemporaryFolder()
        let bench = try await StoreBench(.sqlite(in: folder), seed: 7)
        try await bench.admit(NoticeDraft("w-1", order: "o-1", ItemDraft(1)))
        let used = Verdict.used(at: StoreBench.start - .seconds(600))
        try await bench.answerOne(used)
        let item = try #require(try Self.decided(in: folder, of: bench.platform.number).first)
        #expect(item.decision.verdict.issuer?.text == "used")
        #expect(item.warrantyCase.verdict.issuer?.text == nil)
        #expect(item.warrantyCase.verdict.issuer?.at == used.issuer?.at)
    }
}

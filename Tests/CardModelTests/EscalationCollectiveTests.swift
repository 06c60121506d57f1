import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: collective cases (M1-30)")
struct EscalationCollectiveTests {
    private let start = EscalationExample.start
    private let window = Duration.seconds(100)

    private func code(
        _ claim: Int,
        at milliseconds: Int64,
        merchant: String = "m",
        batch: String? = "b"
    ) -> BadCode {
        BadCode(
            claimID: "clm_\(claim)",
            merchant: merchant,
            batch: batch,
            product: "p",
            at: start + .milliseconds(milliseconds)
        )
    }

    private func find(_ codes: [BadCode], count: Int = 3) -> [CollectiveCase] {
        CollectiveCase.find(in: codes, count: count, window: window)
    }

    @Test("so many within less than the window are a case; at the window itself they are none")
    func boundary() {
        let first = [code(1, at: 0), code(2, at: 10)]
        #expect(find(first + [code(3, at: 99_999)]).map(\.members.count) == [3])
        #expect(find(first + [code(3, at: 100_000)]).isEmpty)
        #expect(find(first).isEmpty)
    }

    @Test("a claim counts once, however many codes it has")
    func claims() {
        #expect(find([code(1, at: 0), code(1, at: 1), code(2, at: 2)]).isEmpty)
    }

    @Test("other batches of the merchant do not join a batch's case")
    func batches() {
        let codes =
            (0..<3).map { code($0, at: Int64($0)) }
            + [code(10, at: 3, batch: "c"), code(11, at: 4, batch: nil)]
        let cases = find(codes)
        #expect(cases.map(\.batch) == ["b"])
        #expect(cases.first?.members.count == 3)
        #expect(cases.first?.products == ["p"])
    }

    @Test("codes of many batches of one merchant are a case of the merchant")
    func merchants() {
        let codes = (0..<3).map { code($0, at: Int64($0), batch: "b\($0)") }
        let cases = find(codes + [code(9, at: 1, merchant: "other")])
        #expect(cases.map(\.merchant) == ["m"])
        #expect(cases.map(\.batch) == [nil])
    }

    @Test("two waves far apart are two cases, and stragglers between are in none")
    func waves() {
        let codes =
            (0..<3).map { code($0, at: Int64($0)) } + [code(50, at: 500_000)]
            + (100..<104).map { code($0, at: 1_000_000 + Int64($0)) }
        #expect(find(codes).map(\.members.count) == [3, 4])
    }

    @Test("the order of the facts does not show, and a case holds what it promises")
    func property() {
        let seed: UInt64 = 30
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            let codes = (0..<40).map { claim in
                code(
                    claim,
                    at: Int64(generator.next() % 1_000_000),
                    merchant: "m\(generator.next() % 2)",
                    batch: generator.next() % 3 == 0 ? nil : "b\(generator.next() % 2)"
                )
            }
            let cases = find(codes)
            #expect(find(codes.shuffled(using: &generator)) == cases, "seed \(seed)")
            let ids = cases.flatMap { $0.members.map(\.claimID) }
            #expect(Set(ids).count == ids.count, "seed \(seed)")
            for found in cases {
                #expect(found.members.count >= 3, "seed \(seed)")
                for member in found.members {
                    #expect(isDense(around: member, in: found.members), "seed \(seed)")
                }
            }
        }
    }

    /// Whether some window with three members holds the member.
    private func isDense(around member: BadCode, in members: [BadCode]) -> Bool {
        members.contains { first in
            let inside = members.filter { $0.at >= first.at && $0.at < first.at + window }
            return inside.count >= 3 && inside.contains(member)
        }
    }
}

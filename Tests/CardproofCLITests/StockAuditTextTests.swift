import CardModel
import Gateway
import Testing
import WireFormat

@testable import CardproofCLI

@Suite("What a stock audit says on the terminal")
struct StockAuditTextTests {
    @Test("columns of suppliers line up, and their names cannot steer the terminal")
    func summary() throws {
        var summary = StockAuditSummary()
        summary.lines = 300
        summary.codes = 298
        summary.defects = [.duplicate: 12, .malformed: 2]
        for (name, defective) in [("北京供货商", 5), ("acme\u{1b}[31m\nx", 12), (nil, 0)] {
            var group = StockGroup(file: 0, supplier: name)
            group.codes = 100
            group.defectiveLines = defective
            summary.breakdown.groups.append(group)
        }
        let scope = AuditScope(
            files: ["stock.txt"],
            checksHistory: false,
            readsHistory: false,
            asOf: try #require(CalendarDate(iso8601: "2026-11-20")),
            minimumRemainingDays: 0,
            cardFormat: nil,
            language: .zhCN
        )
        let text = AuditText(language: .zhCN).summary(
            AuditOutcome(scope: scope, summary: summary)
        )
        #expect(
            text == """
                300 行，298 个卡密：
                  dup        12  重复
                  malformed   2  格式错误
                  expired     0  已过期
                  sold        0  已售出
                  conflict    0  同卡号不同卡密
                  供货商       行数  有问题  占比
                  acme\u{fffd}[31m\u{fffd}x  100   12      12.0%
                  北京供货商   100    5      5.0%
                  （未注明）   100    0      0.0%
                未检查：发行方的状态（--online）；长度、字符与校验位（--card-format）；是否已售（--history）
                """
        )
    }

    @Test("the progress line tells share, rate, time left and defects where it can")
    func progress() {
        var progress = StockAuditProgress()
        progress.stockBytes = 30 << 20
        progress.historyBytes = 10 << 20
        progress.lines = 1_200_000
        progress.defects = 1_500
        let known = AuditProgressText(totalBytes: 100 << 20, language: .en)
        #expect(
            known.line(progress, after: 2)
                == "[########------------] 40%  600,000 lines/s  ETA 0:03  1,500 defects"
        )
        let pipe = AuditProgressText(totalBytes: nil, language: .zhCN)
        #expect(pipe.line(progress, after: 2) == "40 MiB  600,000 行/秒  问题 1,500")
        #expect(Table.width(of: known.line(progress, after: 0)) < 79)
        #expect(
            known.line(progress, after: 2, cells: 50)
                == "[########------------] 40%  600,000 lines/s"
        )
        #expect(known.line(progress, after: 2, cells: 4) == " 40%")
        progress.stockBytes = 200 << 20
        #expect(known.line(progress, after: 2).hasPrefix("[####################] 100%"))
    }

    @Test(
        "--fail-on takes classes, or none",
        arguments: [
            ("dup", [.duplicate]), ("none", []), ("sold,malformed", [.sold, .malformed]),
        ] as [(String, Set<StockDefectClass>)]
    )
    func failOn(list: String, expected: Set<StockDefectClass>) throws {
        #expect(try AuditFailOn(list).classes == expected)
    }

    @Test("any other class is refused", arguments: ["", "dups", "dup,", "none,dup", "DUP"])
    func unknownClass(list: String) {
        #expect(throws: (any Error).self) { try AuditFailOn(list) }
    }

    @Test("totals of suppliers, batches and files add up to the groups, whatever they are")
    func totals() {
        for seed in UInt64(1)...50 {
            var generator = SeededGenerator(state: seed)
            var breakdown = StockBreakdown()
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                var group = StockGroup(
                    file: Int.random(in: 0...2, using: &generator),
                    supplier: ["a", "b", nil].randomElement(using: &generator)!,
                    batch: ["1", "2", nil].randomElement(using: &generator)!
                )
                group.codes = Int.random(in: 0...9, using: &generator)
                group.malformed = Int.random(in: 0...9, using: &generator)
                group.defectiveLines = group.malformed
                group.rows = [.malformed: group.malformed]
                breakdown.groups.append(group)
            }
            for division in [GroupTotals.Division.supplier, .batch, .file] {
                let totals = GroupTotals.of(breakdown, by: division)
                if totals.isEmpty { continue }
                let lines = breakdown.groups.map(\.lines).reduce(0, +)
                #expect(totals.map(\.lines).reduce(0, +) == lines, "seed \(seed)")
                let shares = totals.map(\.defectShare)
                #expect(shares == shares.sorted(by: >), "seed \(seed)")
                let again = GroupTotals.of(breakdown, by: division)
                #expect(again.map(\.supplier) == totals.map(\.supplier), "seed \(seed)")
                #expect(again.map(\.batch) == totals.map(\.batch), "seed \(seed)")
            }
        }
    }

    @Test("a share above nothing is not shown as nothing")
    func numbers() {
        #expect(AuditNumbers.percent(0) == "0.0%")
        #expect(AuditNumbers.percent(0.000_1) == "<0.1%")
        #expect(AuditNumbers.percent(0.999_9) == ">99.9%")
        #expect(AuditNumbers.percent(1) == "100.0%")
        #expect(AuditNumbers.grouped(0) == "0")
        #expect(AuditNumbers.grouped(123) == "123")
        #expect(AuditNumbers.grouped(1_234_567) == "1,234,567")
    }
}

/// SplitMix64.
private struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}

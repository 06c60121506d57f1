import CardModel
import Testing
import WireFormat

@testable import Gateway

@Suite("Stock audit: by supplier, batch, shelf life and face value")
struct StockAuditBreakdownTests {
    private static let header = "卡号,卡密,有效期,面值,供货商,批次\n"

    @Test("every defect counts for the supplier and batch its own line names")
    func groups() async throws {
        let text =
            Self.header + """
                1001,KEYAAAAAAAAA,2027-01-01,50,甲,B1
                1002,KEYBBBBBBBBB,2026-01-01,50.00,甲,B1
                1003,KEYAAAAAAAAA,2027-01-01,100,乙,B1
                1004,,2027-01-01,100,乙,B2
                1001,KEYCCCCCCCCC,2026-01-01,100, 乙 ,B2
                1006,KEYDDDDDDDDD,,30,,

                """
        let result = try await StockAuditFixture().run([Array(text.utf8)])
        let breakdown = result.summary.breakdown
        #expect(
            breakdown.groups.map { [$0.supplier, $0.batch] } == [
                [nil, nil], ["乙", "B1"], ["乙", "B2"], ["甲", "B1"],
            ]
        )
        #expect(breakdown.groups.map(\.codes) == [1, 1, 1, 2])
        #expect(breakdown.groups.map(\.malformed) == [0, 0, 1, 0])
        #expect(breakdown.groups[1].rows == [.duplicate: 1])
        #expect(breakdown.groups[2].rows == [.malformed: 1, .conflict: 1, .expired: 1])
        #expect(breakdown.groups[2].defectiveLines == 2)
        #expect(breakdown.groups[2].defectShare == 1)
        #expect(breakdown.groups[3].rows == [.expired: 1])
        #expect(breakdown.faceValues == ["50": 2, "100": 2, "30": 1])
        #expect(breakdown.reasons == [.keyMissing: 1])
        #expect(breakdown.namesSuppliers && breakdown.namesBatches)
    }

    @Test("shelf life is counted in whole days from the day of the audit")
    func shelfLife() async throws {
        let asOf = CalendarDate(year: 2026, month: 11, day: 20)!
        let days = [-1, 0, 6, 7, 29, 30, 89, 90, 179, 180, 364, 365, 4_000]
        var text = "serial,key,expires_on\n"
        for (index, day) in days.enumerated() {
            text += "\(1_000 + index),KEY\(index),\(asOf.adding(days: day).iso8601)\n"
        }
        text += "2000,LAST,\n"
        let result = try await StockAuditFixture(asOf: asOf).run([Array(text.utf8)])
        #expect(
            result.summary.breakdown.shelfLife == [
                .expired: 1, .underWeek: 2, .underMonth: 2, .underQuarter: 2, .underHalfYear: 2,
                .underYear: 2, .yearOrMore: 2, .unknown: 1,
            ]
        )
    }

    @Test(
        "a line without a face value counts for none, whatever stood in the line before",
        arguments: [
            "S1,AAAABBBBCCCC,50\nS2,AAAABBBBCCCD\n",
            "\"S1\",\"AAAABBBBCCCC\",\"50\"\n\"S00000002\",\"SECRETKEY12345\"\n",
        ]
    )
    func missingFaceValue(text: String) async throws {
        let result = try await StockAuditFixture().run([
            Array(("serial,key,face_value\n" + text).utf8)
        ])
        #expect(result.summary.codes == 2)
        #expect(result.summary.breakdown.faceValues == ["50": 1])
    }

    @Test(
        "a face value has one name however it is written",
        arguments: [
            ("50", "50"), (" 50.00 ", "50"), ("５０", "50"), ("050", "50"), ("0.50", "0.5"),
            ("1,000.10", "1000.1"), ("10,00", "10,00"), ("50元", "50元"), ("¥50", "50元"),
            ("￥50.0", "50元"), ("RMB 50", "50元"), ("50cny", "50元"), ("$50", "$50"),
            ("元", "元"), ("月卡", "月卡"), ("1e3", "1e3"), ("", ""), (".5", ".5"), ("5.", "5"),
        ])
    func faceValueNames(written: String, name: String) {
        #expect(FaceValueText(written).name == name)
    }

    @Test("files that name nobody are one group each")
    func files() async throws {
        let result = try await StockAuditFixture().run([
            Array("1001----KEYA\n1002----KEYA\n".utf8), Array("1001----KEYB\n\n".utf8),
        ])
        let groups = result.summary.breakdown.groups
        #expect(groups.map(\.file) == [0, 1])
        #expect(groups.map(\.codes) == [2, 1])
        #expect(groups[1].rows == [.conflict: 1])
        #expect(!result.summary.breakdown.namesSuppliers)
    }

    @Test("more groups than are told apart leave one a file, and no row is lost")
    func tooMany() async throws {
        var text = "serial,key,batch\n"
        for index in 0...StockAuditLimits.groups { text += "\(index),KEY\(index),B\(index)\n" }
        text += "77,KEY77,B0\n"
        let breakdown = try await StockAuditFixture().run([Array(text.utf8)]).summary.breakdown
        #expect(breakdown.hasTooManyGroups)
        #expect(breakdown.groups.map(\.codes) == [StockAuditLimits.groups + 2])
        #expect(breakdown.groups.map(\.rows) == [[.duplicate: 1]])
    }

    @Test("the breakdown is the same for every thread count and memory limit")
    func invariant() async throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = StockAuditRandom(seed: seed)
        var text = "serial,key,expires_on,supplier,batch,face_value\n"
        for _ in 0..<20_000 {
            let supplier = "S\(Int.random(in: 0..<7, using: &random))"
            let batch = "B\(Int.random(in: 0..<30, using: &random))"
            let key = Int.random(in: 0..<12_000, using: &random)
            let value = [10, 50, 100].randomElement(using: &random)!
            text += "\(key % 900),KEY\(key),2026-12-01,\(supplier),\(batch),\(value)\n"
        }
        let bytes = Array(text.utf8)
        var fixture = StockAuditFixture()
        let expected = try await fixture.run([bytes])
        fixture.threads = 3
        fixture.memoryBytes = 40 << 20
        let other = try await fixture.run([bytes])
        #expect(other.rows == expected.rows, "seed \(seed)")
        #expect(other.summary.breakdown == expected.summary.breakdown, "seed \(seed)")
    }
}

import AdapterKit
import CardModel
import Testing
import WireFormat

@testable import Gateway

/// The second reading of a stock, for the codes that an issuer may be asked about.
@Suite("Candidates of a stock") struct StockCandidateTests {
    private static let reading = StockReading(grammar: .separated("----"))

    private func input(_ text: String, _ reading: StockReading = reading) -> StockInput {
        StockInput(name: "stock", reading: reading) { MemorySource(Array(text.utf8)) }
    }

    private func audited(
        _ inputs: [StockInput],
        isReusable: Bool = false
    ) async throws -> (spool: DefectSpool, candidates: StockCandidates) {
        let audit = StockAudit(
            options: StockAuditOptions(
                format: .builtIn("cmcc"),
                isReusable: isReusable,
                asOf: CalendarDate(year: 2026, month: 11, day: 20)!
            ),
            hashKey: SipHashKey(1, 2),
            scratch: MemoryScratch()
        )
        let spool = try DefectSpool(names: inputs.map(\.name), scratch: MemoryScratch())
        _ = try await audit.run(stock: inputs) { try spool.append($0) }
        let candidates = StockCandidates(
            inputs: inputs,
            isReusable: isReusable,
            hashKey: SipHashKey(3, 4)
        )
        return (spool, candidates)
    }

    private func all(
        _ candidates: StockCandidates,
        _ spool: DefectSpool
    ) async throws -> [StockCandidate] {
        var found: [StockCandidate] = []
        try await candidates.forEach(except: spool) { found.append($0) }
        return found
    }

    private static let serials = (0..<6).map { "1011128101000010\($0)" }
    private static let keys = (0..<6).map { "11041200001234567\($0)" }

    @Test("codes with a row are left out, the others come in order and as they were written")
    func withoutDefects() async throws {
        let lines = [
            "\(Self.serials[0])----\(Self.keys[0])", "no code", "",
            "\(Self.serials[1])---- 1104-12000012345671", "\(Self.serials[0])----\(Self.keys[0])",
            "\(Self.serials[2])----\(Self.keys[2])", "\(Self.serials[2])----\(Self.keys[3])",
        ]
        let inputs = [
            input(lines.joined(separator: "\n")), input("\(Self.serials[4])----\(Self.keys[4])"),
        ]
        let (spool, candidates) = try await audited(inputs)
        let found = try await all(candidates, spool)
        let places = found.map(\.question.position)
        #expect(
            places == [
                StockPosition(file: 0, line: 1), StockPosition(file: 0, line: 4),
                StockPosition(file: 0, line: 6), StockPosition(file: 1, line: 1),
            ])
        #expect(found[1].question.code.key.withUnredacted { $0.contains("1104-") })
    }

    @Test("a code that is sold again and again is asked once")
    func reusable() async throws {
        let line = "\(Self.serials[0])----\(Self.keys[0])"
        let (spool, candidates) = try await audited(
            [input("\(line)\n\(line)\n\(Self.serials[1])----\(Self.keys[1])\n")],
            isReusable: true
        )
        #expect(try await all(candidates, spool).map(\.question.position.line) == [1, 3])
    }

    @Test("suppliers and batches of a CSV file are told apart, and change the digest")
    func batches() async throws {
        let header = "卡号,卡密,供货商,批次\n"
        func stock(_ last: String) -> [StockInput] {
            let rows = [
                "\(Self.serials[0]),\(Self.keys[0]),甲, a", "\(Self.serials[1]),\(Self.keys[1]),甲,a",
                "\(Self.serials[2]),\(Self.keys[2]),\"乙\",a",
                "\(Self.serials[3]),\(Self.keys[3]),,",
                "\(Self.serials[4]),\(Self.keys[4]),乙,\(last)",
            ]
            var columns = CSVColumns(serial: 0, key: 1, expiresOn: nil, count: 4)
            columns.supplier = 2
            columns.batch = 3
            let reading = StockReading(grammar: .csv(columns), headerLine: 1)
            return [input(header + rows.joined(separator: "\n"), reading)]
        }
        let (spool, candidates) = try await audited(stock("a"))
        let survey = try await candidates.survey(except: spool, salt: [1])
        #expect(survey.batches.map(\.codes) == [2, 2, 1])
        #expect(survey.batches.map(\.batch.supplier) == ["甲", "乙", nil])
        #expect(survey.candidates == 5)
        let again = try await candidates.survey(except: spool, salt: [1])
        let salted = try await candidates.survey(except: spool, salt: [2])
        let (otherSpool, other) = try await audited(stock("b"))
        let changed = try await other.survey(except: otherSpool, salt: [1])
        #expect(survey.digest == again.digest)
        #expect(survey.digest != salted.digest && survey.digest != changed.digest)
    }

    @Test("rows survive the spool as they were, beyond its pieces")
    func spool() throws {
        let spool = try DefectSpool(names: ["a", "b"], scratch: MemoryScratch())
        let rows = (1...9_000).map { (line: Int) -> StockDefect in
            let file = line > 5_000 ? 1 : 0
            let first = StockPosition(file: 0, line: UInt64(line))
            return StockDefect(
                position: StockPosition(file: file, line: UInt64(line)),
                fileName: ["a", "b"][file],
                defect: StockDefectClass.allCases[line % 6],
                detail: String(repeating: "原", count: line % 40),
                first: line.isMultiple(of: 3) ? first : nil,
                reason: line.isMultiple(of: 5) ? .keyMissing : nil,
                remainingDays: line.isMultiple(of: 7) ? line % 3_650 : nil
            )
        }
        for row in rows { try spool.append(row) }
        let reader = try spool.makeReader()
        var read: [StockDefect] = []
        while let row = try reader.next() { read.append(row) }
        #expect(read == rows)
    }

    @Test("an index holds the last word about each code, in the order of positions")
    func index() throws {
        let now = Instant(secondsSinceEpoch: 1_700_000_000)
        let index = AnswerIndex(scratch: MemoryScratch(), rowLimit: 2)
        func place(_ line: UInt64) -> StockPosition { StockPosition(file: 0, line: line) }
        let records: [InquiryRecord] = [
            .asking(place(7), at: now), .asking(place(2), at: now), .asking(place(5), at: now),
            .answer(StockAnswer(position: place(7), state: .used, at: now)),
            .withdrawn(place(2), at: now), .asking(place(9), at: now),
            .answer(StockAnswer(position: place(9), state: .indeterminate, at: now)),
            .asking(place(9), at: now),
            .answer(StockAnswer(position: place(9), state: .okUnused, at: now)),
        ]
        for (offset, record) in records.enumerated() { try index.add(record, offset: offset * 100) }
        let reader = try index.makeReader()
        var found: [AnswerIndex.Entry] = []
        while let entry = try reader.next() { found.append(entry) }
        #expect(found.map(\.position.line) == [2, 5, 7, 9])
        #expect(
            found.map(\.outcome) == [.notAsked, .interrupted, .answered(.bad), .answered(.good)])
        #expect(found.map(\.offset) == [400, 200, 300, 800])
        let again = try index.makeReader()
        for entry in found { #expect(try again.next() == entry) }
    }

    @Test("an earlier process's last question and pause bind the next one")
    func past() throws {
        let now = Instant(secondsSinceEpoch: 1_700_000_000)
        var health = IssuerHealth(
            limits: .init(concurrency: 8, requestsPerSecond: 10, burst: 5),
            pauses: .standard
        )
        health.goOn(from: AskingPast(lastAskedAt: now), at: now)
        #expect(health.enter(5, reserved: 0, at: now).isEmpty)
        #expect(health.enter(5, reserved: 0, at: now + .milliseconds(250)).count == 2)
        health.goOn(from: AskingPast(pausedUntil: now + .seconds(60)), at: now)
        #expect(health.enter(5, reserved: 0, at: now + .seconds(59)).isEmpty)
        #expect(health.enter(5, reserved: 0, at: now + .seconds(61)).count == 5)
    }

    @Test("an issuer's code that shows the key or the serial stands in no report")
    func shown() {
        let code = CardCode(serial: SerialNumber("SN-12345678"), key: CardKey("AB12-CD34"))
        #expect(code.isShown(by: "bad key ab12cd34"))
        #expect(code.isShown(by: "card sn 12345678 unknown"))
        #expect(!code.isShown(by: "11"))
    }
}

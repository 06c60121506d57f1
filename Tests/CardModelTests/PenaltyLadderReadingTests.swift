import Testing
import WireFormat

@testable import CardModel

@Suite("PenaltyLadder: the table as data")
struct PenaltyLadderReadingTests {
    private static let standard = PenaltyLadder.standard

    private func issues(_ document: JSONValue) throws -> [DocumentIssue] {
        do throws(InvalidDocument) {
            _ = try PenaltyLadder(jsonValue: document)
            return []
        } catch {
            return error.issues
        }
    }

    /// The shipped document with one member of one row changed; nil takes it away.
    private func issues(
        _ row: String,
        _ member: String,
        _ value: JSONValue?
    ) throws -> [DocumentIssue] {
        let index = try #require(Self.standard.rows.firstIndex { $0.id == row })
        var rows = Self.standard.rows.map(\.jsonValue)
        var object = try #require(rows[index].objectValue)
        object[member] = value
        rows[index] = .object(object)
        return try issues(["rules": "penalties", "version": 2, "rows": .array(rows)])
    }

    @Test("the table says the same written and read (M2-23)")
    func roundTrip() throws {
        #expect(try PenaltyLadder(jsonValue: Self.standard.jsonValue) == Self.standard)
        var rows = Self.standard.rows
        rows[1] = .init(id: "r", measure: .missedResponses, threshold: 4, step: .penalty(.downrank))
        let changed = PenaltyLadder(version: 9, rows: rows)
        #expect(try PenaltyLadder(jsonValue: changed.jsonValue) == changed)
        #expect(try PenaltyLadder(jsonValue: changed.jsonValue) != Self.standard)
    }

    @Test("a document without its name, its version or its rows is refused, each at its place")
    func missing() throws {
        #expect(
            Set(try issues([:]).map(\.pointer)) == ["/rules", "/version", "/rows"])
        #expect(
            Set(
                try issues(["rules": "risk", "version": 0, "rows": "none", "penalty": 1])
                    .map(\.pointer)) == ["/rules", "/version", "/rows", "/penalty"])
        #expect(try issues([]).first?.reason == .wrongType)
    }

    @Test(
        "a row that says something nobody knows is refused at its member",
        arguments: [
            ("missed_fine", "step", "jail", DocumentIssue.Reason.unknownValue),
            ("missed_fine", "step", nil, .missing),
            ("missed_fine", "measure", "mood", .unknownValue),
            ("missed_fine", "threshold", 0, .outOfRange),
            ("missed_fine", "threshold", "ten", .wrongType),
            ("late_fine", "threshold", 1_000_001, .outOfRange),
            ("gone_suspend", "threshold", 2, .outOfRange),
            ("missed_fine", "id", "Missed Fine", .unknownValue),
            ("missed_fine", "amount", 5, .unknownField),
        ] as [(String, String, JSONValue?, DocumentIssue.Reason)]
    )
    func wrongMember(
        row: String,
        member: String,
        value: JSONValue?,
        reason: DocumentIssue.Reason
    ) throws {
        let index = try #require(Self.standard.rows.firstIndex { $0.id == row })
        let found = try issues(row, member, value)
        #expect(found.map(\.pointer).contains("/rows/\(index)/\(member)"), "\(found)")
        #expect(found.map(\.reason).contains(reason), "\(found)")
    }

    @Test("a table that contradicts itself is refused at the row that does (M2-23)")
    func contradictions() throws {
        let ban = try issues("missed_suspend", "step", "ban")
        let index = try #require(Self.standard.rows.firstIndex { $0.id == "missed_suspend" })
        #expect(ban.map(\.pointer).contains("/rows/\(index)"))
        #expect(ban.contains { $0.detail.contains("confirmed_absconding") })
        #expect(
            try issues("missed_fine", "threshold", 2).map(\.reason) == [.contradiction])
        #expect(
            try issues("missed_fine", "id", "late_fine").map(\.detail)
                == ["`late_fine` stands twice"])
        let without = Self.standard.rows.filter { $0.step != .intervention }.map(\.jsonValue)
        let missing = try issues(["rules": "penalties", "version": 2, "rows": .array(without)])
        #expect(missing.map(\.detail) == ["no row leads to `intervene`"])
        #expect(missing.map(\.reason) == [.missing])
    }

    @Test("without any one measure the table is refused in words that name it")
    func withoutEachMeasure() throws {
        for measure in PenaltyLadder.Measure.allCases {
            let rows = Self.standard.rows.filter { $0.measure != measure }.map(\.jsonValue)
            let found = try issues(["rules": "penalties", "version": 2, "rows": .array(rows)])
            #expect(found.map(\.detail).contains("no row looks at `\(measure.rawValue)`"))
        }
    }

    @Test("every step has one word, and only a signal and an intervention act by themselves")
    func steps() {
        let steps = [PenaltyLadder.Step.intervention] + Penalty.allCases.map { .penalty($0) }
        #expect(steps.map(\.rawValue) == ["intervene", "downrank", "fine", "suspend", "ban"])
        for step in steps { #expect(PenaltyLadder.Step(rawValue: step.rawValue) == step) }
        #expect(PenaltyLadder.Step(rawValue: "jail") == nil)
        #expect(
            steps.map(\.execution.rawValue)
                == ["automatic", "automatic", "prepared", "prepared", "person"])
    }

    @Test("periods follow each other without a gap, also before 1970")
    func periods() {
        for number in [-2, -1, 0, 1, 692] {
            let period = PenaltyPeriod(number: number)
            #expect(PenaltyPeriod(containing: period.start) == period)
            #expect(PenaltyPeriod(containing: period.end - .milliseconds(1)) == period)
            #expect(PenaltyPeriod(containing: period.end).number == number + 1)
            #expect(period.end.duration(since: period.start) == .seconds(30 * 86_400))
        }
        #expect(PenaltyPeriod(number: 692).start.rfc3339Seconds == "2026-11-03T00:00:00Z")
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("Liability: tables as documents")
struct LiabilityTableReadingTests {
    private func issues(_ edit: (inout JSONObject) throws -> Void) throws -> [DocumentIssue] {
        var object = try #require(LiabilityTable.standard.jsonValue.objectValue)
        try edit(&object)
        do throws(InvalidDocument) {
            _ = try LiabilityTable(jsonValue: .object(object))
            return []
        } catch {
            return error.issues
        }
    }

    private func rows(_ name: String = "rows") throws -> [JSONValue] {
        try #require(LiabilityTable.standard.jsonValue[name]?.arrayValue)
    }

    private func index(of id: String, in name: String = "rows") throws -> Int {
        try #require(try rows(name).firstIndex { $0["id"]?.stringValue == id })
    }

    private func issues(
        _ id: String,
        in name: String = "rows",
        _ member: String,
        _ value: JSONValue
    ) throws -> [DocumentIssue] {
        var all = try rows(name)
        let index = try index(of: id, in: name)
        var row = try #require(all[index].objectValue)
        row[member] = value
        all[index] = .object(row)
        return try issues { $0[name] = .array(all) }
    }

    @Test("an empty document is told all that is missing")
    func empty() throws {
        let error = try #require(throws: InvalidDocument.self) {
            try LiabilityTable(jsonValue: [:])
        }
        #expect(
            error.issues.map(\.pointer) == ["/liability", "/version", "/rows", "/exclusions"]
        )
    }

    @Test("a state that no row decides is named, and a case of it")
    func totality() throws {
        let rows = try rows()
        let locked = try index(of: "liability.locked")
        var without = rows
        without.remove(at: locked)
        let found = try issues { $0["rows"] = .array(without) }
        #expect(found.map(\.detail) == ["no row decides `locked`"])
        #expect(found.map(\.reason) == [.missing])
        without = rows
        without.remove(at: try index(of: "liability.used.platform_held"))
        let part = try issues { $0["rows"] = .array(without) }
        #expect(part.count == 1)
        #expect(part.first?.detail.contains("`used` with holder: platform") == true)
    }

    @Test("a row that no case reaches is refused, and an id that stands twice")
    func unreachable() throws {
        var rows = try rows()
        let index = try index(of: "liability.not_activated")
        rows.swapAt(index, index - 1)
        #expect(
            try issues { $0["rows"] = .array(rows) }.map(\.detail)
                == ["no case reaches `liability.not_activated.activation_pending`"]
        )
        let twice = try self.rows()
        let found = try issues { $0["rows"] = .array(twice + [twice[0]]) }
        #expect(found.first?.pointer == "/rows/\(twice.count)/id")
    }

    @Test("there is no word for a no-refund clause, and none for `invalid` (M0-01, M1-36)")
    func words() throws {
        for word in ["no_refund", "no_refund_clause", "sold_as_is"] {
            let when: JSONValue = ["circumstance": .string(word)]
            #expect(
                try issues("liability.not_activated.activation_pending", "when", when)
                    .map(\.reason) == [.unknownValue]
            )
            #expect(
                try issues("exclusion.user_leak", in: "exclusions", "kind", .string(word))
                    .map(\.reason) == [.unknownValue]
            )
        }
        #expect(
            try issues("liability.used.presumed_buyer", "state", "invalid").map(\.reason)
                == [.unknownValue]
        )
        #expect(
            try issues("exclusion.disclosed_limit", in: "exclusions", "explains", ["not_found"])
                .map(\.detail) == ["`exclusion.disclosed_limit` cannot explain not_found"]
        )
    }

    @Test("an exclusion cannot be freed from its evidence, nor blame a seller's defect (M1-05)")
    func evidence() throws {
        #expect(
            try issues("exclusion.user_leak", in: "exclusions", "evidence", "none")
                .map(\.reason) == [.unknownField]
        )
        #expect(
            try issues("exclusion.force_majeure", in: "exclusions", "party", "buyer").count == 1
        )
    }

    @Test("what nobody can tell stays undetermined, and no defect is forgiven (M3-19, M1-36)")
    func invariants() throws {
        let cases: [(String, String, LiabilityTable.Invariant)] = [
            ("liability.used.no_event_time", "buyer", .decidesDoubt),
            ("liability.used.no_event_time", "merchant", .decidesDoubt),
            ("liability.expired.unknown", "merchant", .decidesDoubt),
            ("liability.conflict", "merchant", .decidesDoubt),
            ("liability.locked", "none", .decidesDoubt),
            ("liability.used.merchant_held", "buyer", .blamesBuyer),
            ("liability.not_found", "buyer", .blamesBuyer),
            ("liability.used.dead_at_dispense", "buyer", .blamesBuyer),
            ("liability.not_found", "none", .forgivesDefect),
            ("liability.ok_unused", "merchant", .blamesWithoutDefect),
            ("liability.indeterminate", "merchant", .blamesWithoutDefect),
        ]
        for (id, party, invariant) in cases {
            #expect(
                try issues(id, "party", .string(party)).map(\.detail)
                    == ["`\(id)` \(invariant.detail)"]
            )
        }
        #expect(Set(cases.map(\.2)) == Set(LiabilityTable.Invariant.allCases))
    }

    @Test("another table decides otherwise, and says by which row")
    func otherTable() throws {
        var rows = try rows()
        let index = try index(of: "liability.not_found")
        var row = try #require(rows[index].objectValue)
        row["party"] = "platform"
        row["id"] = "liability.not_found.own_stock"
        rows[index] = .object(row)
        var object = try #require(LiabilityTable.standard.jsonValue.objectValue)
        object["rows"] = .array(rows)
        let table = try LiabilityTable(jsonValue: .object(object))
        let facts = LiabilityFacts(
            verdict: Verdict(state: .notFound, certainty: .authoritative),
            custody: Custody()
        )
        #expect(Liability.decide(facts).party == .merchant)
        #expect(Liability.decide(facts).rule == "liability.not_found")
        #expect(Liability.decide(facts, by: table).party == .platform)
        #expect(Liability.decide(facts, by: table).rule == "liability.not_found.own_stock")
        let standard = try RuleTables.standard.pin
        let other = try RuleTables(liability: table, coverage: .standard).pin
        #expect(standard.liability == "cn-standard@1")
        #expect(standard.hash.count == 32)
        #expect(standard.hash != other.hash)
        #expect(RuleTablesPin(jsonValue: standard.jsonValue) == standard)
    }
}

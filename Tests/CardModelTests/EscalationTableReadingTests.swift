import Testing
import WireFormat

@testable import CardModel

@Suite("Escalation: tables as documents")
struct EscalationTableReadingTests {
    private func issues(_ edit: (inout JSONObject) -> Void) throws -> [DocumentIssue] {
        var object = try #require(TierTable.standard.jsonValue.objectValue)
        edit(&object)
        do throws(InvalidDocument) {
            _ = try TierTable(jsonValue: .object(object))
            return []
        } catch {
            return error.issues
        }
    }

    private func rows(_ name: String) throws -> [JSONValue] {
        try #require(TierTable.standard.jsonValue[name]?.arrayValue)
    }

    @Test("the shipped table and library, written and read, are the same")
    func roundTrip() throws {
        #expect(try TierTable(jsonValue: TierTable.standard.jsonValue) == .standard)
        #expect(try LawLibrary(jsonValue: LawLibrary.standard.jsonValue) == .standard)
    }

    @Test("every provision that a row cites is in the library, and none passes as checked (M0-23)")
    func citations() {
        #expect(LawLibrary.standard.missing(from: .standard).isEmpty)
        #expect(LawLibrary.standard.citations.allSatisfy { !$0.isVerified })
        var table = TierTable.standard
        table.tiers.otherwise.law = ["cn.unknown.1"]
        #expect(LawLibrary.standard.missing(from: table) == ["cn.unknown.1"])
    }

    @Test("an empty document is told all that is missing")
    func empty() throws {
        let error = try #require(throws: InvalidDocument.self) { try TierTable(jsonValue: [:]) }
        #expect(
            error.issues.map(\.pointer) == [
                "/escalation", "/version", "/parameters", "/tiers", "/channels", "/proposals",
                "/clocks",
            ]
        )
        #expect(error.issues.allSatisfy { $0.reason == .missing })
    }

    @Test("wrong fields are told together, each at its place")
    func wrongFields() throws {
        let found = try issues { object in
            object["colour"] = 1
            object["parameters"] = [
                "small_amount": ["amount_minor": -1, "currency": "CNY"],
                "law_amount": ["amount_minor": 5, "currency": "yuan"],
                "collective": ["count": 1, "window": "soon"],
            ]
            object["clocks"] = [
                [
                    "id": "UPPER", "channel": "fax", "start": "soon", "awaits": "nothing",
                    "length": "3", "verified": "no", "note": ["zh": "一"],
                ]
            ]
            object["channels"] = [["id": "channels.all", "channels": ["fax"]]]
        }
        #expect(
            Set(found.map(\.pointer)) == [
                "/colour", "/parameters/small_amount", "/parameters/law_amount",
                "/parameters/collective/count", "/parameters/collective/window", "/clocks/0/id",
                "/clocks/0/channel", "/clocks/0/start", "/clocks/0/awaits", "/clocks/0/length",
                "/clocks/0/verified", "/clocks/0/note/en", "/channels/0/channels/0",
            ]
        )
    }

    @Test("a list that does not answer every case is refused, and rows that no case reaches")
    func totality() throws {
        let tiers = try rows("tiers")
        let withoutLast = try issues { $0["tiers"] = .array(Array(tiers.dropLast())) }
        #expect(withoutLast.map(\.pointer) == ["/tiers/\(tiers.count - 2)"])
        #expect(withoutLast.map(\.reason) == [.contradiction])
        let lastFirst = try issues { $0["tiers"] = .array([tiers[tiers.count - 1]] + tiers) }
        #expect(lastFirst.map(\.pointer) == ["/tiers/0"])
        #expect(try issues { $0["tiers"] = [] }.map(\.pointer) == ["/tiers"])
    }

    @Test("an id stands once, and the lines of amounts are in order")
    func contradictions() throws {
        let proposals = try rows("proposals")
        let twice = try issues { $0["proposals"] = .array(proposals + proposals) }
        #expect(twice.map(\.pointer) == ["/proposals/1/id"])
        let crossed = try issues { object in
            var parameters = object["parameters"]?.objectValue ?? JSONObject()
            parameters["small_amount"] = Money(yuan: 5_000).jsonValue
            object["parameters"] = .object(parameters)
        }
        #expect(crossed.map(\.pointer) == ["/parameters"])
    }

    @Test("a table that sends a small single case to law is refused, by row (M1-29)")
    func smallCaseAtLaw() throws {
        let tiers = try rows("tiers").filter { $0["id"] != "tier.small_case" }
        let found = try issues { $0["tiers"] = .array(tiers) }
        #expect(found.contains { $0.detail.contains("tier.law_last") })
        let proposals = try issues { object in
            object["proposals"] = [
                [
                    "id": "proposal.always", "when": ["next": ["platform"]], "tier": "law",
                    "channels": ["notary"], "reason": ["zh": "一", "en": "a"],
                ]
            ]
        }
        #expect(proposals.map(\.pointer) == ["/proposals/0"])
    }

    @Test(
        "a table that leaves out a tier is refused, whatever ground it names (M4-32)",
        arguments: JumpReason.allCases.map(Optional.some) + [nil]
    )
    func skipping(ground: JumpReason?) throws {
        let row = TierRow(
            id: "tier.hasty",
            when: TierCondition(problems: [.codeUnusable], responsiveness: [.responsive]),
            tier: .paymentDispute,
            jump: ground,
            law: [],
            reason: LocalisedText(zhCN: "一", en: "a")
        )
        let tiers = try rows("tiers")
        let found = try issues { $0["tiers"] = .array([row.jsonValue] + tiers) }
        #expect(found.map(\.pointer) == ["/tiers/0"])
        #expect(found.first?.detail.contains("tier.hasty") == true)
    }

    @Test("a channel above the tier of the case is refused")
    func channelAboveTier() throws {
        let found = try issues { object in
            object["channels"] = [["id": "channels.all", "channels": ["police_110"]]]
        }
        #expect(found.map(\.pointer) == ["/channels/0"])
    }

    @Test("12315 may stand without quotes, which YAML reads as a number")
    func unquotedName() throws {
        var clock = try #require(try rows("clocks")[1].objectValue)
        clock["channel"] = 12315
        let found = try issues { $0["clocks"] = [.object(clock)] }
        #expect(found.isEmpty)
    }

    @Test("a library tells what is wrong with it")
    func library() throws {
        let error = try #require(throws: InvalidDocument.self) {
            try LawLibrary(jsonValue: [
                "law": "x", "version": 0, "more": 1,
                "citations": [
                    ["id": "a", "title": ["zh": "一"], "summary": [], "verified": false],
                    7,
                ],
            ])
        }
        #expect(
            Set(error.issues.map(\.pointer)) == [
                "/version", "/more", "/citations/0/title/en", "/citations/0/summary",
                "/citations/1",
            ]
        )
    }
}

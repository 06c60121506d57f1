import Testing
import WireFormat

@testable import CardModel

@Suite("MerchantProfile")
struct MerchantProfileTests {
    private static let day = MerchantFixture.day

    private static let document: JSONValue = [
        "merchant": "m-1",
        "identity": ["name": "示例网络科技有限公司", "registration_number": "91110000TEST0001X0"],
        "icp_number": "京ICP备00000000号",
        "qualifications": [
            ["kind": "business_licence", "number": "A-1", "valid_until": "2026-11-20"]
        ],
        "marks": ["official_store"],
        "human_channel": ["contact": "400-000-0000", "hours": "7x24"],
        "endpoints": [
            ["kind": "domain", "name": "old.example", "since": "2025-01-01T00:00:00Z"],
            ["kind": "domain", "name": "new.example", "since": "2026-01-01T00:00:00Z"],
        ],
    ]

    private func profile(_ change: (inout JSONObject) -> Void = { _ in }) throws -> MerchantProfile
    {
        var object = try #require(Self.document.objectValue)
        change(&object)
        return try MerchantProfile(jsonValue: .object(object))
    }

    @Test("a document is read, and written as it was read (M0-10, M0-27, M3-48)")
    func reading() throws {
        let profile = try profile()
        #expect(profile.jsonValue == Self.document)
        #expect(profile.isIdentified && profile.hasHumanChannelAllHours)
        #expect(profile.marks == [.officialStore])
        #expect(profile.endpoints.current(.domain)?.name == "new.example")
        #expect(profile.endpoints.current(.webhook) == nil)
    }

    @Test("every fault of a document is named at its place")
    func faults() throws {
        let document: JSONValue = [
            "identity": ["name": " "],
            "qualifications": [["kind": "licence", "number": "1"], 7],
            "human_channel": ["contact": "x"],
            "endpoints": [
                ["kind": "domain", "name": "b.example", "since": "2026-01-02T00:00:00Z"],
                ["kind": "domain", "name": "a.example", "since": "2026-01-01T00:00:00Z"],
            ],
            "rating": "A",
        ]
        let error = #expect(throws: InvalidDocument.self) {
            try MerchantProfile(jsonValue: document)
        }
        #expect(
            Set(error?.issues.map(\.pointer) ?? []) == [
                "/merchant", "/identity/name", "/identity/registration_number",
                "/qualifications/0/kind", "/qualifications/1", "/human_channel/hours",
                "/endpoints/1/since", "/rating",
            ]
        )
    }

    @Test("lists and texts have limits")
    func limits() throws {
        let one: JSONValue = ["kind": "trade_permit", "number": "1"]
        let most = MerchantProfile.mostQualifications
        let full = try profile { $0["qualifications"] = .array(Array(repeating: one, count: most)) }
        #expect(full.qualifications.count == most)
        #expect(throws: InvalidDocument.self) {
            try profile { $0["qualifications"] = .array(Array(repeating: one, count: most + 1)) }
        }
        #expect(throws: InvalidDocument.self) {
            try profile { $0["merchant"] = .string(String(repeating: "m", count: 257)) }
        }
    }

    @Test("a merchant that nobody can name is not identified and not listed (M1-07)")
    func unidentified() throws {
        let profile = try profile { $0["identity"] = nil }
        #expect(!profile.isIdentified)
        let lenient = ListingRule(isBlocking: false)
        #expect(lenient.decision(on: profile, day: Self.day) == .blocked(.unidentified))
        #expect(LegalIdentity(name: "　", registrationNumber: "1") == nil)
        #expect(LegalIdentity(name: "A", registrationNumber: " ") == nil)
    }

    @Test("a qualification holds on its last day, and has run out on the next (M0-10)")
    func expiry() throws {
        let profile = try profile()
        let rule = ListingRule()
        let next = Self.day.adding(days: 1)
        #expect(profile.standing(requiring: rule.required, on: Self.day) == .valid)
        #expect(rule.decision(on: profile, day: Self.day) == .allowed)
        #expect(profile.standing(requiring: rule.required, on: next) == .expired)
        let fault = QualificationFault.expired(.businessLicence, on: Self.day)
        #expect(rule.decision(on: profile, day: next) == .blocked(.qualifications([fault])))
        let lenient = ListingRule(isBlocking: false)
        #expect(lenient.decision(on: profile, day: next) == .allowedAtLowerGrade([fault]))
    }

    @Test("a kind that was never stated is missing, a renewed one holds (M0-10)")
    func missing() throws {
        var profile = try profile()
        let both: Set<Qualification.Kind> = [.businessLicence, .telecomLicence]
        #expect(profile.standing(requiring: both, on: Self.day) == .missing)
        #expect(profile.faults(requiring: both, on: Self.day) == [.missing(.telecomLicence)])
        let next = Self.day.adding(days: 1)
        profile.qualifications.append(
            Qualification(kind: .businessLicence, number: "A-2", validUntil: nil)
        )
        #expect(profile.standing(requiring: [.businessLicence], on: next) == .valid)
    }

    @Test("the history of places grows and is never rewritten (M1-08)")
    func history() throws {
        let profile = try profile()
        let later = EndpointHistory.Entry(
            kind: .domain,
            name: "third.example",
            since: Instant(secondsSinceEpoch: 1_795_161_600)
        )
        let longer = try #require(profile.appending(later))
        #expect(longer.continues(profile) && !profile.continues(longer))
        #expect(longer.endpoints.moves(of: .domain, after: Instant(secondsSinceEpoch: 0)) == 2)
        let again = EndpointHistory.Entry(kind: .domain, name: "third.example", since: later.since)
        #expect(longer.appending(again) == longer)
        let earlier = later.since - .milliseconds(1)
        #expect(longer.appending(.init(kind: .domain, name: "x.example", since: earlier)) == nil)
        let rewritten = try self.profile { $0["endpoints"] = nil }
        #expect(!rewritten.continues(profile))
    }

    @Test("certifications end, and reversals are a share of decisions (M2-25)")
    func agents() {
        let agent = AgentRecord(
            reference: "agent-1",
            certification: "card claims",
            validUntil: Self.day,
            decidedClaims: 8,
            reversedClaims: 9
        )
        #expect(agent.isCertified(on: Self.day))
        #expect(!agent.isCertified(on: Self.day.adding(days: 1)))
        #expect(agent.reversedClaims == 8 && agent.reversalRate?.value == 1_000_000)
    }

    @Test("machines may answer 80 % of the common questions, and no dispute (M2-26)")
    func answers() {
        func share(_ machine: Int, _ person: Int, _ faults: Int = 0) -> AnswerShare {
            AnswerShare(
                commonByMachine: machine,
                commonByPerson: person,
                disputesWithoutPerson: faults
            )
        }
        #expect(share(80, 20).isTargetMet)
        #expect(!share(79, 21).isTargetMet)
        #expect(!share(100, 0, 1).isTargetMet)
        #expect(share(0, 0).machineShare == nil && share(0, 0).isTargetMet)
    }
}

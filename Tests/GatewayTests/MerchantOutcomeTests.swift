import AdapterKit
import CardModel
import EvidenceLog
import GatewayTesting
import Testing
import WireFormat

@testable import Gateway

/// How claims ended is published, and grades are made of nothing else.
@Suite("Published outcomes and grades")
struct MerchantOutcomeTests {
    private static let licensed: MerchantBook = {
        var profile = MerchantProfile(id: "m-77")
        profile.qualifications = [
            Qualification(kind: .businessLicence, number: "3101", validUntil: nil)
        ]
        profile.humanChannel = HumanChannel(contact: "+86 21 5555 0100", hours: .allHours)
        return MerchantBook([profile])
    }()

    /// A gateway whose issuer calls every code used before its delivery.
    private static func world(_ merchants: MerchantBook = licensed) async throws -> GatewayWorld {
        try await GatewayWorld {
            $0.adapter.answer(.used(at: GatewayWorld.start - .seconds(3_600)))
            $0.merchants = merchants
        }
    }

    /// A delivery whose claim opened by itself.
    private static func claim(_ number: Int, in world: GatewayWorld) async throws -> ClaimRecord {
        let body = GatewayWorld.body(order: "o-\(number)", number: number)
        let answer = try await world.deliver(body, id: "w-\(number)")
        let item = try await world.item(answer, becomes: "used")
        let id = try #require(item["claim"]?.stringValue.flatMap { ClaimID($0) })
        return try #require(try await world.store.claim(id))
    }

    private static func act(
        _ event: ClaimEvent,
        _ role: ClaimActor,
        on record: ClaimRecord,
        in world: GatewayWorld
    ) async throws {
        let answer = await world.gateway.advance(
            record.id,
            platform: world.platform,
            PartyAct(
                move: .event(event),
                name: "act",
                principal: ClaimPrincipal(role, account: role.rawValue),
                body: [],
                idempotencyKey: nil
            )
        )
        guard case .moved = answer else {
            Issue.record("\(role) could not act: \(event)")
            return
        }
    }

    private static func file(
        of world: GatewayWorld, size: UInt64? = nil
    ) async throws -> [JSONValue] {
        let log = try #require(try await world.gateway.log.logs(of: world.platform.number).last)
        let bytes = try await world.gateway.outcomePublication(
            of: log, platform: world.platform, asOf: nil, size: size
        ).bytes
        #expect(bytes.last == UInt8(ascii: "\n"))
        return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse($0) }
    }

    @Test("a claim that closes is a line of the file, and its leaf commits to it (M2-12)")
    func published() async throws {
        let world = try await Self.world()
        try await world.running { world in
            let record = try await Self.claim(1, in: world)
            #expect(try await Self.file(of: world).count == 1)
            try await world.advance(by: .seconds(60))
            try await Self.act(.messagePosted(isAutomatic: true), .merchant, on: record, in: world)
            try await world.advance(by: .seconds(30))
            try await Self.act(.messagePosted(isAutomatic: false), .merchant, on: record, in: world)
            try await world.advance(by: .seconds(30))
            try await Self.act(.withdrawn, .buyer, on: record, in: world)
            let lines = try await Self.file(of: world)
            #expect(lines.count == 2)
            let outcome = try ClaimOutcome(jsonValue: try #require(lines[1]["outcome"]))
            #expect(outcome.number == 1 && outcome.merchant == "m-77")
            #expect(outcome.result == .withdrawn && outcome.liable == .merchant)
            #expect(outcome.openedAt == GatewayWorld.start)
            #expect(outcome.firstResponseAt == GatewayWorld.start + .seconds(90))
            #expect(outcome.proposalAt == nil)
            #expect(outcome.closedAt == GatewayWorld.start + .seconds(120))
            let index = UInt64(try #require(lines[1]["leaf"]?.integerValue))
            let entry = try await world.store.entries(
                of: world.platform.number, in: index..<index + 1)
            let leaf = try EvidenceLeaf(bytes: try #require(entry.first).leaf)
            let text = try #require(lines[1]["disclosure"]?.stringValue)
            let opened = try leaf.open([try Disclosure(text: text)])
            #expect(opened == [.init(name: "outcome", value: outcome.jsonValue)])
        }
    }

    @Test("the file of a log of some size has no outcome of a later leaf")
    func ofSomeSize() async throws {
        let world = try await Self.world()
        try await world.running { world in
            for number in 1...3 {
                let record = try await Self.claim(number, in: world)
                try await Self.act(.withdrawn, .buyer, on: record, in: world)
            }
            let all = try await Self.file(of: world)
            let second = try #require(all[2]["leaf"]?.integerValue)
            let some = try await Self.file(of: world, size: UInt64(second) + 1)
            #expect(some.dropFirst().compactMap { $0["outcome"]?["number"] } == [1, 2])
            #expect(try await Self.file(of: world, size: UInt64(second)).count == 2)
            #expect(try await Self.file(of: world, size: .max).count == 4)
            #expect(all[0]["from_number"] == 1)
        }
    }

    @Test("a grade is made of the outcomes and of what is declared (M0-10, M2-10, M2-32)")
    func grades() async throws {
        let world = try await Self.world()
        try await world.running { world in
            for number in 1...10 {
                let record = try await Self.claim(number, in: world)
                try await Self.act(
                    .messagePosted(isAutomatic: false), .merchant, on: record, in: world)
                try await Self.act(.withdrawn, .buyer, on: record, in: world)
            }
            try await world.advance(by: .seconds(60))
            let grade = try #require(
                try await world.gateway.grade(of: "m-77", platform: world.platform, asOf: nil))
            #expect(grade["platform"] == "market" && grade["merchant"] == "m-77")
            #expect(grade["declared"]?["deliveries"] == 10)
            #expect(grade["declared"]?["qualification"] == "valid")
            #expect(grade["declared"]?["human_channel_7x24"] == true)
            #expect(grade["rating"]?["formula"] == "merchant-grade@1")
            #expect(grade["rating"]?["deductions"] == [])
            #expect(grade["rating"]?["metrics"]?["answerable"] == 10)
            #expect(grade["profile"]?["merchant"] == "m-77")
            // The same numbers as whoever has the file computes.
            let lines = try await Self.file(of: world)
            let outcomes = try lines.dropFirst().map {
                try ClaimOutcome(jsonValue: try #require($0["outcome"]))
            }
            let declared = GradeDeclaration(
                deliveries: 10, qualification: .valid, hasHumanChannelAllHours: true)
            #expect(lines[0]["merchants"]?["m-77"] == declared.jsonValue)
            let asOf = try #require(lines[0]["as_of"]?.stringValue.flatMap { Instant(rfc3339: $0) })
            let again = MerchantGrade(
                of: .merchant("m-77"), outcomes: outcomes, declared: declared, asOf: asOf)
            #expect(grade["rating"] == again.jsonValue)
            let all = try await world.gateway.grades(of: world.platform, asOf: nil)
            #expect(all["merchants"]?.arrayValue?.first?["rating"] == again.jsonValue)
            #expect(all["whole"]?["declared"]?["qualification"] == "missing")
        }
    }

    @Test("a merchant without a profile is declared to have nothing; one who never sold is unknown")
    func withoutProfile() async throws {
        let world = try await Self.world(MerchantBook())
        try await world.running { world in
            _ = try await Self.claim(1, in: world)
            let grade = try #require(
                try await world.gateway.grade(of: "m-77", platform: world.platform, asOf: nil))
            #expect(grade["rating"]?["grade"] == "unrated")
            #expect(
                grade["rating"]?["deductions"] == [
                    "qualification_missing", "no_human_channel_7x24",
                ]
            )
            #expect(grade["profile"]?.isNull == true)
            let unknown = try await world.gateway.grade(
                of: "m-78", platform: world.platform, asOf: nil)
            #expect(unknown == nil)
        }
    }

    @Test("the buyer's bundle opens the outcome, and so does the merchant's")
    func audiences() {
        for audience in BundleAudience.allCases {
            #expect(audience.opens("outcome", isOtherSale: false, revealingKeys: false))
            #expect(!audience.opens("outcome", isOtherSale: true, revealingKeys: false))
        }
    }
}

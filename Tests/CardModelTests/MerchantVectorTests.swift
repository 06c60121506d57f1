import Foundation
import Testing
import WireFormat

@testable import CardModel

/// Tests/Vectors/merchant-grades.json is what docs/verify/merchant_grade.py must come to as well.
/// `CARDPROOF_WRITE_VECTORS=1` writes it again.
@Suite("Vectors of merchants' grades")
struct MerchantVectorTests {
    static let path = "Tests/Vectors/merchant-grades.json"

    @Test("the published vectors are what the formula gives (D-17)")
    func vectors() throws {
        var generator = SeededGenerator(seed: 2_033)
        let cases: [JSONValue] = try (1...4).map { number in
            try Self.story(number, using: &generator)
        }
        let value: JSONValue = ["cases": .array(cases)]
        let url = MerchantFixture.root.appending(path: Self.path)
        if ProcessInfo.processInfo.environment["CARDPROOF_WRITE_VECTORS"] != nil {
            try Data(OutcomeFile.bytes(of: value)).write(to: url)
        }
        #expect(try OutcomeFile.bytes(of: value) == MerchantFixture.file(Self.path))
        let letters = cases.flatMap { $0["merchants"]?.objectValue?.members.map(\.value) ?? [] }
            .compactMap { $0["grade"]?.stringValue }
        #expect(Set(letters) == ["A", "B", "C", "D", "E", "unrated"])
    }

    /// A platform whose merchants serve worse one after the other, with its grades.
    private static func story(
        _ number: Int,
        using generator: inout SeededGenerator
    ) throws -> JSONValue {
        let names = ["gold", "ok", "slow", "bad", "worst", "new", "示例"]
        var declared: [String: GradeDeclaration] = [:]
        for (rank, name) in names.enumerated() {
            declared[name] = GradeDeclaration(
                deliveries: (6 - min(rank, 5)) * 1_500 + Int.random(in: 0...900, using: &generator),
                qualification: name == "bad"
                    ? .expired : Int.random(in: 0...9, using: &generator) == 0 ? .missing : .valid,
                hasHumanChannelAllHours: Int.random(in: 0...4, using: &generator) > 0
            )
        }
        var outcomes: [ClaimOutcome] = []
        for index in 1...(number * 20 + 60) {
            let rank = Int.random(in: 0..<names.count, using: &generator)
            let isNew = names[rank] == "new" && index > 5
            let merchant = isNew ? names[0] : names[rank]
            outcomes.append(
                try outcome(
                    index,
                    merchant,
                    rank: isNew ? 0 : min(rank, 4),
                    after: outcomes,
                    using: &generator
                )
            )
        }
        return try value(number, outcomes, declared)
    }

    private static func outcome(
        _ number: Int,
        _ merchant: String,
        rank: Int,
        after earlier: [ClaimOutcome],
        using generator: inout SeededGenerator
    ) throws -> ClaimOutcome {
        let isBad = Int.random(in: 0...9, using: &generator) < [0, 1, 2, 6, 8][rank]
        let length = Int.random(in: isBad ? 50_000...200_000 : 3_000...80_000, using: &generator)
        let answer = Int.random(in: isBad ? 60...2_000 : 1...125, using: &generator)
        let isAnswered = Int.random(in: 0...9, using: &generator) >= (isBad ? 4 : 0)
        let results: [ClaimOutcome.Result] =
            isBad
            ? [.paidOutFromDeposit, .refundedExternally, .final, .refunded, .withdrawn]
            : rank < 2 ? [.remedied, .refunded, .withdrawn] : ClaimOutcome.Result.allCases
        let isSame = { (one: ClaimOutcome) in one.merchant == merchant }
        let isReopened = Int.random(in: 0...14, using: &generator) == 0
        let outcome = MerchantFixture.outcome(
            number,
            merchant: merchant,
            family: try #require(DefectFamily.allCases.randomElement(using: &generator)),
            result: try #require(results.randomElement(using: &generator)),
            liable: isBad
                ? .merchant : try #require(LiableParty.allCases.randomElement(using: &generator)),
            openedBefore: Int.random(in: 0...(200 * 86_400), using: &generator),
            answeredAfter: isAnswered ? answer : nil,
            offeredAfter: isAnswered ? min(length, answer * 50) : nil,
            closedAfter: length,
            replaces: isReopened ? earlier.last(where: isSame)?.number : nil
        )
        return try #require(outcome)
    }

    private static func value(
        _ number: Int,
        _ outcomes: [ClaimOutcome],
        _ declared: [String: GradeDeclaration]
    ) throws -> JSONValue {
        let sum = declared.values.reduce(0) { $0 + $1.deliveries }
        let header = OutcomeFile.Header(
            platform: "shop-\(number)",
            origin: "log.example/shop-\(number)",
            formula: GradeFormula.standard.name,
            asOf: MerchantFixture.asOf,
            platformDeclaration: MerchantFixture.declared(sum),
            merchants: declared
        )
        let read = try outcomes.map { try ClaimOutcome(jsonValue: $0.jsonValue) }
        #expect(read == outcomes)
        func grade(_ subject: ServiceSubject, _ declared: GradeDeclaration) -> JSONValue {
            MerchantGrade(
                of: subject,
                outcomes: read,
                declared: declared,
                asOf: MerchantFixture.asOf
            ).jsonValue
        }
        let merchants = declared.sorted { $0.key < $1.key }.map {
            JSONObject.Member(name: $0.key, value: grade(.merchant($0.key), $0.value))
        }
        return [
            "header": header.jsonValue,
            "merchants": .object(JSONObject(merchants)),
            "outcomes": .array(outcomes.map(\.jsonValue)),
            "platform": grade(.platform, header.platformDeclaration),
        ]
    }
}

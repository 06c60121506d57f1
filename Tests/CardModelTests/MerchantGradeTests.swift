import Testing
import WireFormat

@testable import CardModel

@Suite("MerchantGrade")
struct MerchantGradeTests {
    private typealias Fixture = MerchantFixture

    private func grade(
        _ outcomes: [ClaimOutcome?],
        _ declared: GradeDeclaration = Fixture.declared(10_000)
    ) -> MerchantGrade {
        MerchantGrade(
            of: .merchant("m-1"),
            outcomes: outcomes.compactMap { $0 },
            declared: declared,
            asOf: Fixture.asOf
        )
    }

    private func good(_ count: Int) -> [ClaimOutcome?] { (1...count).map { Fixture.outcome($0) } }

    @Test("ten claims answered and settled in time, of ten thousand deliveries, have all points")
    func best() {
        let grade = grade(good(10))
        #expect(grade.rating == .rated(.a, thousandths: 100_000))
        #expect(grade.marks.map(\.thousandths) == [25_000, 20_000, 20_000, 10_000, 10_000, 15_000])
        #expect(grade.formula == "merchant-grade@1")
    }

    @Test("fewer claims than the formula asks for, or no deliveries, give no grade and say why")
    func unrated() {
        #expect(grade(good(9)).rating == .unrated(.tooFewClaims(9, least: 10)))
        #expect(grade(good(10), Fixture.declared(0)).rating == .unrated(.noDeliveries))
        let refused = (1...20).map { Fixture.outcome($0, result: .notCovered) }
        #expect(grade(refused).rating == .unrated(.tooFewClaims(0, least: 10)))
        for grade in [grade(good(9)), grade(good(10)), grade(good(10), Fixture.declared(0))] {
            #expect(grade.text(in: .zhCN).hasSuffix("。") && grade.text(in: .en).hasSuffix("."))
        }
    }

    /// Worked out by hand: 17 of 20 settled is half of the way from 70 % to 100 %; 20 of 4,000
    /// deliveries are 5,000 ppm, 15 of 19 of the way down from 20,000 to 1,000.
    @Test("points grow in proportion between the worst and the best value")
    func proportion() {
        let outcomes = (1...20).map {
            Fixture.outcome($0, result: $0 <= 3 ? .paidOutFromDeposit : .remedied)
        }
        let grade = grade(outcomes, Fixture.declared(4_000))
        #expect(grade.marks[0].value == 850_000 && grade.marks[0].thousandths == 12_500)
        #expect(grade.marks[2].value == 5_000 && grade.marks[2].thousandths == 15_789)
        #expect(grade.rating == .rated(.b, thousandths: 83_289))
    }

    @Test(
        "what is declared takes points off (M0-10, M2-10)",
        arguments: [
            (QualificationStanding.valid, true, 100_000), (.valid, false, 95_000),
            (.expired, true, 90_000), (.expired, false, 85_000), (.missing, true, 80_000),
            (.missing, false, 75_000),
        ]
    )
    func deductions(standing: QualificationStanding, humans: Bool, points: Int) {
        let grade = grade(good(10), Fixture.declared(10_000, standing, humans: humans))
        let letter = GradeFormula.standard.letter(thousandths: points)
        #expect(grade.rating == .rated(letter, thousandths: points))
    }

    @Test("a letter begins at its least points")
    func letters() {
        let formula = GradeFormula.standard
        let rows: [(Int, GradeFormula.Letter)] = [
            (100_000, .a), (90_000, .a), (89_999, .b), (80_000, .b), (79_999, .c), (65_000, .c),
            (64_999, .d), (50_000, .d), (49_999, .e), (0, .e),
        ]
        for (points, letter) in rows { #expect(formula.letter(thousandths: points) == letter) }
        #expect(GradeFormula.Letter.e < .a)
    }

    @Test("all that can be bad gives no points, and never less than none")
    func worst() {
        let outcomes = (1...50).map {
            Fixture.outcome(
                $0,
                family: .codeUnusable,
                result: .refundedExternally,
                openedBefore: 700_000,
                answeredAfter: nil,
                offeredAfter: nil,
                closedAfter: 600_000
            )
        }
        let grade = grade(outcomes, Fixture.declared(50, .missing, humans: false))
        #expect(grade.rating == .rated(.e, thousandths: 0))
    }

    @Test("the weights are a hundred, and no component, deduction or letter is left out (M2-32)")
    func table() {
        let formula = GradeFormula.standard
        #expect(formula.components.reduce(0) { $0 + $1.weight } == 100)
        #expect(formula.components.map(\.measure) == GradeFormula.Measure.allCases)
        #expect(formula.deductions.map(\.cause) == GradeFormula.Deduction.Cause.allCases)
        #expect(formula.letters.map(\.letter) + [.e] == GradeFormula.Letter.allCases)
        #expect(formula.components.allSatisfy { $0.best != $0.worst })
    }

    @Test("a worse outcome never raises the points")
    func monotone() {
        let seed: UInt64 = 4
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<300 {
            var outcomes = (1...30).map { number in
                Fixture.outcome(
                    number,
                    family: Bool.random(using: &generator) ? .codeUnusable : .delivery,
                    answeredAfter: Int.random(in: 0...240, using: &generator)
                )
            }
            let deliveries = Int.random(in: 30...20_000, using: &generator)
            let before = grade(outcomes, Fixture.declared(deliveries))
            let place = Int.random(in: 0..<30, using: &generator)
            outcomes[place] = Fixture.outcome(
                place + 1,
                family: .codeUnusable,
                result: .paidOutFromDeposit,
                openedBefore: 200_000,
                answeredAfter: nil,
                offeredAfter: nil,
                closedAfter: 100_000
            )
            let after = grade(outcomes, Fixture.declared(deliveries))
            for (old, new) in zip(before.marks, after.marks) {
                #expect(
                    new.thousandths <= old.thousandths, "seed \(seed): \(new.component.measure)")
            }
        }
    }

    @Test("the machine-readable formula and the page have the numbers of the code (M2-32)")
    func published() throws {
        let formula = GradeFormula.standard
        let file = try JSONValue.parse(Fixture.file("docs/verify/merchant-grade-1.json"))
        #expect(file == formula.jsonValue)
        let page = String(decoding: try Fixture.file("docs/merchant-grades.md"), as: UTF8.self)
        var rows = formula.components.map {
            "| `\($0.measure.rawValue)` | \($0.weight) | \($0.best) | \($0.worst) |"
        }
        rows += formula.deductions.map { "| `\($0.cause.rawValue)` | \($0.points) |" }
        rows += formula.letters.map { "| \($0.letter.rawValue) | \($0.leastPoints) |" }
        rows += [
            "| period | \(formula.limits.periodDays) days |",
            "| least answerable claims | \(formula.leastClaims) |",
            "| first response | \(formula.limits.firstResponseSeconds) s |",
            "| proposal | \(formula.limits.proposalSeconds) s |",
            "| resolution | \(formula.limits.resolutionSeconds) s |",
        ]
        for row in rows { #expect(page.contains(row), "docs/merchant-grades.md lacks \(row)") }
        let tableRows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }
        #expect(tableRows.count == formula.components.count + formula.deductions.count)
    }

    @Test("a header and a line of the published file are canonical JSON (D-17)")
    func file() throws {
        let header = OutcomeFile.Header(
            platform: "shop",
            origin: "log.example/shop",
            formula: GradeFormula.standard.name,
            asOf: Fixture.asOf,
            platformDeclaration: Fixture.declared(3),
            merchants: ["m-2": Fixture.declared(1), "m-1": Fixture.declared(2)]
        )
        let outcome = try #require(Fixture.outcome(1))
        let line = OutcomeFile.Line(outcome: outcome, leaf: 4, disclosure: "WyJ4Il0")
        for value in [header.jsonValue, line.jsonValue] {
            #expect(try OutcomeFile.bytes(of: value) == value.serialized() + [0x0A])
        }
        #expect(header.jsonValue["format"] == "cardproof.dev/claim-outcomes@1")
    }
}

import AdapterKit
import CardModel
import Testing
import WireFormat

@testable import Gateway

/// What a word about an order means, row by row.
@Suite("Redemption rules")
struct RedemptionRulesTests {
    private typealias State = RedemptionRecord.State
    private static let placedAt = Instant(secondsSinceEpoch: 1_795_161_600)

    @Test("an issuer's last word settles an order in every state", arguments: State.allCases)
    func settles(state: RedemptionRecord.State) {
        for asksAgain in [true, false] {
            #expect(
                RedemptionRules.next(after: state, on: .settled, asksAgain: asksAgain) == .settled)
        }
    }

    @Test("nothing leads back to planned, the only state from which a code is spent")
    func neverBack() {
        for state in State.allCases {
            for disposition in [
                RedemptionAnswer.Disposition.settled, .accepted, .notTaken, .unknown,
            ] {
                for asksAgain in [true, false] {
                    let next = RedemptionRules.next(
                        after: state, on: disposition, asksAgain: asksAgain)
                    #expect(next != .planned && next != .intended)
                }
            }
        }
    }

    @Test("what was spent is never given free again")
    func spentStays() {
        #expect(RedemptionRules.next(after: .settled, on: .notTaken, asksAgain: true) == nil)
        #expect(RedemptionRules.next(after: .settled, on: .unknown, asksAgain: false) == nil)
    }

    @Test("an open order that is heard of no more goes to a person")
    func person() {
        for state in [State.intended, .accepted, .unknown] {
            #expect(RedemptionRules.next(after: state, on: .unknown, asksAgain: false) == .person)
        }
        #expect(RedemptionRules.next(after: .accepted, on: .unknown, asksAgain: true) == .accepted)
    }

    @Test("only an error that cannot have reached the issuer frees the code")
    func errors() {
        for reached in [true, false] {
            let error = AdapterError(
                code: .transport, message: "-", cause: .timedOut, mayHaveReachedIssuer: reached)
            let answer = RedemptionRules.answer(to: error)
            #expect(answer.disposition == (reached ? .unknown : .notTaken))
            #expect(answer.result.state == .indeterminate)
        }
    }

    @Test(
        "a used code is ours when the issuer says so or the time fits, else a person decides",
        arguments: [
            (-200, nil, "used"), (-100, nil, "ok_activated_by_buyer"),
            (5, nil, "ok_activated_by_buyer"), (140, nil, "person"),
            (140, "5678", "ok_activated_by_buyer"), (140, "0000", "used"),
            (140, "78", "person"), (nil, nil, "person"), (nil, "5678", "person"),
        ] as [(Int64?, String?, String)]
    )
    func settlement(seconds: Int64?, actor: String?, expected: String) {
        let at = seconds.map { Self.placedAt + .seconds($0) }
        var result = InquiryResult(
            state: .used, issuer: IssuerStatement(code: "11", text: nil, at: at))
        if let actor { result.history = [UsageEvent(at: at, kind: "used", actorHint: actor)] }
        let settlement = RedemptionRules.settlement(
            by: result,
            isAccepted: false,
            placedAt: Self.placedAt,
            askedAt: Self.placedAt + .seconds(60),
            callLimit: .seconds(10),
            skewMargin: .seconds(120),
            beneficiary: SecretValue("13800005678")
        )
        switch settlement {
        case .person: #expect(expected == "person")
        case .answer(let answer):
            #expect(answer.disposition == .settled)
            #expect(answer.result.state.rawValue == expected)
        }
    }

    @Test("an unused code frees the order only when it can be on its way no more")
    func unused() {
        for (passed, isAccepted, expected) in [
            (60, false, RedemptionAnswer.Disposition.unknown), (599, false, .unknown),
            (600, false, .notTaken), (600, true, .unknown), (100_000, true, .unknown),
        ] {
            let settlement = RedemptionRules.settlement(
                by: InquiryResult(state: .okUnused),
                isAccepted: isAccepted,
                placedAt: Self.placedAt,
                askedAt: Self.placedAt + .seconds(passed),
                callLimit: .seconds(10),
                skewMargin: .seconds(120),
                beneficiary: nil
            )
            guard case .answer(let answer) = settlement else {
                Issue.record("a person")
                return
            }
            #expect(answer.disposition == expected, "\(passed)")
        }
    }

    @Test("beside an order of ours a used code accuses nobody, before it it does")
    func besides() throws {
        let bytes = Array(repeating: UInt8(1), count: CardFingerprint.byteCount)
        var order = RedemptionRecord(
            number: RedemptionNumber(random: Array(repeating: 7, count: 16)),
            platform: PlatformNumber(rawValue: 1),
            item: ItemNumber(rawValue: 1),
            check: CheckID(at: Self.placedAt, random: Array(repeating: 1, count: 10)),
            consent: ConsentID(at: Self.placedAt, random: Array(repeating: 1, count: 10)),
            adapter: "issuer",
            fingerprint: try #require(CardFingerprint(bytes: bytes)),
            ordinal: 1,
            createdAt: Self.placedAt,
            dueAt: nil
        )
        order.placedAt = Self.placedAt
        order.state = .accepted
        func read(_ at: Instant?, isSpent: Bool) -> VerdictState {
            RedemptionRules.reading(
                InquiryResult(
                    state: .used, issuer: IssuerStatement(code: nil, text: nil, at: at)),
                besides: order,
                isSpent: isSpent,
                skewMargin: .seconds(120)
            ).state
        }
        let later = Self.placedAt + .seconds(5)
        #expect(read(later, isSpent: false) == .indeterminate)
        #expect(read(nil, isSpent: false) == .indeterminate)
        #expect(read(later, isSpent: true) == .okActivatedByBuyer)
        #expect(read(Self.placedAt - .seconds(3_600), isSpent: true) == .used)
        order.state = .notTaken
        #expect(read(later, isSpent: false) == .used)
    }

    @Test("order numbers have 1 to 18 digits, and one spelling")
    func numbers() {
        for byte: UInt8 in [0, 1, 127, 128, 255] {
            let number = RedemptionNumber(random: Array(repeating: byte, count: 16))
            #expect(RedemptionOrder.numberRange.contains(number.rawValue))
            #expect(RedemptionNumber(number.text) == number)
        }
        for text in ["0", "01", "+1", "1000000000000000000", "", "1 "] {
            #expect(RedemptionNumber(text) == nil, "\(text)")
        }
    }
}

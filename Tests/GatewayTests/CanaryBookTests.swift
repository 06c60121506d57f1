import AdapterKit
import CardModel
import GatewayTesting
import Testing

@testable import Gateway

/// What canaries show and when an adapter's word stops counting: pure.
@Suite("Canary book")
struct CanaryBookTests {
    private static func canary(_ name: String, _ expected: VerdictState) -> Canary {
        let code = CardCode(serial: nil, key: CardKey("synthetic-\(name)"))
        return Canary(name: name, code: code, expected: expected)
    }

    private let good = canary("good", .okUnused)
    private let bad = canary("bad", .notFound)

    @Test(
        "two unexpected answers in a row degrade; after the first its word already does not count")
    func degrades() {
        var book = CanaryBook(canaries: [good, bad], off: [])
        #expect(book.standing == .trusted)
        #expect(book.note(bad, .okUnused) == .unexpected)
        #expect(book.standing == .suspected)
        #expect(book.note(good, .okUnused) == .expected)
        #expect(book.standing == .suspected)
        #expect(book.note(bad, .used) == .unexpected)
        #expect(book.standing == .degraded(["bad"]))
    }

    @Test("an expected answer in between clears the suspicion")
    func accident() {
        var book = CanaryBook(canaries: [good, bad], off: [])
        _ = book.note(bad, .okUnused)
        _ = book.note(bad, .notFound)
        #expect(book.standing == .trusted)
        _ = book.note(bad, .okUnused)
        #expect(book.standing == .suspected)
    }

    @Test("answers that decide nothing neither degrade, nor clear, nor bring back")
    func undecided() {
        var book = CanaryBook(canaries: [good, bad], off: [])
        for state in [VerdictState.indeterminate, .unsupported, .indeterminate] {
            #expect(book.note(good, state) == .undecided)
        }
        #expect(book.standing == .trusted)
        _ = book.note(good, .used)
        _ = book.note(good, .indeterminate)
        #expect(book.standing == .suspected)
        _ = book.note(good, .used)
        #expect(book.standing == .degraded(["good"]))
        _ = book.note(good, .okUnused)
        _ = book.note(good, .indeterminate)
        #expect(book.standing == .degraded(["good"]))
        _ = book.note(good, .okUnused)
        #expect(book.standing == .trusted)
    }

    @Test("every canary that was off must be itself again, twice in a row")
    func recovers() {
        var book = CanaryBook(canaries: [good, bad], off: ["good", "bad"])
        for _ in 0..<2 { _ = book.note(good, .okUnused) }
        #expect(book.standing == .degraded(["bad"]))
        _ = book.note(bad, .notFound)
        _ = book.note(bad, .used)
        _ = book.note(bad, .notFound)
        #expect(book.standing == .degraded(["bad"]))
        _ = book.note(bad, .notFound)
        #expect(book.standing == .trusted)
    }

    @Test("a canary that is not asked any more is forgotten")
    func forgotten() {
        #expect(CanaryBook(canaries: [good], off: ["sold"]).standing == .trusted)
    }

    @Test("by any story, it is degraded exactly after two in a row", arguments: UInt64(0)..<100)
    func story(seed: UInt64) {
        let random = SeededRandom(seed: seed)
        var book = CanaryBook(canaries: [good], off: [])
        var isOff = false
        var inARow = 0
        for _ in 0..<200 {
            let state: VerdictState = [.okUnused, .used, .indeterminate][
                Int(random.bytes(1)[0]) % 3]
            _ = book.note(good, state)
            if state != .indeterminate {
                inARow = (state == .used) != isOff ? inARow + 1 : 0
                if inARow == 2 { (isOff, inARow) = (!isOff, 0) }
            }
            let expected: CanaryBook.Standing =
                isOff ? .degraded(["good"]) : inARow > 0 ? .suspected : .trusted
            #expect(book.standing == expected)
        }
    }

    @Test("what spends a code has no canaries, and a third party sees only the operator's")
    func plans() {
        func adapter(
            _ effect: OperationEffect?, disclosesTo: LocalisedText? = nil
        )
            -> AdapterDescriptor
        {
            AdapterDescriptor(
                id: "issuer",
                version: 1,
                name: LocalisedText(zhCN: "发行方", en: "issuer"),
                kind: .manifest,
                operations: effect.map { [.inquire: $0] } ?? [:],
                disclosesTo: disclosesTo,
                canaries: [bad]
            )
        }
        let own = CanaryPlan(every: .seconds(60), canaries: [good])
        let third = LocalisedText(zhCN: "第三方", en: "a third party")
        #expect(CanaryPlan.plan(adapter(.consumes), operators: own) == nil)
        #expect(CanaryPlan.plan(adapter(nil), operators: own) == nil)
        #expect(CanaryPlan.plan(adapter(.leavesTrace), operators: nil)?.canaries == [bad])
        let both = CanaryPlan.plan(adapter(.readOnly), operators: own)
        #expect(both?.canaries == [good, bad] && both?.every == .seconds(60))
        let shown = CanaryPlan.plan(adapter(.readOnly, disclosesTo: third), operators: own)
        #expect(shown?.canaries == [good])
        #expect(CanaryPlan.plan(adapter(.readOnly, disclosesTo: third), operators: nil) == nil)
    }
}

import CardModel
import Testing
import WireFormat

@testable import Gateway

/// Which steps of a claim are whose business.
@Suite("What a claim's history shows")
struct ClaimHistoryViewTests {
    private func entry(_ event: String) -> ClaimHistoryEntry {
        ClaimHistoryEntry(
            at: GatewayWorld.start, from: .open, to: .open, event: event, actor: .platform,
            account: "agent", detail: .null)
    }

    private static func effects() throws -> [ClaimEffect] {
        let execution = Execution(
            redress: try #require(Redress(.reissue, amount: nil)), attempt: 2, payer: .merchant)
        let price = try #require(Money(minorUnits: 5_000, currency: "CNY"))
        let notices = ClaimActor.allCases.flatMap { actor in
            ClaimNotice.allCases.map { ClaimEffect.noticeDue(to: actor, $0) }
        }
        return notices + ClaimTimer.allCases.map { .breachRecorded($0) } + [
            .platformJoins, .platformIntervenes, .defectAttached(.used),
            .defaultRecorded(by: .merchant), .depositFrozen(price), .depositReleased,
            .remedyRequested(execution), .remedyCancelled(execution), .remedyDone(execution),
            .codeCheckRequested, .escalationPrepared(tier: 2), .evidenceHeld,
        ]
    }

    /// What may follow from a step. A new case of ``ClaimEffect`` does not compile without one
    /// here, and one here needs an example.
    private enum Kind: CaseIterable {
        case breach, joining, intervention, attachedDefect, missedTurn, notice, frozenDeposit
        case releasedDeposit, requestedRemedy, cancelledRemedy, doneRemedy, codeCheck
        case preparedPapers, heldEvidence

        init(_ effect: ClaimEffect) {
            switch effect {
            case .breachRecorded: self = .breach
            case .platformJoins: self = .joining
            case .platformIntervenes: self = .intervention
            case .defectAttached: self = .attachedDefect
            case .defaultRecorded: self = .missedTurn
            case .noticeDue: self = .notice
            case .depositFrozen: self = .frozenDeposit
            case .depositReleased: self = .releasedDeposit
            case .remedyRequested: self = .requestedRemedy
            case .remedyCancelled: self = .cancelledRemedy
            case .remedyDone: self = .doneRemedy
            case .codeCheckRequested: self = .codeCheck
            case .escalationPrepared: self = .preparedPapers
            case .evidenceHeld: self = .heldEvidence
            }
        }
    }

    @Test("whatever followed from a step has words in both languages")
    func effectWords() throws {
        let effects = try Self.effects()
        #expect(Set(effects.map { Kind($0) }) == Set(Kind.allCases))
        for effect in effects {
            let token = try #require(effect.historyWord)
            let words = try #require(ClaimHistoryEntry.words(ofEffect: token), "\(token)")
            #expect(!(words.zhCN + words.en).contains("_"), "\(token)")
            #expect(words.zhCN != words.en)
        }
    }

    @Test("who did not act and what is cancelled are told as people say it")
    func effectTexts() {
        for (token, zhCN) in [
            ("default:merchant", "逾期未处理：商家"), ("remedy_cancelled:2", "第 2 次补救已取消"),
        ] {
            #expect(ClaimHistoryEntry.words(ofEffect: token)?.zhCN == zhCN)
        }
    }

    @Test(
        "a word of another version has none",
        arguments: ["", ":", "breach", "breach:", "breach:other", "notice:buyer", "later:1"]
    )
    func unknownEffects(token: String) {
        #expect(ClaimHistoryEntry.words(ofEffect: token) == nil)
    }

    @Test(
        "steps of penalties are the platform's and the merchant's, all others everybody's",
        arguments: ClaimActor.allCases
    )
    func penalties(viewer: ClaimActor) {
        let isOutsider = viewer == .buyer || viewer == .thirdParty
        for event in ["penalty.due", "penalty.confirmed", "penalty.dismissed"] {
            #expect(entry(event).isShown(to: viewer) == !isOutsider, "\(event)")
        }
        #expect(entry("message_posted").isShown(to: viewer))
    }
}

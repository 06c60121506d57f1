import Testing
import WireFormat

@testable import CardModel

/// Every event in every state by everybody: a change of the machine shows here.
@Suite("Claim: the whole table")
struct ClaimTableTests {
    /// Two letters a state, in the order of the columns.
    static let states: [(code: String, state: ClaimState)] = [
        ("de", .detected), ("op", .open), ("ev", .evidence), ("of", .remedyOffered),
        ("rq", .reviewQueued), ("rv", .review), ("tp", .waitingThirdParty), ("li", .liability),
        ("ex", .executing), ("vr", .verifyRemedy), ("ap", .appeal), ("hr", .holdRisk),
        ("t2", .escalateTier2), ("t3", .escalateTier3), ("t4", .escalateTier4),
        ("cn", .closedNotCovered), ("cw", .closedWithdrawn), ("ca", .closedAbandoned),
        ("cr", .closedRecovered), ("cm", .closedRemedied), ("cf", .closedFinal),
        ("cx", .closedFraud), ("ce", .closedRefundedExternal),
    ]

    static let refusals: [(code: String, refusal: ClaimRefusal)] = [
        ("-c", .claimIsClosed), ("-w", .wrongState), ("-a", .wrongActor), ("-f", .otherFamily),
        ("-t", .timerNotRunning), ("-d", .timerNotDue), ("-h", .alreadyHeard), ("-l", .tooLate),
        ("-p", .samePerson), ("-r", .tierNotReached), ("-o", .otherRemedy), ("-m", .wrongAmount),
        ("-x", .noMoreExtensions), ("-n", .noMoreOffers), ("-i", .needsIncident),
    ]

    /// Event, who may (buyer, merchant, platform, arbiter, third party, system), and what it does
    /// in each state when the first of them acts: the state it leads to, `==` where it stays, or
    /// the refusal.
    static let table = """
        confirmed  .....s op -w -w -w -w -w -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        not covered.....s cn -w -w -w -w -w -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        good       .....s cr cr cr cr cr cr cr cr == == == == == == == -c -c -c -c -c -c -c -c
        bad        .....s == == == == == == == == == == == == == == == -c -c -c -c -c -c -c -c
        other      .....s -f -f -f -f -f -f -f -f -f -f -f -f -f -f -f -c -c -c -c -c -c -c -c
        early ring .....s -w -d -t -t -d -d -t -d -d -d -t -d == == == -c -c -c -c -c -c -c -c
        other ring .....s -w -t -t -t -t -t -t -t -t -t -t -d -t -t -t -c -c -c -c -c -c -c -c
        demand     b..... -w == == == == == == == -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        message    bmpats -w == == == == == == == == == == == == == == == == == == == == == ==
        machine    bmpats -w == == == == == == == == == == == == == == == == == == == == == ==
        read       bmpats -w == == == == == == == == == == == == == == == == == == == == == ==
        ask seller bmpa.s -w ev ev ev -a -a -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        ask buyer  bmpa.s -w -a -a -a -a -a -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        part       bmpats -w == == == == == == == == == == == == == == == == == == == == == ==
        whole      bmpats -w == rq == == == == == == == == == == == == == == == == == == == ==
        withdrawn  b..... cw cw cw cw cw cw cw cw -w -w -w cw cw cw cw -c -c -c -c -c -c -c -c
        offer      .mp... -w of of -w of of of of -w -w -w -w of of of -c -c -c -c -c -c -c -c
        accepted   b..... -w -w -w ex -w -w -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        refused    b..... -w -w -w rq -w -w -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        review     ..pa.. -w rv rv rv rv -w rv -w -w -w -w -w rv rv rv -c -c -c -c -c -c -c -c
        extended   ..pa.. -w -w -w -w -w == -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        third party..pa.. -w -w -w -w tp tp -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        found      .....s -w -w -w -w -w -w rq -w -w -w -w -w -w -w -w -c -c -c rq -c -c -c -c
        progress   ..pa.. -w -w -w -w -w -w == -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        proposed   ..pa.. -w -w -w -w -w li -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        disputed   .m.... -w -w -w -w -w -w -w rv -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        ruled      ..pa.. -w -w -w -w -w ex -w ex -w -w -w -w ex ex ex -c -c -c -c -c -c -c -c
        excluded   ..pa.. -w cn cn cn cn cn cn cn -w -w -w -w cn cn cn -c -c -c -c -c -c -c -c
        done       .mp.t. -w -w -w -w -w -w -w -w vr -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        failed     .mp.t. -w -w -w -w -w -w -w -w ex -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        code good  .....s -w -w -w -w -w -w -w -w -w cm -w -w -w -w -w -c -c -c -c -c -c -c -c
        code bad   .....s -w -w -w -w -w -w -w -w -w ex -w -w -w -w -w -c -c -c -c -c -c -c -c
        approved   ..pa.. -w -w -w -w -w -w -w -w -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        appeal     bm.... -w -w -w -w -w -w -w -w -w -w -w -w -w -w -w ap -c -c -c ap -c ap -c
        upheld     ...a.. -w -w -w -w -w -w -w -w -w -w cf -w -w -w -w -c -c -c -c -c -c -c -c
        changed    ...a.. -w -w -w -w -w -w -w -w -w -w ex -w -w -w -w -c -c -c -c -c -c -c -c
        risk       ..pa.s -w hr hr hr hr hr hr hr -w -w -w -w -w -w -w -c -c -c -c -c -c -c -c
        noted      .....s -w == == == == == == == == == == == == == == -c -c -c -c -c -c -c -c
        cleared    ..pa.. -w -w -w -w -w -w -w -w -w -w -w op -w -w -w -c -c -c -c -c -c -c -c
        fraud      ..pa.. -w -w -w -w -w -w -w -w -w -w -w cx -w -w -w -c -c -c -c -c -c -c -c
        tier 2     b.pa.. -w -r -r -r -r -r -r -r -r -r -r -r -r -r -r -c -c -c -c -c -c -c -c
        tier 4     b.pa.. -w -r -r -r -r -r -r -r -r -r -r -r t4 t4 -r -c -c -c -c -c -c -c -c
        settled    b.pa.. -w -w -w -w -w -w -w -w -w -w -w -w cf cf cf -c -c -c -c -c -c -c -c
        funds back b.pa.. -w -w -w -w -w -w -w -w -w -w -w -w ce ce ce -c -c -c -c -c -c -c -c
        outside    b.pa.. -w -w -w -w -w -w -w -w -w -w -w -w == == == == == == == == == == ==
        reopened   b.pa.. -w -w -w -w -w -w -w -w -w -w -w -w -w -w -w -c rq rq rq rq -c -c -c
        """

    /// Where who acts makes a difference: state, event, role, outcome.
    static let exceptions: Set<String> = [
        "cn appeal merchant -a",
        "cx appeal merchant -a",
        "ev ask buyer arbiter ev",
        "ev ask buyer merchant ev",
        "ev ask buyer platform ev",
        "ev ask buyer system ev",
        "ev ask seller merchant -a",
        "ev tier 4 arbiter t4",
        "ev tier 4 platform t4",
        "ev whole merchant ==",
        "ev whole third_party ==",
        "ex done third_party -a",
        "ex failed third_party -a",
        "ex tier 4 arbiter t4",
        "ex tier 4 platform t4",
        "hr tier 4 arbiter t4",
        "hr tier 4 platform t4",
        "li tier 4 arbiter t4",
        "li tier 4 platform t4",
        "of ask buyer arbiter ev",
        "of ask buyer merchant -w",
        "of ask buyer platform ev",
        "of ask buyer system ev",
        "of ask seller merchant -w",
        "of tier 4 arbiter t4",
        "of tier 4 platform t4",
        "op ask buyer arbiter ev",
        "op ask buyer merchant ev",
        "op ask buyer platform ev",
        "op ask buyer system ev",
        "op ask seller merchant -a",
        "op message merchant ev",
        "op tier 4 arbiter t4",
        "op tier 4 platform t4",
        "rq ask buyer arbiter ev",
        "rq ask buyer platform ev",
        "rq ask buyer system ev",
        "rq ask seller arbiter ev",
        "rq ask seller platform ev",
        "rq ask seller system ev",
        "rq tier 4 arbiter t4",
        "rq tier 4 platform t4",
        "rv ask buyer arbiter ev",
        "rv ask buyer platform ev",
        "rv ask buyer system ev",
        "rv ask seller arbiter ev",
        "rv ask seller platform ev",
        "rv ask seller system ev",
        "rv tier 4 arbiter t4",
        "rv tier 4 platform t4",
        "tp tier 4 arbiter t4",
        "tp tier 4 platform t4",
    ]

    static func events() throws -> [(name: String, event: ClaimEvent)] {
        let evidence = try ClaimFixture.evidence()
        let refund = try ClaimFixture.refund()
        let reissue = try ClaimFixture.reissue()
        let tier2 = try #require(EscalationStep(tier: 2, ground: .exhausted))
        let tier4 = try #require(EscalationStep(tier: 4, ground: .fraud))
        func verdict(_ state: VerdictState) -> ClaimEvent {
            .verdictRecorded(Verdict(state: state, certainty: .authoritative))
        }
        return [
            ("confirmed", .coverageConfirmed), ("not covered", .coverageRefused(.windowOver)),
            ("good", verdict(.okUnused)), ("bad", verdict(.used)),
            ("other", verdict(.wrongRegion)), ("early ring", .timerRung(.hardLimit)),
            ("other ring", .timerRung(.riskReview)), ("demand", .demandStated(.refundOriginal)),
            ("message", .messagePosted(isAutomatic: false)),
            ("machine", .messagePosted(isAutomatic: true)), ("read", .messageRead),
            ("ask seller", .evidenceRequested(from: .merchant)),
            ("ask buyer", .evidenceRequested(from: .buyer)),
            ("part", .evidenceAdded(isComplete: false)),
            ("whole", .evidenceAdded(isComplete: true)), ("withdrawn", .withdrawn),
            ("offer", .remedyOffered(refund)), ("accepted", .remedyAnswered(isAccepted: true)),
            ("refused", .remedyAnswered(isAccepted: false)), ("review", .reviewStarted),
            ("extended", .reviewExtended(by: .days(1))), ("third party", .thirdPartyNamed),
            ("found", .liabilityFound(.platform)), ("progress", .progressReported),
            ("proposed", .liabilityProposed(.liable(.merchant, refund))),
            ("disputed", .disputed(evidence)), ("ruled", .ruled(.liable(.merchant, refund))),
            ("excluded", .ruled(.excluded(Exclusion(.userLeak, evidence: evidence)))),
            ("done", .remedyReceipt(RemedyReceipt(attempt: 1, result: .done(reissue)))),
            ("failed", .remedyReceipt(RemedyReceipt(attempt: 1, result: .failed))),
            ("code good", .remedyVerified(isGood: true)),
            ("code bad", .remedyVerified(isGood: false)), ("approved", .payoutApproved),
            ("appeal", .appealFiled), ("upheld", .appealDecided(.upheld)),
            ("changed", .appealDecided(.changed(.liable(.platform, refund)))),
            ("risk", .riskRaised), ("noted", .riskNoted), ("cleared", .riskCleared),
            ("fraud", .fraudConfirmed),
            ("tier 2", .escalated(to: tier2)), ("tier 4", .escalated(to: tier4)),
            ("settled", .externalUpdate(.settled)), ("funds back", .externalUpdate(.fundsBack)),
            ("outside", .externalUpdate(.progress)), ("reopened", .reopened(evidence)),
        ]
    }

    private func code(_ transition: ClaimTransition) throws -> String {
        switch transition {
        case .moved(let claim, _):
            try #require(Self.states.first { $0.state == claim.state }?.code)
        case .stayed: "=="
        case .notAllowed(let refusal):
            try #require(Self.refusals.first { $0.refusal == refusal }?.code)
        }
    }

    @Test("every event in every state by every role (M0-06, M3-32)")
    func wholeTable() throws {
        #expect(Set(Self.states.map(\.state)) == Set(ClaimState.allCases))
        #expect(Set(Self.refusals.map(\.refusal)) == Set(ClaimRefusal.allCases))
        var lines: [String] = []
        var exceptions: Set<String> = []
        let fixtures = try Self.states.map { try ClaimFixture.inState($0.state) }
        for (name, event) in try Self.events() {
            let able = ClaimActor.allCases.filter { event.actors.contains($0) }
            let letters = ClaimActor.allCases.map {
                able.contains($0) ? $0.rawValue.prefix(1) : "."
            }
            var line = name + String(repeating: " ", count: 11 - name.count) + letters.joined()
            for (index, fixture) in fixtures.enumerated() {
                let codes = try ClaimActor.allCases.map { role in
                    var copy = fixture
                    return (role, try code(copy.act(event, role, "someone else")))
                }
                let first = codes.first { able.contains($0.0) }?.1 ?? ""
                line += " " + first
                for (role, code) in codes where code != (able.contains(role) ? first : "-a") {
                    exceptions.insert("\(Self.states[index].code) \(name) \(role.rawValue) \(code)")
                }
            }
            lines.append(line)
        }
        let expected = Self.table.split(separator: "\n").map { String($0) }
        for (found, expected) in zip(lines, expected) { #expect(found == expected) }
        #expect(lines.count == expected.count)
        #expect(exceptions == Self.exceptions, "\(exceptions.sorted().joined(separator: "\n"))")
    }
}

import Testing
import WireFormat

@testable import CardModel

@Suite("Claim: transitions")
struct ClaimTransitionTests {
    private let filedAt = Instant(secondsSinceEpoch: 1_795_248_000)
    private var later: Instant { filedAt + .seconds(60) }

    private func claim(
        _ state: ClaimState,
        defect: VerdictState = .notFound,
        owedBy: ClaimActor? = nil
    ) -> Claim {
        Claim(
            restoring: "clm_1",
            item: "chk_1",
            family: .codeUnusable,
            policy: PolicyPin(id: "w7", version: 1, hash: []),
            defect: defect,
            attachedDefects: [],
            against: .merchant,
            filedAt: filedAt,
            state: state,
            enteredAt: filedAt,
            evidenceOwedBy: owedBy,
            refusal: nil
        )
    }

    private func good(_ certainty: Certainty = .authoritative) -> ClaimEvent {
        .verdictRecorded(Verdict(state: .okUnused, certainty: certainty))
    }

    @Test("a detected claim opens, and the merchant owns it for two minutes")
    func opens() throws {
        let detected = Claim(
            id: "clm_1",
            item: "chk_1",
            family: .codeUnusable,
            policy: PolicyPin(id: "w7", version: 1, hash: []),
            defect: .used,
            against: .merchant,
            filedAt: filedAt
        )
        #expect(detected.state == .detected)
        #expect(detected.owner == .system)
        let opened = try #require(detected.transition(on: .coverageConfirmed, at: later).claim)
        #expect(opened.state == .open)
        #expect(opened.enteredAt == later)
        #expect(opened.filedAt == filedAt)
        #expect(opened.owner == .merchant)
        let levels = WarrantyPolicy.ServiceLevels()
        #expect(opened.state.due(under: levels) == .within(.elapsed(seconds: 120)))
    }

    @Test("a detected claim that is not covered closes with its reason")
    func refused() throws {
        let closed = try #require(
            claim(.detected).transition(on: .coverageRefused(.userLeak), at: later).claim
        )
        #expect(closed.state == .closedNotCovered)
        #expect(closed.refusal == .userLeak)
        #expect(closed.owner == nil)
    }

    @Test("a person's word of the merchant asks for evidence; an automatic message does nothing")
    func messages() throws {
        let asked = try #require(
            claim(.open).transition(
                on: .messagePosted(by: .merchant, isAutomatic: false),
                at: later
            ).claim
        )
        #expect(asked.state == .evidence)
        #expect(asked.owner == .buyer)
        for event in [
            ClaimEvent.messagePosted(by: .merchant, isAutomatic: true),
            .messagePosted(by: .buyer, isAutomatic: false),
        ] {
            #expect(
                claim(.open).transition(on: event, at: later) == .stayed(claim(.open), effects: [])
            )
        }
    }

    @Test("evidence goes to and fro")
    func evidence() throws {
        let asked = try #require(
            claim(.open).transition(on: .evidenceRequested(from: .merchant), at: later).claim
        )
        #expect(asked.owner == .merchant)
        let partly = asked.transition(
            on: .evidenceAdded(by: .merchant, isComplete: false),
            at: later
        )
        #expect(partly == .stayed(asked, effects: []))
        let complete = try #require(
            asked.transition(on: .evidenceAdded(by: .merchant, isComplete: true), at: later).claim
        )
        #expect(complete.state == .open)
        #expect(complete.evidenceOwedBy == nil)
        #expect(
            claim(.open).transition(on: .evidenceRequested(from: .platform), at: later)
                == .notAllowed(.wrongActor)
        )
    }

    @Test("the buyer's silence lets the claim rest, the merchant's never stops it")
    func silence() throws {
        let waiting = claim(.evidence, owedBy: .buyer)
        #expect(
            waiting.transition(on: .timerRung(.buyerEvidence), at: later).claim?.state
                == .closedAbandoned
        )
        #expect(
            waiting.transition(on: .timerRung(.merchantEvidence), at: later)
                == .notAllowed(.wrongState)
        )
        let owed = claim(.evidence, owedBy: .merchant)
        guard
            case .moved(let moved, let effects) = owed.transition(
                on: .timerRung(.merchantEvidence),
                at: later
            )
        else {
            Issue.record("the merchant's silence stopped the claim")
            return
        }
        #expect(moved.state == .open)
        #expect(effects == [.defaultRecorded(by: .merchant)])
    }

    @Test("timers of an open claim record the breach and bring the platform in")
    func timers() {
        let expected: [(ClaimTimer, [ClaimEffect])] = [
            (.firstResponse, [.breachRecorded(.firstResponse)]),
            (.proposal, [.breachRecorded(.proposal), .platformJoins]),
            (.resolution, [.breachRecorded(.resolution), .platformIntervenes]),
        ]
        for (timer, effects) in expected {
            #expect(
                claim(.open).transition(on: .timerRung(timer), at: later)
                    == .stayed(claim(.open), effects: effects)
            )
        }
    }

    @Test("the buyer alone withdraws", arguments: [ClaimState.detected, .open, .evidence])
    func withdrawal(state: ClaimState) {
        for actor in ClaimActor.allCases {
            let result = claim(state).transition(on: .withdrawn(by: actor), at: later)
            if actor == .buyer {
                #expect(result.claim?.state == .closedWithdrawn)
            } else {
                #expect(result == .notAllowed(.wrongActor))
            }
        }
    }

    @Test(
        "a good answer of the issuer ends what it can end",
        arguments: [ClaimState.detected, .open, .evidence]
    )
    func recovery(state: ClaimState) {
        #expect(claim(state).transition(on: good(), at: later).claim?.state == .closedRecovered)
        for defect in [VerdictState.used, .duplicateDelivery, .revoked, .expired] {
            let claim = claim(state, defect: defect)
            #expect(claim.transition(on: good(), at: later) == .stayed(claim, effects: []))
        }
        #expect(
            claim(state).transition(on: good(.claimed), at: later)
                == .stayed(claim(state), effects: [])
        )
    }

    @Test("a later defect of the family attaches once; one of another family is its own claim")
    func attaching() throws {
        let used = ClaimEvent.verdictRecorded(Verdict(state: .used, certainty: .authoritative))
        let first = claim(.open).transition(on: used, at: later)
        let attached = try #require(first.claim)
        #expect(first == .stayed(attached, effects: [.defectAttached(.used)]))
        #expect(attached.attachedDefects == [.used])
        #expect(attached.transition(on: used, at: later) == .stayed(attached, effects: []))
        #expect(attached.transition(on: good(), at: later) == .stayed(attached, effects: []))
        let late = ClaimEvent.verdictRecorded(Verdict(state: .lateDelivery, certainty: .derived))
        #expect(claim(.open).transition(on: late, at: later) == .notAllowed(.otherFamily))
    }

    @Test("cover is taken away by a person with evidence, never by the gateway or a party")
    func ruling() throws {
        let exclusion = Exclusion(.userLeak, evidence: try #require(EvidenceReference("evt_9")))
        for actor in ClaimActor.allCases {
            let result = claim(.open).transition(
                on: .decisionMade(.excluded(exclusion), by: actor),
                at: later
            )
            switch actor {
            case .platform, .arbiter:
                #expect(result.claim?.state == .closedNotCovered)
                #expect(result.claim?.refusal == .userLeak)
            case .buyer, .merchant, .thirdParty, .system:
                #expect(result == .notAllowed(.wrongActor))
            }
        }
    }

    @Test("every pair of state and event is answered, and a closed claim answers nothing else")
    func total() throws {
        let exclusion = Exclusion(.userLeak, evidence: try #require(EvidenceReference("evt_9")))
        let events: [ClaimEvent] =
            [
                .coverageConfirmed, .coverageRefused(.windowOver), good(),
                .evidenceRequested(from: .buyer), .evidenceAdded(by: .buyer, isComplete: true),
                .messagePosted(by: .merchant, isAutomatic: false), .withdrawn(by: .buyer),
                .decisionMade(.excluded(exclusion), by: .platform),
                .decisionMade(.liable(.merchant), by: .platform),
                .remedyOffered(.reissue, by: .merchant),
                .remedyAnswered(isAccepted: true, by: .buyer), .reviewStarted(by: .platform),
                .remedyReceipt(.reissue), .remedyVerified(isGood: true), .externalUpdate(tier: 2),
                .appealFiled(by: .buyer), .riskRaised, .riskCleared(by: .platform),
                .escalated(tier: 2, by: .buyer), .incidentOpened, .incidentClosed, .policyPublished,
            ] + ClaimTimer.allCases.map { .timerRung($0) }
        for state in ClaimState.allCases {
            for event in events {
                let result = claim(state).transition(on: event, at: later)
                if state.isClosed { #expect(result == .notAllowed(.claimIsClosed)) }
                if case .moved(let moved, _) = result {
                    #expect(moved.state != state)
                    #expect([.detected, .open, .evidence].contains(state))
                    #expect(moved.id == "clm_1" && moved.filedAt == filedAt)
                }
                if case .stayed(let stayed, _) = result { #expect(stayed.state == state) }
            }
        }
    }

    @Test("every state that is not closed has an owner and a due time; names are the promised ones")
    func owners() {
        let levels = WarrantyPolicy.ServiceLevels()
        for state in ClaimState.allCases {
            #expect((state.defaultOwner == nil) == state.isClosed)
            #expect((state.due(under: levels) == .never) == state.isClosed)
            #expect(state.rawValue.hasPrefix("closed.") == state.isClosed)
        }
        let names = Set(ClaimState.allCases.map(\.rawValue))
        for name in [
            "detected", "open", "evidence", "remedy.offered", "review.queued", "review",
            "waiting.third_party", "liability", "executing", "verify_remedy", "appeal",
            "hold.risk", "escalate.t2", "escalate.t3", "escalate.t4", "closed.not_covered",
            "closed.abandoned", "closed.recovered", "closed.remedied", "closed.final",
            "closed.fraud", "closed.refunded_external",
        ] {
            #expect(names.contains(name))
        }
        var agreed = levels
        agreed.buyerEvidenceWithin = .elapsed(seconds: 3_600)
        #expect(ClaimState.evidence.due(under: levels) == .notAgreed)
        #expect(ClaimState.evidence.due(under: agreed) == .within(.elapsed(seconds: 3_600)))
    }

    @Test("every state that opens a claim has a family, and good or unknown ones have none")
    func families() {
        for state in VerdictState.allCases where state.isCoverable {
            #expect(state.defectFamily != nil, "\(state)")
        }
        for state in [VerdictState.okUnused, .okActivatedByBuyer, .indeterminate, .unsupported] {
            #expect(state.defectFamily == nil)
        }
    }
}

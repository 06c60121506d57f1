public import WireFormat

extension Claim {
    /// What `event` does to the claim; total and pure.
    ///
    /// One function a state, so that the later states of the machine are further functions and
    /// not another design. `detected`, `open` and `evidence` act; in every other state an event
    /// that does not apply is refused with its reason.
    public func transition(on event: ClaimEvent, at instant: Instant) -> ClaimTransition {
        switch state {
        case .detected: fromDetected(event, at: instant)
        case .open: fromOpen(event, at: instant)
        case .evidence: fromEvidence(event, at: instant)
        case .remedyOffered, .reviewQueued, .review, .waitingThirdParty, .liability, .executing,
            .verifyRemedy, .appeal, .holdRisk, .escalateTier2, .escalateTier3, .escalateTier4:
            .notAllowed(.wrongState)
        case .closedNotCovered, .closedWithdrawn, .closedAbandoned, .closedRecovered,
            .closedRemedied, .closedFinal, .closedFraud, .closedRefundedExternal:
            .notAllowed(.claimIsClosed)
        }
    }

    private func fromDetected(_ event: ClaimEvent, at instant: Instant) -> ClaimTransition {
        switch event {
        case .coverageConfirmed: move(to: .open, at: instant)
        case .coverageRefused(let reason):
            .moved(entering(.closedNotCovered, at: instant, refusal: reason), effects: [])
        case .withdrawn(let actor): withdrawal(by: actor, at: instant)
        case .verdictRecorded(let verdict): onVerdict(verdict, at: instant)
        case .incidentOpened, .incidentClosed, .policyPublished: .stayed(self, effects: [])
        case .evidenceRequested, .evidenceAdded, .messagePosted, .timerRung, .decisionMade,
            .remedyOffered, .remedyAnswered, .reviewStarted, .remedyReceipt, .remedyVerified,
            .externalUpdate, .appealFiled, .riskRaised, .riskCleared, .escalated:
            .notAllowed(.wrongState)
        }
    }

    private func fromOpen(_ event: ClaimEvent, at instant: Instant) -> ClaimTransition {
        switch event {
        case .messagePosted(by: .merchant, isAutomatic: false):
            .moved(entering(.evidence, at: instant, owedBy: .buyer), effects: [])
        case .messagePosted, .evidenceAdded: .stayed(self, effects: [])
        case .evidenceRequested(let actor): requestEvidence(from: actor, at: instant)
        case .timerRung(let timer): onTimerWhileOpen(timer)
        case .withdrawn(let actor): withdrawal(by: actor, at: instant)
        case .verdictRecorded(let verdict): onVerdict(verdict, at: instant)
        case .decisionMade(let ruling, let actor): onRuling(ruling, by: actor, at: instant)
        case .incidentOpened, .incidentClosed, .policyPublished: .stayed(self, effects: [])
        case .coverageConfirmed, .coverageRefused, .remedyOffered, .remedyAnswered,
            .reviewStarted, .remedyReceipt, .remedyVerified, .externalUpdate, .appealFiled,
            .riskRaised, .riskCleared, .escalated:
            .notAllowed(.wrongState)
        }
    }

    private func fromEvidence(_ event: ClaimEvent, at instant: Instant) -> ClaimTransition {
        switch event {
        case .evidenceAdded(_, isComplete: true): move(to: .open, at: instant)
        case .evidenceAdded(_, isComplete: false), .messagePosted: .stayed(self, effects: [])
        case .evidenceRequested(let actor): requestEvidence(from: actor, at: instant)
        case .timerRung(let timer): onTimerDuringEvidence(timer, at: instant)
        case .withdrawn(let actor): withdrawal(by: actor, at: instant)
        case .verdictRecorded(let verdict): onVerdict(verdict, at: instant)
        case .decisionMade(let ruling, let actor): onRuling(ruling, by: actor, at: instant)
        case .incidentOpened, .incidentClosed, .policyPublished: .stayed(self, effects: [])
        case .coverageConfirmed, .coverageRefused, .remedyOffered, .remedyAnswered,
            .reviewStarted, .remedyReceipt, .remedyVerified, .externalUpdate, .appealFiled,
            .riskRaised, .riskCleared, .escalated:
            .notAllowed(.wrongState)
        }
    }
}

extension Claim {
    private func move(to state: ClaimState, at instant: Instant) -> ClaimTransition {
        .moved(entering(state, at: instant), effects: [])
    }

    /// Only he whose claim it is takes it back.
    private func withdrawal(by actor: ClaimActor, at instant: Instant) -> ClaimTransition {
        switch actor {
        case .buyer: move(to: .closedWithdrawn, at: instant)
        case .merchant, .platform, .arbiter, .thirdParty, .system: .notAllowed(.wrongActor)
        }
    }

    /// Facts are owed by the two who have them: the buyer, or the merchant's activation log.
    private func requestEvidence(from actor: ClaimActor, at instant: Instant) -> ClaimTransition {
        switch actor {
        case .buyer, .merchant:
            state == .evidence
                ? .stayed(entering(.evidence, at: instant, owedBy: actor), effects: [])
                : .moved(entering(.evidence, at: instant, owedBy: actor), effects: [])
        case .platform, .arbiter, .thirdParty, .system: .notAllowed(.wrongActor)
        }
    }

    /// A good answer ends what a good answer can end; a further defect attaches.
    private func onVerdict(_ verdict: Verdict, at instant: Instant) -> ClaimTransition {
        if verdict.isGood {
            let isCured = ([defect] + attachedDefects).allSatisfy(\.isCuredByGoodAnswer)
            guard isCured, verdict.certainty == .authoritative else {
                return .stayed(self, effects: [])
            }
            return move(to: .closedRecovered, at: instant)
        }
        guard let family = verdict.state.defectFamily else { return .stayed(self, effects: []) }
        guard family == self.family else { return .notAllowed(.otherFamily) }
        let claim = attaching(verdict.state)
        let isNew = claim.attachedDefects.count > attachedDefects.count
        return .stayed(claim, effects: isNew ? [.defectAttached(verdict.state)] : [])
    }

    /// Taking cover away is ruled by a person, on an exclusion that carries its evidence.
    private func onRuling(
        _ ruling: ClaimRuling,
        by actor: ClaimActor,
        at instant: Instant
    ) -> ClaimTransition {
        switch (ruling, actor) {
        case (.excluded(let exclusion), .platform), (.excluded(let exclusion), .arbiter):
            .moved(
                entering(
                    .closedNotCovered,
                    at: instant,
                    refusal: .excluded(by: exclusion.kind)
                ),
                effects: []
            )
        case (.excluded, .buyer), (.excluded, .merchant), (.excluded, .thirdParty),
            (.excluded, .system):
            .notAllowed(.wrongActor)
        case (.liable, _): .notAllowed(.wrongState)
        }
    }

    private func onTimerWhileOpen(_ timer: ClaimTimer) -> ClaimTransition {
        switch timer {
        case .firstResponse: .stayed(self, effects: [.breachRecorded(timer)])
        case .proposal: .stayed(self, effects: [.breachRecorded(timer), .platformJoins])
        case .resolution, .noProgress:
            .stayed(self, effects: [.breachRecorded(timer), .platformIntervenes])
        case .buyerEvidence, .merchantEvidence, .remedyAnswer, .reviewStart, .review, .execution:
            .notAllowed(.wrongState)
        }
    }

    /// Silence of the buyer lets the claim rest; silence of the merchant never stops it.
    private func onTimerDuringEvidence(_ timer: ClaimTimer, at instant: Instant) -> ClaimTransition
    {
        switch (timer, evidenceOwedBy) {
        case (.buyerEvidence, .merchant?), (.merchantEvidence, .buyer?), (.merchantEvidence, nil):
            .notAllowed(.wrongState)
        case (.buyerEvidence, _): move(to: .closedAbandoned, at: instant)
        case (.merchantEvidence, _):
            .moved(
                entering(.open, at: instant),
                effects: [.defaultRecorded(by: .merchant)]
            )
        case (.proposal, _): .stayed(self, effects: [.breachRecorded(timer), .platformJoins])
        case (.resolution, _), (.noProgress, _):
            .stayed(self, effects: [.breachRecorded(timer), .platformIntervenes])
        case (.firstResponse, _), (.remedyAnswer, _), (.reviewStart, _), (.review, _),
            (.execution, _):
            .notAllowed(.wrongState)
        }
    }
}

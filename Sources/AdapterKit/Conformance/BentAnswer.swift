import CardModel

/// One way in which a good answer arrives bent. Nothing bent decides about a code.
struct BentAnswer: Sendable {
    typealias Reply =
        @Sendable (OutboundResponse) throws(TransportError) -> OutboundResponse

    /// The case's name.
    var name: String
    var rule: LocalisedText
    /// Causes the record may name.
    var causes: Set<IndeterminateCause>
    /// Wait that the issuer asked for and the adapter must pass on.
    var retryAfter: Duration?
    /// Whether such an answer to a redemption may mean that nothing was taken.
    var mayMeanNotTaken = false
    /// Whether an order may stand as accepted, which decides nothing: in formats without an end
    /// mark the word may have come before what is missing.
    var mayStandAccepted = false
    /// Whether an answer holds what is bent.
    var isBendable: @Sendable (OutboundResponse) -> Bool = { _ in true }
    /// What comes in place of the good answer.
    var variants: [Reply]

    /// Bends the answer at each step of a conversation. What the question itself gets must be in
    /// order for any verdict; a later answer may only add to a verdict that stands.
    func check(
        _ subject: ConformanceSubject,
        from good: ConformanceFixture
    ) async throws -> [String] {
        var broken: Set<String> = []
        let steps = await subject.answers(good).requests.map(RequestPlace.init)
        let bendable = try bendableSteps(steps.count, good.answers)
        guard let own = await subject.questionStep(of: good) else { return [] }
        for variant in variants {
            for step in bendable {
                let outcome = await outcome(subject, good, steps, step, variant)
                let leaks = subject.leaks(outcome, good.question.inquiry)
                broken.formUnion(leaks + faults(outcome, good, own, step))
            }
        }
        return broken.sorted()
    }

    /// Steps whose answers have something to bend.
    private func bendableSteps(_ count: Int, _ answers: [OutboundResponse]) throws -> [Int] {
        let steps = (0..<count).filter { step in
            answers.isEmpty || isBendable(answers[min(step, answers.count - 1)])
        }
        guard steps.isEmpty, count > 0 else { return steps }
        throw NotApplicable(
            zh: "应答中没有可以这样改动的内容",
            en: "the answers hold nothing that could be bent like this"
        )
    }

    private func outcome(
        _ subject: ConformanceSubject,
        _ good: ConformanceFixture,
        _ steps: [RequestPlace],
        _ step: Int,
        _ variant: @escaping Reply
    ) async -> ConformanceOutcome {
        let answers = good.answers
        return await ConformanceOutcome.of(good.question, subject.fresh) {
            (request, index) throws(TransportError) in
            let place = RequestPlace(request)
            let known = steps.step(of: place)
            let next = known ?? min(index, steps.count - 1)
            let answer = try ConformanceSubject.answer(next, of: answers)
            return known.map { steps[$0] } == steps[step] ? try variant(answer) : answer
        }
    }

    private func faults(
        _ outcome: ConformanceOutcome,
        _ good: ConformanceFixture,
        _ own: QuestionStep,
        _ step: Int
    ) -> [String] {
        var again: [String] = []
        if case .redeem = good.question { again = own.repetitions(in: outcome) }
        if step > own.index, outcome.stands(as: good.expected) { return again }
        let wait =
            step > own.index || retryAfter == outcome.retryAfter
            ? [] : ["the issuer's Retry-After is not passed on as it came"]
        let claims = ConformanceSubject.claims(
            outcome,
            // Before the order goes out it is known that nothing was taken.
            mayMeanNotTaken: mayMeanNotTaken || !own.isPut(in: outcome),
            mayStandAccepted: mayStandAccepted || step > own.index
        )
        return ConformanceSubject.verdictOfNothing(outcome, causes) + claims + wait + again
    }
}

extension ConformanceOutcome {
    /// Whether a verdict, or what an order came to, is the one that a fixture expects.
    func stands(as expected: ConformanceFixture.Expectation) -> Bool {
        state == expected.state
            && (state != .indeterminate
                || disposition != nil && disposition == expected.disposition)
    }
}

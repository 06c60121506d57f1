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
    /// What comes in place of the good answer.
    var variants: [Reply]

    /// Bends the answer at each step of a conversation. What the first request gets must be in
    /// order for any verdict; a later one may only add to a verdict that stands.
    func check(
        _ subject: ConformanceSubject,
        from good: ConformanceFixture
    ) async -> [String] {
        var broken: Set<String> = []
        let steps = await subject.answers(good).requests.map(RequestPlace.init)
        for variant in variants {
            for step in steps.indices {
                broken.formUnion(await faults(subject, good, steps, step, variant))
            }
        }
        return broken.sorted()
    }

    private func faults(
        _ subject: ConformanceSubject,
        _ good: ConformanceFixture,
        _ steps: [RequestPlace],
        _ step: Int,
        _ variant: @escaping Reply
    ) async -> [String] {
        let answers = good.answers
        let outcome = await ConformanceOutcome.of(good.question, subject.fresh) {
            (request, index) throws(TransportError) in
            let place = RequestPlace(request)
            let known = steps.firstIndex(of: place) ?? min(index, steps.count - 1)
            let answer = try ConformanceSubject.answer(known, of: answers)
            return place == steps[step] ? try variant(answer) : answer
        }
        let always =
            subject.leaks(outcome, good.question.inquiry)
            + ConformanceSubject.repetitions(outcome, of: good.question, beside: steps)
        let stands = outcome.state != .indeterminate && outcome.state == good.expected.state
        if step > 0, stands { return always }
        let wait =
            step > 0 || retryAfter == outcome.retryAfter
            ? [] : ["the issuer's Retry-After is not passed on as it came"]
        let claims = ConformanceSubject.claims(
            outcome,
            mayMeanNotTaken: mayMeanNotTaken,
            mayStandAccepted: mayStandAccepted
        )
        return ConformanceSubject.verdictOfNothing(outcome, causes) + claims + wait + always
    }
}

/// Which request of a conversation this is, whatever order they come in.
struct RequestPlace: Hashable {
    private let method: String
    private let address: String

    init(_ request: OutboundRequest) {
        method = request.method
        address = request.url.redacted
    }
}

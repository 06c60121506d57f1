import CardModel
import WireFormat

/// A code is spent at most once, and nobody claims to know what he does not.
extension ConformanceCase {
    static let redemptions: [ConformanceCase] =
        [
            ConformanceCase(
                "one-submission",
                zh: "兑换请求绝不自动重发",
                en: "an order that may have reached the issuer is never sent again",
                for: .redemptions
            ) { subject in
                let redeemed = try subject.required(subject.fixtures.attacks.redeemed)
                let steps = await subject.answers(redeemed).requests.indices
                guard let order = await subject.questionStep(of: redeemed) else { return [] }
                var broken: Set<String> = []
                for code in TransportError.Code.allCases {
                    for step in steps {
                        let outcome = await interrupted(subject, redeemed, at: step, by: code)
                        broken.formUnion(
                            order.repetitions(in: outcome).map { "\($0) after \(code.rawValue)" }
                        )
                        // What breaks off before the order goes out leaves nothing open.
                        if outcome.mayHaveReachedIssuer == false, order.isPut(in: outcome) {
                            broken.insert("says after \(code.rawValue) that nothing was sent")
                        }
                        broken.formUnion(claims(outcome, redeemed, order, step))
                    }
                }
                return broken.sorted()
            },
            ConformanceCase(
                "unsent-order",
                zh: "没有发出的兑换如实说明",
                en: "an order that never left is reported as such",
                for: .redemptions
            ) { subject in
                let redeemed = try subject.required(subject.fixtures.attacks.redeemed)
                let outcome = await ConformanceOutcome.of(redeemed.question, subject.fresh) {
                    (_, _) throws(TransportError) in
                    throw TransportError(
                        code: .connectFailed,
                        message: "nobody listens",
                        requestWasSent: false
                    )
                }
                let isKnown =
                    outcome.mayHaveReachedIssuer == false || outcome.disposition == .notTaken
                return decided(outcome)
                    + (isKnown ? [] : ["an order that never left counts as perhaps taken"])
            },
            ConformanceCase(
                "accepted-is-no-verdict",
                zh: "“已受理”不是结论",
                en: "an order that was accepted decides nothing yet",
                for: .redemptions
            ) { subject in
                var broken: [String] = []
                for fixture in subject.fixtures.cases {
                    let outcome = await subject.answers(fixture)
                    if outcome.disposition == .accepted, outcome.state != .indeterminate {
                        broken.append("\(fixture.name): accepted, and `\(outcome.state.rawValue)`")
                    }
                    if outcome.disposition == .unknown, outcome.state != .indeterminate {
                        broken.append("\(fixture.name): unknown, and `\(outcome.state.rawValue)`")
                    }
                }
                return broken
            },
            ConformanceCase(
                "inquiry-spends-nothing",
                zh: "查询不会兑换卡密",
                en: "an inquiry of an adapter that can redeem sends no order",
                for: .redemptions
            ) { subject in
                let redeemed = try subject.required(subject.fixtures.attacks.redeemed)
                let asked = await inquiries(subject, redeemed)
                if subject.descriptor.operations[.inquire] == nil {
                    return asked.isEmpty ? [] : ["an inquiry that is not declared asks the issuer"]
                }
                // A login goes out before an inquiry as well, and is no order.
                let step = await subject.questionStep(of: redeemed)
                func orders(_ fixture: ConformanceFixture) async -> [OutboundRequest] {
                    await subject.answers(fixture).requests.filter { step?.isPut(by: $0) == true }
                }
                let first = await orders(redeemed)
                let second = await orders(redeemed.aboutAnotherOrder)
                let isOrder = asked.contains { looks($0, like: first, second) }
                return isOrder ? ["an inquiry sends an order"] : []
            },
            ConformanceCase(
                "hidden-order",
                zh: "兑换记录中的卡密和凭据都被遮盖",
                en: "an order's transcript shows no key, password or token",
                for: .redemptions
            ) { subject in
                let redeemed = try subject.required(subject.fixtures.attacks.redeemed)
                return subject.leaks(
                    await subject.answers(redeemed),
                    redeemed.question.inquiry
                )
            },
        ] + bentOrders

    /// The bent answers again, where what was asked spends the code.
    private static let bentOrders: [ConformanceCase] =
        (BentAnswer.statuses + BentAnswer.throttling + BentAnswer.bodies)
        .filter { orderAttacks.contains($0.name) }
        .map { bent in
            ConformanceCase(
                "order-" + bent.name,
                zh: "兑换时：" + bent.rule.zhCN,
                en: "of an order: " + bent.rule.en,
                for: .redemptions
            ) { subject in
                let redeemed = try subject.required(subject.fixtures.attacks.redeemed)
                var anyCause = bent
                anyCause.causes = Set(IndeterminateCause.known)
                return try await anyCause.check(subject, from: redeemed)
            }
        }

    /// Bends that mean the same in protocols whose answers are no JSON.
    private static let orderAttacks: Set<String> = [
        "server-error", "server-error-page", "redirect", "refused-credentials", "html-with-200",
        "empty-body", "blank-body", "oversized-body", "unknown-status", "request-timeout",
        "rate-limited-with-wait", "rate-limited-without-wait", "truncated-body",
    ]

    /// What is claimed to be known of an order whose exchange broke off at a step: after its own
    /// answer came, what that said may stand.
    private static func claims(
        _ outcome: ConformanceOutcome,
        _ redeemed: ConformanceFixture,
        _ order: QuestionStep,
        _ step: Int
    ) -> [String] {
        let isAnswered = step > order.index
        if isAnswered, outcome.stands(as: redeemed.expected) { return [] }
        let isAccepted = isAnswered && outcome.disposition == .accepted
        return ConformanceSubject.claims(
            outcome,
            mayMeanNotTaken: !order.isPut(in: outcome),
            mayStandAccepted: isAnswered
        ) + (isAccepted && outcome.state == .indeterminate ? [] : decided(outcome))
    }

    /// An order whose exchange breaks off at one step, after the request was sent.
    private static func interrupted(
        _ subject: ConformanceSubject,
        _ redeemed: ConformanceFixture,
        at step: Int,
        by code: TransportError.Code
    ) async -> ConformanceOutcome {
        let answers = redeemed.answers
        return await ConformanceOutcome.of(redeemed.question, subject.fresh) {
            (_, index) throws(TransportError) in
            guard index >= step else {
                return try ConformanceSubject.answer(index, of: answers)
            }
            throw TransportError(code: code, message: "scripted", requestWasSent: true)
        }
    }

    private static func decided(_ outcome: ConformanceOutcome) -> [String] {
        let isSettled = outcome.disposition == .settled || outcome.disposition == .accepted
        return isSettled || outcome.state != .indeterminate
            ? ["an order without an answer gave `\(outcome.state.rawValue)`"] : []
    }

    /// What goes out when an order's code is inquired about, whatever is answered.
    private static func inquiries(
        _ subject: ConformanceSubject,
        _ redeemed: ConformanceFixture
    ) async -> [OutboundRequest] {
        let failure = [OutboundResponse(status: 500)]
        let good = subject.fixtures.attacks.good?.answers ?? failure
        var requests: [OutboundRequest] = []
        for answers in [failure, redeemed.answers, good] {
            var fixture = redeemed
            fixture.question = .inquire(redeemed.question.inquiry)
            fixture.answers = answers
            requests += await subject.answers(fixture).requests
        }
        return requests
    }

    /// Whether a request is an order of another number: it goes where orders go, has their fields,
    /// and says whatever two orders (`first` and `second`) have in common.
    private static func looks(
        _ request: OutboundRequest,
        like first: [OutboundRequest],
        _ second: [OutboundRequest]
    ) -> Bool {
        let fields = Set(RequestShape.fields(of: request))
        return zip(first, second).contains { first, second in
            RequestPlace(first) == RequestPlace(request)
                && Set(RequestShape.fields(of: first))
                    .intersection(RequestShape.fields(of: second)).isSubset(of: fields)
        }
    }
}

extension ConformanceFixture {
    /// The fixture's order with another number, key and time.
    fileprivate var aboutAnotherOrder: ConformanceFixture {
        guard case .redeem(var order) = question else { return self }
        order.number = order.number == 1 ? 2 : order.number - 1
        order.placedAt = order.placedAt + .seconds(3600)
        order.inquiry.askedAt = order.inquiry.askedAt + .seconds(3600)
        let key = order.inquiry.code.key.withUnredacted { ConformanceCase.neighbour(of: $0) }
        var other = self
        other.question = Question.redeem(order).with(key: key)
        return other
    }
}

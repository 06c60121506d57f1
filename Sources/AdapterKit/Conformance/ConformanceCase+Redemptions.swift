import CardModel

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
                guard let redeemed = subject.fixtures.attacks.redeemed else { return [] }
                var broken: Set<String> = []
                for code in TransportError.Code.allCases {
                    let outcome = await ConformanceOutcome.of(redeemed.question, subject.fresh) {
                        (_, _) throws(TransportError) in
                        throw TransportError(code: code, message: "scripted", requestWasSent: true)
                    }
                    if outcome.requests.count > 1 {
                        broken.insert("sent again after \(code.rawValue)")
                    }
                    if outcome.mayHaveReachedIssuer == false {
                        broken.insert("says after \(code.rawValue) that nothing was sent")
                    }
                    broken.formUnion(decided(outcome))
                }
                return broken.sorted()
            },
            ConformanceCase(
                "unsent-order",
                zh: "没有发出的兑换如实说明",
                en: "an order that never left is reported as such",
                for: .redemptions
            ) { subject in
                guard let redeemed = subject.fixtures.attacks.redeemed else { return [] }
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
                guard let redeemed = subject.fixtures.attacks.redeemed else { return [] }
                let order = await subject.answers(redeemed).requests.map(RequestPlace.init)
                let bodies = await subject.answers(redeemed).requests.map(\.body)
                let inquiry = await ConformanceOutcome.of(
                    .inquire(redeemed.question.inquiry),
                    subject.fresh
                ) { _, _ in OutboundResponse(status: 500) }
                let isSame = inquiry.requests.contains { request in
                    order.contains(RequestPlace(request)) && bodies.contains(request.body)
                }
                return isSame ? ["an inquiry sends the order itself"] : []
            },
            ConformanceCase(
                "hidden-order",
                zh: "兑换记录中的卡密和凭据都被遮盖",
                en: "an order's transcript shows no key, password or token",
                for: .redemptions
            ) { subject in
                guard let redeemed = subject.fixtures.attacks.redeemed else { return [] }
                return subject.leaks(
                    await subject.answers(redeemed),
                    redeemed.question.inquiry
                )
            },
        ] + bentOrders

    /// The bent answers again, where what was asked spends the code.
    private static let bentOrders: [ConformanceCase] =
        (BentAnswer.statuses + BentAnswer.bodies).filter { orderAttacks.contains($0.name) }
        .map { bent in
            ConformanceCase(
                "order-" + bent.name,
                zh: "兑换时：" + bent.rule.zhCN,
                en: "of an order: " + bent.rule.en,
                for: .redemptions
            ) { subject in
                guard let redeemed = subject.fixtures.attacks.redeemed else { return [] }
                var anyCause = bent
                anyCause.causes = Set(IndeterminateCause.known)
                anyCause.retryAfter = nil
                return await anyCause.check(subject, from: redeemed)
            }
        }

    /// Bends that mean the same in protocols whose answers are no JSON.
    private static let orderAttacks: Set<String> = [
        "server-error", "server-error-page", "redirect", "refused-credentials", "html-with-200",
        "empty-body", "blank-body", "oversized-body",
    ]

    private static func decided(_ outcome: ConformanceOutcome) -> [String] {
        let isSettled = outcome.disposition == .settled || outcome.disposition == .accepted
        return isSettled || outcome.state != .indeterminate
            ? ["an order without an answer gave `\(outcome.state.rawValue)`"] : []
    }
}

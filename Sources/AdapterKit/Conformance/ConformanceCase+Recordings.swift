import CardModel

/// What was recorded, and what nobody could know.
extension ConformanceCase {
    static let recordings: [ConformanceCase] = [
        ConformanceCase(
            "recorded-answer",
            zh: "录制的应答得出规定的结论",
            en: "recorded answers give their states",
            for: .everybody
        ) { subject in
            var broken: [String] = []
            for fixture in subject.fixtures.cases {
                let outcome = await subject.answers(fixture)
                let faults =
                    outcome.differences(from: fixture.expected)
                    + subject.leaks(outcome, fixture.question.inquiry)
                broken += faults.map { "\(fixture.name): \($0)" }
            }
            return broken
        },
        ConformanceCase(
            "unmapped-answer",
            zh: "未知的代码不作结论",
            en: "a word that nobody documented decides nothing"
        ) { subject in
            guard let unmapped = subject.fixtures.attacks.unmapped else { return [] }
            return ConformanceSubject.verdictOfNothing(
                await subject.answers(unmapped),
                [.unmapped]
            )
        },
        ConformanceCase(
            "bounded-words",
            zh: "发卡方的文字有长度上限",
            en: "an issuer's words are kept, but not without bounds",
            for: .echoes
        ) { subject in
            guard let echo = subject.fixtures.attacks.echo else { return [] }
            let long = String(repeating: "长", count: 20_000)
            var bent = echo
            bent.answers = echo.answers.map { $0.replacingEcho(by: long) }
            let words = await subject.answers(bent).result?.issuer
            let isBounded =
                (words?.text?.count ?? 0) <= InquiryResult.longestIssuerText
                && (words?.code?.count ?? 0) <= InquiryResult.longestIssuerCode
            return isBounded ? [] : ["the issuer's words are kept unbounded"]
        },
    ]
}

extension OutboundResponse {
    /// The answer with the planted echo replaced.
    func replacingEcho(by text: String) -> OutboundResponse {
        var answer = self
        answer.body = Array(
            String(decoding: body, as: UTF8.self)
                .replacingOccurrences(ofExactly: ConformanceFixtures.echoMark, with: text).utf8
        )
        return answer
    }
}

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
            let unmapped = try subject.required(subject.fixtures.attacks.unmapped)
            let outcome = await subject.answers(unmapped)
            return ConformanceSubject.verdictOfNothing(outcome, [.unmapped])
                + ConformanceSubject.claims(outcome)
        },
        ConformanceCase(
            "bounded-words",
            zh: "发行方的文字有长度上限",
            en: "an issuer's words are kept, but not without bounds",
            for: .echoes
        ) { subject in
            let echo = try subject.required(subject.fixtures.attacks.echo)
            let long = String(repeating: "长", count: 20_000)
            let words = await subject.answers(echo.replacingEcho(by: long)).result?.issuer
            let isBounded =
                (words?.text?.count ?? 0) <= InquiryResult.longestIssuerText
                && (words?.code?.count ?? 0) <= InquiryResult.longestIssuerCode
            guard isBounded else { return ["the issuer's words are kept unbounded"] }
            try await subject.needsKeptWords(echo)
            return []
        },
    ]
}

extension ConformanceFixture {
    /// The fixture with the planted echo replaced in every answer.
    func replacingEcho(by text: String) -> ConformanceFixture {
        var fixture = self
        fixture.answers = answers.map { $0.replacingEcho(by: text) }
        return fixture
    }
}

extension ConformanceSubject {
    /// What is planted to see whether an echo reaches the record: no secret, and no known word.
    private static let plainEcho = "Zwischenruf"

    /// Throws unless the words in which the issuer repeats something are kept: where they are not,
    /// nothing said of them is tried.
    func needsKeptWords(_ echo: ConformanceFixture) async throws {
        let outcome = await answers(echo.replacingEcho(by: Self.plainEcho))
        let words = [outcome.result?.issuer.text, outcome.result?.issuer.code].compactMap { $0 }
        if words.contains(where: { $0.contains(Self.plainEcho) }) { return }
        let recorded = await answers(echo)
        if outcome.cause == .badSignature, recorded.cause != .badSignature {
            throw NotApplicable.signed
        }
        throw NotApplicable(
            zh: "发行方的文字不予保留",
            en: "no words of the issuer's are kept of such an answer"
        )
    }
}

extension OutboundResponse {
    /// The answer with the planted echo replaced.
    func replacingEcho(by text: String) -> OutboundResponse {
        let mark = Array(ConformanceFixtures.echoMark.utf8)
        return with { $0.body = $0.body.replacing(mark, with: Array(text.utf8)) }
    }
}
